"""Limits of GraphQL documents, which keep the time of their validation short.

Variables have no such limits: labels of several MB are sent as variables. The limits are far above
the documents of clients: the largest document of an SDK has some 200 tokens and 5 levels, the
longest form of the introspection query 180 tokens and 16 levels. Within the limits, validation
takes less than a second; the time of its rule for overlapping fields grows with the square of some
counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    SchemaMetaFieldDef,
    SelectionSetNode,
    Source,
    TokenKind,
    TypeMetaFieldDef,
    get_named_type,
    is_list_type,
)
from graphql.language.lexer import Lexer

from kili_emulator import errors

MAX_CHARACTERS = 100_000
MAX_TOKENS = 10_000
MAX_NESTING = 100
MAX_DIGITS = 100
MAX_DEFINITIONS = 100
MAX_DEPTH = 30
MAX_FIELDS = 3_000
MAX_REPETITIONS = 25
MAX_LIST_RECURSION = 2

_OPENING_BRACKETS = frozenset((TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L))
_NUMBER_TOKENS = frozenset((TokenKind.INT, TokenKind.FLOAT))
_CLOSING_BRACKETS = frozenset((TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R))


def count_tokens(text: str) -> int:
    """Count the tokens of a document.

    Raises:
        GraphQLError: the text has too many characters or tokens, its brackets are nested too
            deeply, or a number has too many digits.
        GraphQLSyntaxError: a part of the text is not a token.
    """
    if len(text) > MAX_CHARACTERS:
        raise _parse_error(errors.DOCUMENT_TOO_LONG, MAX_CHARACTERS, count=len(text))
    lexer = Lexer(Source(text))
    count, nesting = 0, 0
    while (token := lexer.advance()).kind is not TokenKind.EOF:
        count += 1
        nesting += (token.kind in _OPENING_BRACKETS) - (token.kind in _CLOSING_BRACKETS)
        if count > MAX_TOKENS:
            raise _parse_error(errors.DOCUMENT_TOO_MANY_TOKENS, MAX_TOKENS)
        if nesting > MAX_NESTING:
            raise _parse_error(errors.DOCUMENT_TOO_NESTED, MAX_NESTING)
        if token.kind in _NUMBER_TOKENS and token.end - token.start > MAX_DIGITS:
            raise _parse_error(errors.DOCUMENT_NUMBER_TOO_LONG, MAX_DIGITS)
    return count


def check_selections(schema: GraphQLSchema, document: DocumentNode) -> None:
    """Check the selections of a document before its slower validation.

    Fields with the same response name in one place are counted together, because they are executed
    and compared together. Validation reports a fragment that is used inside itself.

    Raises:
        GraphQLError: the document has too many operations and fragments, selects too many fields,
            or selects a field too deeply or too often.
    """
    if len(document.definitions) > MAX_DEFINITIONS:
        count = len(document.definitions)
        raise _validation_error(errors.DOCUMENT_TOO_MANY_DEFINITIONS, MAX_DEFINITIONS, count=count)
    _SelectionChecker(schema, document).run()


def _parse_error(message: str, limit: int, **details: object) -> GraphQLError:
    extensions = {"code": errors.PARSE_FAILED}
    return GraphQLError(message.format(limit=limit, **details), extensions=extensions)


def _validation_error(message: str, limit: int, **details: object) -> GraphQLError:
    extensions = {"code": errors.VALIDATION_FAILED}
    return GraphQLError(message.format(limit=limit, **details), extensions=extensions)


@dataclass(frozen=True)
class _Selection:
    """A selection set with its position in the document.

    Attributes:
        type_: the type of the selected fields; ``None`` if the schema does not have it.
        fragments: the names of the enclosing fragments.
        lists: the enclosing list fields, such as ``Asset.labels``.
    """

    selections: SelectionSetNode
    type_: GraphQLNamedType | None
    fragments: frozenset[str] = frozenset()
    lists: tuple[str, ...] = ()


class _SelectionChecker:
    """A walk through the selections of a document, which raises at the first exceeded limit."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._definitions = document.definitions
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._remaining_fields = MAX_FIELDS

    def run(self) -> None:
        pending = [(1, [root]) for root in self._root_selections()]
        while pending:
            level, merged = pending.pop()
            if level > MAX_DEPTH:
                raise _validation_error(errors.DOCUMENT_TOO_DEEP, MAX_DEPTH)
            for name, fields in self._fields_by_name(merged).items():
                if len(fields) > MAX_REPETITIONS:
                    raise _validation_error(
                        errors.DOCUMENT_FIELD_REPEATED, MAX_REPETITIONS, name=name
                    )
                children = [each for each in map(self._child_selection, fields) if each]
                if children:
                    pending.append((level + 1, children))

    def _root_selections(self) -> Iterator[_Selection]:
        for each in self._definitions:
            if isinstance(each, OperationDefinitionNode):
                yield _Selection(each.selection_set, self._schema.get_root_type(each.operation))
            elif isinstance(each, FragmentDefinitionNode):
                yield self._fragment_selection(each)

    def _fragment_selection(self, node: FragmentDefinitionNode) -> _Selection:
        type_ = self._schema.get_type(node.type_condition.name.value)
        return _Selection(node.selection_set, type_, frozenset({node.name.value}))

    def _fields_by_name(
        self, merged: Iterable[_Selection]
    ) -> dict[str, list[tuple[FieldNode, _Selection]]]:
        """Return the fields of one place by response name, with fragments expanded."""
        fields_by_name: defaultdict[str, list[tuple[FieldNode, _Selection]]] = defaultdict(list)
        expanded_fragments: set[str] = set()
        pending = list(merged)
        while pending:
            parent = pending.pop()
            for node in parent.selections.selections:
                self._remaining_fields -= 1
                if self._remaining_fields < 0:
                    raise _validation_error(errors.DOCUMENT_TOO_MANY_FIELDS, MAX_FIELDS)
                if isinstance(node, FieldNode):
                    fields_by_name[(node.alias or node.name).value].append((node, parent))
                elif isinstance(node, InlineFragmentNode):
                    pending.append(self._inline_selection(node, parent))
                elif isinstance(node, FragmentSpreadNode):
                    name = node.name.value
                    is_expandable = (
                        name in self._fragments
                        and name not in parent.fragments | expanded_fragments
                    )
                    expanded_fragments.add(name)
                    if len(expanded_fragments) > MAX_DEFINITIONS:
                        raise _validation_error(errors.DOCUMENT_TOO_MANY_SPREADS, MAX_DEFINITIONS)
                    pending += [self._spread_selection(name, parent)] if is_expandable else []
        return fields_by_name

    def _inline_selection(self, node: InlineFragmentNode, parent: _Selection) -> _Selection:
        condition: NamedTypeNode | None = node.type_condition
        type_ = parent.type_ if condition is None else self._schema.get_type(condition.name.value)
        return replace(parent, selections=node.selection_set, type_=type_)

    def _spread_selection(self, name: str, parent: _Selection) -> _Selection:
        fragment = self._fragment_selection(self._fragments[name])
        return replace(fragment, fragments=parent.fragments | {name}, lists=parent.lists)

    def _child_selection(self, selected: tuple[FieldNode, _Selection]) -> _Selection | None:
        """Return the selection of a field, if it has one."""
        node, parent = selected
        if node.selection_set is None:
            return None
        field = self._find_field(parent.type_, node.name.value)
        lists = parent.lists
        if field and _is_list(field):
            name = f"{parent.type_}.{node.name.value}"
            lists = (*lists, name)
            if lists.count(name) > MAX_LIST_RECURSION:
                raise _validation_error(
                    errors.DOCUMENT_LIST_RECURSION, MAX_LIST_RECURSION, name=name
                )
        type_ = get_named_type(field.type) if field else None
        return _Selection(node.selection_set, type_, parent.fragments, lists)

    def _find_field(self, type_: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        if name == "__schema":
            return SchemaMetaFieldDef
        if name == "__type":
            return TypeMetaFieldDef
        fields: dict[str, GraphQLField] = getattr(type_, "fields", {})
        return fields.get(name)


def _is_list(field: GraphQLField) -> bool:
    type_ = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    return is_list_type(type_)
