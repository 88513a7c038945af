"""Parsing and validation of GraphQL documents, with a cache of recently used ones."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator

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
from kili_emulator.api.parsed_document import ParsedDocument
from kili_emulator.api.variable_values import InputConverters

_RULES = (*specified_rules, FiniteNumbersRule)

# The limit of the cache, in estimated bytes.
MAX_CACHE_BYTES = 32 * 1024 * 1024

# The limit of the number of cached documents.
MAX_CACHED_DOCUMENTS = 1_000

# Estimates: a token with its nodes; a character of a text with characters beyond 16 bits; an error
# of the validation; the part of a valid document that its compiled form needs in addition.
_TOKEN_BYTES = 600
_CHARACTER_BYTES = 4
_FAULT_BYTES = 2_000
_COMPILED_FRACTION = 2


class GraphQLDocumentCache:
    """The cache of documents of one schema.

    Args:
        max_cache_bytes: the limit of the estimated size of all cached documents; the least recently
            used ones are removed first.
        max_documents: the limit of their number.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        max_cache_bytes: int = MAX_CACHE_BYTES,
        max_documents: int = MAX_CACHED_DOCUMENTS,
    ) -> None:
        self._schema = schema
        self._max_cache_bytes = max_cache_bytes
        self._max_documents = max_documents
        self._inputs = InputConverters()
        self._cache: OrderedDict[str, ParsedDocument] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def __len__(self) -> int:
        return len(self._cache)

    def __iter__(self) -> Iterator[str]:
        """Yield the texts of the cached documents, from the least recently used one on."""
        return iter(list(self._cache))

    def find(self, text: str) -> ParsedDocument:
        """Return the document of a text.

        Raises:
            GraphQLError: the text is not a document, or exceeds a limit.
        """
        with self._lock:
            found = self._cache.get(text)
            if found is not None:
                self._cache.move_to_end(text)
                return found
        size = count_tokens(text) * _TOKEN_BYTES + len(text) * _CHARACTER_BYTES
        document = ParsedDocument(self._schema, self._inputs, _parse_text(text), size)
        with self._lock:
            if self._cache.setdefault(text, document) is document:
                self._grow(size)
        return document

    def faults(self, text: str) -> list[GraphQLError]:
        """Return the errors of the validation of a document.

        Raises:
            GraphQLError: the text is not a document, or exceeds a limit.
        """
        document = self.find(text)
        if document.faults is None:
            document.faults = self._validate(document.node)
            kept = len(document.faults) * _FAULT_BYTES or document.size // _COMPILED_FRACTION
            self._add_size(text, document, kept)
        return document.faults

    def keep_body(self, text: str, document: ParsedDocument, body: bytes) -> None:
        """Keep the body of the answer that a document always gets."""
        document.body = body
        self._add_size(text, document, len(body))

    def _add_size(self, text: str, document: ParsedDocument, size: int) -> None:
        with self._lock:
            if self._cache.get(text) is document:
                document.size += size
                self._grow(size)

    def _grow(self, size: int) -> None:
        self.size += size
        while self.size > self._max_cache_bytes or len(self._cache) > self._max_documents:
            _, oldest = self._cache.popitem(last=False)
            self.size -= oldest.size

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
