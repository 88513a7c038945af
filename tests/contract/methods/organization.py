"""Organizations."""

from __future__ import annotations

from tests.contract.methods import case

CASES = [
    case(
        "organizations",
        sends="Query.organizations",
        code="""
            mine = {"id": organization_id, "name": "Emulator workshop"}
            assert list(kili.organizations()) == [mine]
            assert list(kili.organizations(email=email["labeler"])) == [mine]
        """,
    ),
    case(
        "count_organizations",
        sends="Query.countOrganizations",
        code="""
            assert kili.count_organizations() == 1
            assert kili.count_organizations(email="nobody@example.com") == 0
        """,
    ),
    # ------------------------------------------------------------------ the domain client
    case(
        "organizations.list",
        sends="Query.organizations",
        code="""
            mine = {"id": organization_id, "name": "Emulator workshop"}
            assert kili.organizations.list() == [mine]
        """,
    ),
    case(
        "organizations.list_as_generator",
        sends="Query.organizations",
        code="""
            mine = {"id": organization_id, "name": "Emulator workshop"}
            assert list(kili.organizations.list_as_generator()) == [mine]
        """,
    ),
]

PENDING = dict.fromkeys(
    (
        "create_organization",
        "internal.create_organization",
        "internal.update_properties_in_organization",
        "organization_metrics",
        "organizations.metrics",
        "update_properties_in_organization",
    ),
    "its operation is not served yet",
)
