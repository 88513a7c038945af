"""What the input type of a project says about its assets (contract §4.1)."""

from __future__ import annotations

# Named in the schema, but neither created by any client nor imported into: no asset has one.
RETIRED = frozenset({"NA", "TIME_SERIES", "URL"})
