"""One module per noun; each resolver unwraps its input and calls one function of the domain."""

from ariadne import SchemaBindable

from emulator.api.resolvers import (
    api_key,
    asset,
    issue,
    label,
    organization,
    plugin,
    project,
    user,
)
from emulator.api.scalars import SCALARS

BINDABLES: list[SchemaBindable] = [
    *SCALARS,
    *api_key.BINDABLES,
    *asset.BINDABLES,
    *issue.BINDABLES,
    *label.BINDABLES,
    *organization.BINDABLES,
    *plugin.BINDABLES,
    *project.BINDABLES,
    *user.BINDABLES,
]
