"""Parses and validates GraphQL documents; those that were used lately are kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    Source,
    parse,
    specified_rules,
    validate,
)

from kili_emulator import errors
from kili_emulator.api.graphql_document_limits import MAX_NESTING, check_selections, checked_tokens
from kili_emulator.api.graphql_document_numbers import FiniteNumbersRule

_RULES = (*specified_rules, FiniteNumbersRule)

# In bytes: what documents that are kept may take together.
KEPT_BYTES = 32 * 1024 * 1024

# Estimates: a token with its nodes, a character of a text that holds some beyond the 16-bit ones.
_TOKEN_BYTES = 600
_CHARACTER_BYTES = 4


@dataclass
class _Kept:
    document: DocumentNode
    size: int
    faults: list[GraphQLError] | None = None


class Documents:
    """The documents of one schema.

    Args:
        kept_bytes: how much those that are kept may take together, as it is estimated; the ones
            that were not used for the longest time go first.
    """

    def __init__(self, schema: GraphQLSchema, kept_bytes: int = KEPT_BYTES) -> None:
        self._schema = schema
        self._kept_bytes = kept_bytes
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def parsed(self, text: str) -> DocumentNode:
        """The document of a text.

        Raises:
            GraphQLError: the text is none, or exceeds a limit.
        """
        return self._entry(text).document

    def faults(self, text: str) -> list[GraphQLError]:
        """Why a document cannot be executed; nothing where it can.

        Raises:
            GraphQLError: the text is no document, or exceeds a limit.
        """
        entry = self._entry(text)
        if entry.faults is None:
            entry.faults = self._validated(entry.document)
        return entry.faults

    def _entry(self, text: str) -> _Kept:
        with self._lock:
            entry = self._kept.get(text)
            if entry is not None:
                self._kept.move_to_end(text)
                return entry
        size = checked_tokens(text) * _TOKEN_BYTES + len(text) * _CHARACTER_BYTES
        entry = _Kept(_parsed(text), size)
        with self._lock:
            if self._kept.setdefault(text, entry) is entry:
                self.size += size
            while self.size > self._kept_bytes:
                _, oldest = self._kept.popitem(last=False)
                self.size -= oldest.size
        return entry

    def _validated(self, document: DocumentNode) -> list[GraphQLError]:
        try:
            check_selections(self._schema, document)
        except GraphQLError as error:
            return [error]
        found = validate(self._schema, document, _RULES)
        for each in found:
            each.extensions = {"code": errors.VALIDATION_FAILED}
        return found


def _parsed(text: str) -> DocumentNode:
    try:
        return parse(text)
    except RecursionError:  # the caller's own stack is nearly full
        reason = errors.DOCUMENT_TOO_NESTED.format(limit=MAX_NESTING)
        raise GraphQLSyntaxError(Source(text), 0, reason) from None
