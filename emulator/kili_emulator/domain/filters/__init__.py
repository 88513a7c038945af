"""Filters: select documents by the ``where`` argument of an API operation.

See contract/asset.md#filters, contract/label.md#filters, contract/project.md#lists-and-search,
contract/issue.md#issue-lists.

Each noun has a table that maps the name of a condition to a function that compiles its value into
a test. A nested ``where`` (``LabelWhere.asset``) uses the table of the nested noun. Nouns with many
documents also have lookups, which find the candidates by an index. :class:`Selection` compiles a
``where`` into a :class:`Plan`, which lists, counts and pages the documents. Dates of labels are
places in their order. A condition of assets on few labels or issues becomes a list of asset ids.

An absent member, ``null`` and an empty object filter nothing. A document must meet all conditions;
one label must meet all conditions under ``AssetWhere.label``, and one issue all conditions under
``AssetWhere.issue``.

``selection`` is the front.

Imported by: api.
"""

from kili_emulator.domain.filters.conditions import Where as Where
from kili_emulator.domain.filters.conditions import is_empty as is_empty
from kili_emulator.domain.filters.plan import Plan as Plan
from kili_emulator.domain.filters.selection import Selection as Selection
