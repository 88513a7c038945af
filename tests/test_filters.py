"""What the conditions of a list mean: dates, and values of metadata (contract §3, §5.4)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest


@pytest.fixture
def project(kili: Any) -> str:
    return str(kili.projects(fields=["id"])[0]["id"])


# Dates


@pytest.mark.parametrize(
    ("noun", "member"),
    [
        ("assets", "created_at"),
        ("assets", "updated_at"),
        ("assets", "label_created_at"),
        ("labels", "created_at"),
        ("projects", "updated_at"),
    ],
)
def test_a_date_ends_with_its_day_and_begins_with_it(
    kili: Any, project: str, noun: str, member: str
) -> None:
    def count(**limits: date) -> int:
        conditions = {f"{member}_{limit}": str(day) for limit, day in limits.items()}
        where = {} if noun == "projects" else {"project_id": project}
        return int(getattr(kili, f"count_{noun}")(**where, **conditions))

    (found,) = kili.projects(project, fields=["updatedAt"])
    today = date.fromisoformat(found["updatedAt"][:10])
    day = timedelta(days=1)

    assert count(lte=today) == count(gte=today, lte=today) == count(gte=today) > 0
    assert count(lte=today - day) == count(gte=today + day) == 0


def test_a_moment_ends_where_it_begins(kili: Any, project: str) -> None:
    (first, *_) = kili.labels(project, fields=["createdAt"])
    moment = first["createdAt"]
    midnight = f"{moment[:10]}T00:00:00Z"

    assert kili.count_labels(project, created_at_lte=moment) >= 1
    assert kili.count_labels(project, created_at_lte=midnight) == 0
    assert kili.count_labels(project, created_at=moment[:10]) == kili.count_labels(project)


def test_events_of_a_day_are_those_until_its_end(kili: Any, project: str) -> None:
    kili.update_properties_in_project(project, title="Changed")
    events = kili.events.list(project, fields=["id", "createdAt"])
    today = events[-1]["createdAt"][:10]

    assert kili.events.list(project, fields=["id"], created_at_lte=today) == [
        {"id": each["id"]} for each in events
    ]


# Values of metadata


@pytest.fixture
def kept(kili: Any, project: str) -> str:
    """A project whose assets have these values as ``k``; what has none is named ``absent``."""
    values = [True, False, None, 1, 0, 1.5, "1", "true", [1], {"n": True}]
    (settings,) = kili.projects(project, fields=["jsonInterface"])
    created = kili.create_project(
        input_type="TEXT", json_interface=settings["jsonInterface"], title="Kept"
    )["id"]
    kili.append_many_to_dataset(
        created,
        content_array=["text"] * (len(values) + 1),
        external_id_array=[*map(json.dumps, values), "absent"],
        json_metadata_array=[*({"k": value} for value in values), {"other": 1}],
        disable_tqdm=True,
    )
    return str(created)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (1, ["1"]),
        (1.0, ["1"]),
        (0, ["0"]),
        (True, ["true"]),
        (False, ["false"]),
        ("1", ['"1"']),
        (None, ["null", "absent"]),
        ([1, 2], ["1", "1.5"]),
        ([0, "1"], ["0", '"1"']),
        ([True], ["true"]),
        ([None, "true"], ["null", '"true"', "absent"]),
        ([[1]], ["[1]"]),
        ([[True]], []),
        ({"n": 1}, []),
        ({"n": True}, ['{"n": true}']),
    ],
)
def test_metadata_are_found_by_a_value_of_the_same_type(
    kili: Any, kept: str, wanted: Any, expected: list[str]
) -> None:
    found = kili.assets(kept, metadata_where={"k": wanted}, fields=["externalId"])
    assert [each["externalId"] for each in found] == expected


def test_every_condition_on_metadata_counts_a_null_too(kili: Any, kept: str) -> None:
    def count(where: dict[str, Any] | None) -> int:
        return int(kili.count_assets(kept, metadata_where=where))

    assert count({"k": None, "other": 1}) == 1
    assert count({"k": None, "other": None}) == 1
    assert count({"never": None}) == count({}) == count(None) == 11
