"""Parsing and validation of GraphQL documents, with a cache of recently used ones."""

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
from kili_emulator.api.graphql_document_limits import MAX_NESTING, check_selections, count_tokens
from kili_emulator.api.graphql_document_numbers import FiniteNumbersRule

_RULES = (*specified_rules, FiniteNumbersRule)

# The limit of the cache, in estimated bytes.
MAX_CACHE_BYTES = 32 * 1024 * 1024

# Estimates: a token with its nodes; a character of a text with characters beyond 16 bits.
_TOKEN_BYTES = 600
_CHARACTER_BYTES = 4


@dataclass
class _CachedDocument:
    document: DocumentNode
    size: int
    faults: list[GraphQLError] | None = None


class GraphQLDocumentCache:
    """The cache of documents of one schema.

    Args:
        max_cache_bytes: the limit of the estimated size of all cached documents; the least recently
            used ones are removed first.
    """

    def __init__(self, schema: GraphQLSchema, max_cache_bytes: int = MAX_CACHE_BYTES) -> None:
        self._schema = schema
        self._max_cache_bytes = max_cache_bytes
        self._cache: OrderedDict[str, _CachedDocument] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def parse_document(self, text: str) -> DocumentNode:
        """Return the document of a text.

        Raises:
            GraphQLError: the text is not a document, or exceeds a limit.
        """
        return self._cached_document(text).document

    def faults(self, text: str) -> list[GraphQLError]:
        """Return the errors of the validation of a document.

        Raises:
            GraphQLError: the text is not a document, or exceeds a limit.
        """
        entry = self._cached_document(text)
        if entry.faults is None:
            entry.faults = self._validate(entry.document)
        return entry.faults

    def _cached_document(self, text: str) -> _CachedDocument:
        with self._lock:
            entry = self._cache.get(text)
            if entry is not None:
                self._cache.move_to_end(text)
                return entry
        size = count_tokens(text) * _TOKEN_BYTES + len(text) * _CHARACTER_BYTES
        entry = _CachedDocument(_parse_text(text), size)
        with self._lock:
            if self._cache.setdefault(text, entry) is entry:
                self.size += size
            while self.size > self._max_cache_bytes:
                _, oldest = self._cache.popitem(last=False)
                self.size -= oldest.size
        return entry

    def _validate(self, document: DocumentNode) -> list[GraphQLError]:
        try:
            check_selections(self._schema, document)
        except GraphQLError as error:
            return [error]
        graphql_errors = validate(self._schema, document, _RULES)
        for each in graphql_errors:
            each.extensions = {"code": errors.VALIDATION_FAILED}
        return graphql_errors


def _parse_text(text: str) -> DocumentNode:
    try:
        return parse(text)
    except RecursionError:  # the stack of the caller is nearly full
        reason = errors.DOCUMENT_TOO_NESTED.format(limit=MAX_NESTING)
        raise GraphQLSyntaxError(Source(text), 0, reason) from None
