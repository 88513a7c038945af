"""Cases of organizations."""

from __future__ import annotations

from tests.contract.methods import case

_CREATED = """
    made = {methods}.create_organization({values})
    (read,) = client("admin").organizations(organization_id=made["id"])
    assert read["name"] == "Other"
"""
_CHANGED = """
    {methods}.update_properties_in_organization(
        organization_id, name="Renamed", license={{"seats": 3}}
    )
    (read,) = client("admin").organizations(fields=["name", "license.seats"])
    assert read == {{"name": "Renamed", "license": {{"seats": 3}}}}
"""
_METRICS = """
    from datetime import datetime

    dates = {{"start_date": datetime(2000, 1, 1), "end_date": datetime(2100, 1, 1)}}
    metrics = {method}(organization_id, **dates)
    assert metrics["numberOfLabeledAssets"] == 3
    assert metrics["numberOfHours"] > 0
    assert metrics["numberOfAnnotations"] > 0
    dates["end_date"] = datetime(2001, 1, 1)
    assert set({method}(organization_id, **dates).values()) == {{0}}
"""
_NAME = 'name="Other"'
_NAME_AND_ADDRESS = 'name="Other", address="1 Main Street", zip_code="1", city="A", country="B"'

CASES = [
    case(
        "create_organization",
        sends="Mutation.createOrganization",
        code=_CREATED.format(methods="kili", values=_NAME_AND_ADDRESS),
        until="2.128.2",
    ),
    case(
        "internal.create_organization",
        sends="Mutation.createOrganization",
        code=_CREATED.format(methods="kili.internal", values=_NAME_AND_ADDRESS),
        until="2.165.0",
    ),
    case(
        "internal.create_organization",
        sends="Mutation.createOrganization",
        code=_CREATED.format(methods="kili.internal", values=_NAME),
        since="2.176.1",
    ),
    case(
        "update_properties_in_organization",
        sends="Mutation.updatePropertiesInOrganization",
        code=_CHANGED.format(methods="kili"),
    ),
    case(
        "internal.update_properties_in_organization",
        sends="Mutation.updatePropertiesInOrganization",
        code=_CHANGED.format(methods="kili.internal"),
    ),
    case(
        "organization_metrics",
        sends="Query.organizationMetrics",
        code=_METRICS.format(method="kili.organization_metrics"),
    ),
    case(
        "organizations.metrics",
        sends="Query.organizationMetrics",
        code=_METRICS.format(method="kili.organizations.metrics"),
    ),
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
