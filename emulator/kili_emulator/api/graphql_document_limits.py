"""Limits of GraphQL documents, so that none holds the server up.

Variables are not concerned: labels of several MB are sent as such. The limits leave room for what
clients send: the largest document of an SDK has some 200 tokens and 5 levels, and the longest form
of the introspection query 180 tokens and 16 levels. Within them, validation takes less than a
second: its rules for overlapping fields need time in proportion to the square of some of the
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
MAX_LIST_IN_ITSELF = 2

_OPEN = frozenset((TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L))
_NUMBERS = frozenset((TokenKind.INT, TokenKind.FLOAT))
_CLOSE = frozenset((TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R))


def checked_tokens(text: str) -> int:
    """How many tokens the text of a document has.

    Raises:
        GraphQLError: it has too many characters or tokens, its brackets are nested too deeply, or
            a number has too many digits.
        GraphQLSyntaxError: something in it is no token.
    """
    if len(text) > MAX_CHARACTERS:
        raise _unreadable(errors.DOCUMENT_TOO_LONG, MAX_CHARACTERS, count=len(text))
    lexer = Lexer(Source(text))
    count, nesting = 0, 0
    while (token := lexer.advance()).kind is not TokenKind.EOF:
        count += 1
        nesting += (token.kind in _OPEN) - (token.kind in _CLOSE)
        if count > MAX_TOKENS:
            raise _unreadable(errors.DOCUMENT_TOO_MANY_TOKENS, MAX_TOKENS)
        if nesting > MAX_NESTING:
            raise _unreadable(errors.DOCUMENT_TOO_NESTED, MAX_NESTING)
        if token.kind in _NUMBERS and token.end - token.start > MAX_DIGITS:
            raise _unreadable(errors.DOCUMENT_NUMBER_TOO_LONG, MAX_DIGITS)
    return count


def check_selections(schema: GraphQLSchema, document: DocumentNode) -> None:
    """Check what a document selects, before its validation, which takes longer.

    Fields with the same response name in one place are counted together, as they are executed and
    compared together; a fragment that is used inside of itself is left to validation.

    Raises:
        GraphQLError: it has too many operations and fragments, selects too many fields, or one of
            them too deeply or too often.
    """
    if len(document.definitions) > MAX_DEFINITIONS:
        count = len(document.definitions)
        raise _too(errors.DOCUMENT_TOO_MANY_DEFINITIONS, MAX_DEFINITIONS, count=count)
    _Traversal(schema, document).run()


def _unreadable(message: str, limit: int, **details: object) -> GraphQLError:
    extensions = {"code": errors.PARSE_FAILED}
    return GraphQLError(message.format(limit=limit, **details), extensions=extensions)


def _too(message: str, limit: int, **details: object) -> GraphQLError:
    extensions = {"code": errors.VALIDATION_FAILED}
    return GraphQLError(message.format(limit=limit, **details), extensions=extensions)


@dataclass(frozen=True)
class _Selected:
    """A selection set, and where it stands.

    Attributes:
        type_: whose fields it selects; ``None`` where the schema does not know it.
        fragments: those around it.
        lists: the list fields around it, as ``Asset.labels``.
    """

    selections: SelectionSetNode
    type_: GraphQLNamedType | None
    fragments: frozenset[str] = frozenset()
    lists: tuple[str, ...] = ()


class _Traversal:
    """Goes through all that a document selects, place by place, and stops at the first excess."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._definitions = document.definitions
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._left = MAX_FIELDS

    def run(self) -> None:
        ahead = [(1, [root]) for root in self._roots()]
        while ahead:
            level, together = ahead.pop()
            if level > MAX_DEPTH:
                raise _too(errors.DOCUMENT_TOO_DEEP, MAX_DEPTH)
            for name, fields in self._fields(together).items():
                if len(fields) > MAX_REPETITIONS:
                    raise _too(errors.DOCUMENT_FIELD_REPEATED, MAX_REPETITIONS, name=name)
                below = [each for each in map(self._below, fields) if each]
                if below:
                    ahead.append((level + 1, below))

    def _roots(self) -> Iterator[_Selected]:
        for each in self._definitions:
            if isinstance(each, OperationDefinitionNode):
                yield _Selected(each.selection_set, self._schema.get_root_type(each.operation))
            elif isinstance(each, FragmentDefinitionNode):
                yield self._fragment(each)

    def _fragment(self, node: FragmentDefinitionNode) -> _Selected:
        type_ = self._schema.get_type(node.type_condition.name.value)
        return _Selected(node.selection_set, type_, frozenset({node.name.value}))

    def _fields(
        self, together: Iterable[_Selected]
    ) -> dict[str, list[tuple[FieldNode, _Selected]]]:
        """The fields of one place by their response name, fragments unfolded."""
        found: defaultdict[str, list[tuple[FieldNode, _Selected]]] = defaultdict(list)
        unfolded: set[str] = set()
        ahead = list(together)
        while ahead:
            here = ahead.pop()
            for node in here.selections.selections:
                self._left -= 1
                if self._left < 0:
                    raise _too(errors.DOCUMENT_TOO_MANY_FIELDS, MAX_FIELDS)
                if isinstance(node, FieldNode):
                    found[(node.alias or node.name).value].append((node, here))
                elif isinstance(node, InlineFragmentNode):
                    ahead.append(self._inline(node, here))
                elif isinstance(node, FragmentSpreadNode):
                    name = node.name.value
                    known = name in self._fragments and name not in here.fragments | unfolded
                    unfolded.add(name)
                    ahead += [self._spread(name, here)] if known else []
        return found

    def _inline(self, node: InlineFragmentNode, here: _Selected) -> _Selected:
        condition: NamedTypeNode | None = node.type_condition
        type_ = here.type_ if condition is None else self._schema.get_type(condition.name.value)
        return replace(here, selections=node.selection_set, type_=type_)

    def _spread(self, name: str, here: _Selected) -> _Selected:
        fragment = self._fragment(self._fragments[name])
        return replace(fragment, fragments=here.fragments | {name}, lists=here.lists)

    def _below(self, selected: tuple[FieldNode, _Selected]) -> _Selected | None:
        """What a field selects of its value."""
        node, here = selected
        if node.selection_set is None:
            return None
        field = self._field(here.type_, node.name.value)
        lists = here.lists
        if field and _is_list(field):
            name = f"{here.type_}.{node.name.value}"
            lists = (*lists, name)
            if lists.count(name) > MAX_LIST_IN_ITSELF:
                raise _too(errors.DOCUMENT_LIST_IN_ITSELF, MAX_LIST_IN_ITSELF, name=name)
        type_ = get_named_type(field.type) if field else None
        return _Selected(node.selection_set, type_, here.fragments, lists)

    def _field(self, type_: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        if name == "__schema":
            return SchemaMetaFieldDef
        if name == "__type":
            return TypeMetaFieldDef
        fields: dict[str, GraphQLField] = getattr(type_, "fields", {})
        return fields.get(name)


def _is_list(field: GraphQLField) -> bool:
    type_ = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    return is_list_type(type_)
