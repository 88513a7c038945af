"""What ``where`` selects.

See contract/asset.md#filters, contract/project.md#lists-and-search, contract/issue.md#issue-lists.

Each noun has a table from the filter's name to its predicate; a where of another noun inside one
(``LabelWhere.asset``) is that noun's own table. An absent member, ``null`` and an empty object
filter nothing. All conditions must hold; those under ``label`` and ``issue`` of an asset, on one
same label or issue.
"""

from kili_emulator.domain.filters.conditions import Where as Where
from kili_emulator.domain.filters.conditions import is_empty as is_empty
from kili_emulator.domain.filters.selection import Selection as Selection
from kili_emulator.domain.filters.selection import page as page
