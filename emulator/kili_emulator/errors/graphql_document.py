"""Errors about the limits of a GraphQL document, which is checked before execution (ours).

Each message names the limit that the document exceeds.
"""

from __future__ import annotations

DOCUMENT_TOO_LONG = (
    "The document has {count} characters, more than the limit of {limit}: send values as variables."
)
DOCUMENT_TOO_MANY_TOKENS = (
    "The document has more than {limit} tokens, which is the limit: send values as variables, or "
    "send several documents."
)
DOCUMENT_TOO_NESTED = (
    "The document is nested too deeply, with more than {limit} levels of brackets, which is the "
    "limit: send values as variables."
)
DOCUMENT_NUMBER_TOO_LONG = (
    "A number in the document has more than {limit} characters, which is the limit: send a shorter "
    "number."
)
DOCUMENT_TOO_MANY_DEFINITIONS = (
    "The document has {count} operations and fragments, more than the limit of {limit}: send "
    "several documents."
)
DOCUMENT_TOO_MANY_SPREADS = (
    "The document uses more than {limit} different fragments in one place, which is the limit: "
    "send several documents."
)
DOCUMENT_TOO_DEEP = (
    "The document selects fields more than {limit} levels deep, fragments included, which is the "
    "limit: ask for less at once."
)
DOCUMENT_TOO_MANY_FIELDS = (
    "The document selects more than {limit} fields, each fragment counted where it is used, which "
    "is the limit: ask for less at once."
)
DOCUMENT_FIELD_REPEATED = (
    'The document selects "{name}" more than {limit} times in one place, fragments included, which '
    "is the limit: select it once."
)
DOCUMENT_LIST_RECURSION = (
    'The document selects the list "{name}" inside itself more than {limit} times, which is the '
    "limit: ask for less at once."
)
