"""The execution of one operation by the GraphQL library, with compiled completion of values."""

from __future__ import annotations

from typing import Any

from graphql import (
    ExecutionContext,
    FieldNode,
    GraphQLError,
    GraphQLLeafType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.execute import assume_not_awaitable
from graphql.pyutils import AwaitableOrValue, Path

from kili_emulator.api.answer import Answer
from kili_emulator.api.context import RequestContext
from kili_emulator.api.errors import format_error
from kili_emulator.api.parsed_document import ParsedDocument
from kili_emulator.api.value_completion import (
    SelectedField,
    SelectionCompiler,
    complete_leaf,
    find_field,
)


class PlatformExecutionContext(ExecutionContext):
    """The execution of one operation.

    Attributes:
        compiler: the compiler of the selections; by default one that is used only once.
    """

    def __init__(self, *arguments: Any, **named_arguments: Any) -> None:
        super().__init__(*arguments, **named_arguments)
        self.compiler = SelectionCompiler(self.schema, self.fragments, self.variable_values)
        self._is_compiled = True
        self._infos: dict[SelectedField, GraphQLResolveInfo] = {}

    @classmethod
    def begin(
        cls,
        schema: GraphQLSchema,
        document: ParsedDocument,
        operation: OperationDefinitionNode,
        variable_values: dict[str, Any],
        context: RequestContext,
    ) -> PlatformExecutionContext:
        """Begin the execution of an operation with converted variables."""
        run = cls(
            schema,
            document.fragments,
            None,
            context,
            operation,
            variable_values,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            [],
            None,
            assume_not_awaitable,
        )
        run.compiler = document.compiler(variable_values)
        return run

    def answer(self) -> Answer:
        """Execute the operation. Errors of resolvers have a path; any other refuses the request."""
        data: Any
        try:
            data = self.execute_operation(self.operation, self.root_value)
        except GraphQLError as error:
            self.errors.append(error)
            data = None
        result = self.build_response(data, self.errors)
        if not result.errors:
            return Answer.of({"data": result.data}, is_valid=True)
        formatted = [format_error(each) for each in result.errors]
        if not any("path" in each for each in formatted):
            return Answer.of({"errors": formatted}, is_valid=False)
        return Answer.of({"data": result.data, "errors": formatted}, is_valid=True)

    def info_of(self, field: SelectedField) -> GraphQLResolveInfo:
        """Return the second argument of the resolver of a field.

        All objects of an answer share it, and its path has no parents. The resolvers of this API
        use the context of the request only.
        """
        info = self._infos.get(field)
        if info is None:
            node, parent_type = field.nodes[0], field.parent_type
            path = Path(None, (node.alias or node.name).value, parent_type.name)
            info = self.build_resolve_info(field.definition, field.nodes, parent_type, path)
            self._infos[field] = info
        return info

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_nodes: list[FieldNode],
        info: GraphQLResolveInfo,
        path: Path,
        result: Any,
    ) -> AwaitableOrValue[Any]:
        """Complete a value; after the first error, complete all values by the general way.

        The general way reads the same result again, and finds the place and the effects of errors.
        """
        if self._is_compiled:
            definition = find_field(self.schema, info.parent_type, field_nodes[0])
            assert definition is not None
            field = SelectedField(definition, field_nodes, info.parent_type)
            try:
                return self.compiler.completer(field)(result, self)
            except Exception:  # found again, and reported, below
                self._is_compiled = False
        return super().complete_value(return_type, field_nodes, info, path, result)

    @staticmethod
    def complete_leaf_value(return_type: GraphQLLeafType, result: Any) -> Any:
        """Complete a leaf as compiled selections do."""
        return complete_leaf(return_type, result)
