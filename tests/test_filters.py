"""Filters by dates and by values of metadata, with the SDK.

The conditions of each filter, such as ``LabelWhere.typeIn``, are tested by the cases in
``tests/contract/filter_cases.py``, those on steps and assignees in
``tests/contract/inputs/workflow.py``, and those on events in ``tests/contract/inputs/event.py``.

See contract/values.md#dates, contract/asset.md#metadata-filters.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from kili_emulator.app import Emulator
from tests.kit.wire import Wire


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
def test_date_limits_include_the_whole_day(kili: Any, project: str, noun: str, member: str) -> None:
    def count(**limits: date) -> int:
        conditions = {f"{member}_{limit}": str(day) for limit, day in limits.items()}
        where = {} if noun == "projects" else {"project_id": project}
        return int(getattr(kili, f"count_{noun}")(**where, **conditions))

    (found,) = kili.projects(project, fields=["updatedAt"])
    today = date.fromisoformat(found["updatedAt"][:10])
    day = timedelta(days=1)

    assert count(lte=today) == count(gte=today, lte=today) == count(gte=today) > 0
    assert count(lte=today - day) == count(gte=today + day) == 0


def test_moment_limits_are_exact(kili: Any, project: str) -> None:
    (first, *_) = kili.labels(project, fields=["createdAt"])
    moment = first["createdAt"]
    midnight = f"{moment[:10]}T00:00:00Z"

    assert kili.count_labels(project, created_at_lte=moment) >= 1
    assert kili.count_labels(project, created_at_lte=midnight) == 0
    assert kili.count_labels(project, created_at=moment[:10]) == kili.count_labels(project)


def test_event_filter_includes_the_end_of_the_day(kili: Any, project: str) -> None:
    kili.update_properties_in_project(project, title="Changed")
    events = kili.events.list(project, fields=["id", "createdAt"])
    today = events[-1]["createdAt"][:10]

    assert kili.events.list(project, fields=["id"], created_at_lte=today) == [
        {"id": each["id"]} for each in events
    ]


# Values of metadata


@pytest.fixture
def kept(kili: Any, project: str) -> str:
    """Create assets with these values as ``k``; the asset without a value is named ``absent``."""
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
def test_metadata_filter_matches_values_of_the_same_type(
    kili: Any, kept: str, wanted: Any, expected: list[str]
) -> None:
    found = kili.assets(kept, metadata_where={"k": wanted}, fields=["externalId"])
    assert [each["externalId"] for each in found] == expected


def test_metadata_filters_match_null(kili: Any, kept: str) -> None:
    def count(where: dict[str, Any] | None) -> int:
        return int(kili.count_assets(kept, metadata_where=where))

    assert count({"k": None, "other": 1}) == 1
    assert count({"k": None, "other": None}) == 1
    assert count({"never": None}) == count({}) == count(None) == 11


# Dates in metadata


DAYS = {
    "early": "2024-01-01",
    "noon": "2024-01-31T12:00:00Z",
    "zoned": "2024-02-01T00:30:00+01:00",
    "late": "2024-02-02",
    "no date": "2024",
    "number": 2024,
}


@pytest.fixture
def dated(kili: Any) -> str:
    """Create an asset for each of these dates, which two properties contain."""
    made = kili.create_project(title="Dated", input_type="TEXT", json_interface={"jobs": {}})
    declared = {"day": {"type": "date"}, "word": {"type": "string"}}
    kili.update_properties_in_project(made["id"], metadata_properties=declared)
    kili.append_many_to_dataset(
        made["id"],
        ["text"] * len(DAYS),
        external_id_array=list(DAYS),
        json_metadata_array=[{"day": each, "word": each, "free": each} for each in DAYS.values()],
    )
    return str(made["id"])


RANGES = [
    (["2024-01-01", "2024-01-31"], ["early", "noon", "zoned"]),  # half past eleven on the 31st
    (["2024-01-01T00:00:00Z", "2024-01-31T12:00:00Z"], ["early", "noon"]),
    (["2024-01-31T12:00:00.001Z", "2024-02-02"], ["zoned", "late"]),
    (["2024-02-02", "2024-02-02"], ["late"]),
    (["2024-02-02", "2024-01-01"], []),
    (["2024-01-01", "nothing"], ["early"]),  # no range: either of them
    (["2024-01-01", "2024-02-02", "2024"], ["early", "late", "no date"]),
    ([2000, 2030], ["number"]),
    ("2024-01-01", ["early"]),
]


@pytest.mark.parametrize(("wanted", "found"), RANGES, ids=str)
def test_two_dates_are_a_range_for_a_date_property(
    kili: Any, dated: str, wanted: Any, found: list[str]
) -> None:
    assert names(kili, dated, {"day": wanted}) == found


@pytest.mark.parametrize("key", ["word", "free"])
def test_two_dates_are_alternatives_for_other_properties(kili: Any, dated: str, key: str) -> None:
    assert names(kili, dated, {key: ["2024-01-01", "2024-02-02"]}) == ["early", "late"]


def names(kili: Any, project: str, where: dict[str, Any]) -> list[str]:
    """Return the external ids of the assets that a condition on metadata selects."""
    found = kili.assets(project, metadata_where=where, fields=["externalId"])
    return [each["externalId"] for each in found]


# Numbers that JSON does not have


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_metadata_with_a_number_outside_of_json_is_refused_with_its_key(
    kili: Any, kili_emulator: Emulator, project: str, number: str
) -> None:
    wire = Wire(kili_emulator)  # the newest client refuses them itself, older ones do not
    before = kili.assets(project, fields=["id", "jsonMetadata"])
    sent = f'{{"a": [{number}]}}'
    rows = {"contentArray": ["https://example.com/a.png"], "jsonMetadataArray": [sent]}
    messages = [
        wire.refusal(
            "updatePropertiesInAssets",
            where=[{"id": before[0]["id"]}],
            data=[{"jsonMetadata": sent}],
        ),
        wire.refusal("appendManyAssets", where={"id": project}, data=rows),
    ]
    for message in messages:
        assert message.startswith("[invalidInput] ")
        assert "the jsonMetadata cannot be stored: " in message
        assert '"a[0]" is ' in message
        assert "which JSON does not have: leave it out, or send null" in message
    assert kili.assets(project, fields=["id", "jsonMetadata"]) == before
    wire.close()


def test_stored_metadata_with_a_number_outside_of_json_is_found_by_other_keys(
    kili: Any, kili_emulator: Emulator, project: str
) -> None:
    table = kili_emulator.world.documents.table("assets")
    (asset, *_) = kili.assets(project, fields=["id", "externalId"])
    table.update({"jsonMetadata": '{"a": NaN, "place": "here"}'}, doc_ids=[asset["id"]])

    assert names(kili, project, {"place": "here"}) == [asset["externalId"]]
    assert names(kili, project, {"place": "here", "a": [0, 1]}) == []
    copied = kili.copy_project(project, title="Copy", copy_assets=True)
    (copy,) = kili.assets(copied, metadata_where={"place": "here"}, fields=["jsonMetadata"])
    assert copy["jsonMetadata"] == {"a": None, "place": "here"}
