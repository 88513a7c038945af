"""Lists are in creation order; pages have neither gaps nor repetitions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.full_world.calls import CALLS, Call
from tests.contract.full_world.queries import COUNTS, LISTS, list_ids
from tests.contract.full_world.world import FullWorld
from tests.kit.responses import EASY_JSON, HARD_JSON

# Lists whose elements are not stored in a table of the same name, and the reason.
WITHOUT_TABLE = {
    "dataConnections": "cloud storage is not emulated",
    "projectUsers": "project by project; administrators who have not joined are stored nowhere",
}
WITHOUT_COUNT = {"dataConnections": "the platform has no such count"}
BEHIND_ANY_LIST = 10_000

UPDATES = [call for call in CALLS if call.mutation.startswith(("update", "set", "edit", "append"))]


def page(full_world: FullWorld, query: str, first: int, skip: int) -> list[str]:
    (found,) = list_ids(full_world, (query, first, skip))
    return found


def listed(full_world: FullWorld, query: str) -> list[str]:
    return page(full_world, query, 1000, 0)


@pytest.mark.parametrize("query", sorted(set(LISTS) - WITHOUT_TABLE.keys()))
def test_list_is_in_creation_order(full_world: FullWorld, query: str) -> None:
    stored = [each["id"] for each in full_world.export()[query]]
    found = listed(full_world, query)
    assert len(found) == len(set(found)) > 0
    assert found == [each for each in stored if each in set(found)]


def test_members_are_listed_project_by_project(full_world: FullWorld) -> None:
    selection = "id project { id }"
    found = full_world.wire.list("projectUsers", {}, selection=selection)
    projects = [each["project"]["id"] for each in found]
    assert sorted(projects, key=listed(full_world, "projects").index) == projects
    for project in set(projects):
        where = {"project": {"id": project}}
        own = full_world.wire.list("projectUsers", where, selection=selection)
        assert own == [each for each in found if each["project"]["id"] == project]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("query", LISTS)
def test_pages_add_up_to_the_whole_list(full_world: FullWorld, query: str, size: int) -> None:
    whole_list = listed(full_world, query)
    starts = range(0, len(whole_list) + size, size)
    pages = list_ids(full_world, *((query, size, skip) for skip in starts))
    assert pages[-1] == []
    assert all(len(each) <= size for each in pages)
    assert [each for some in pages for each in some] == whole_list


@pytest.mark.parametrize("query", LISTS)
def test_page_of_size_zero_or_past_the_end_is_empty(full_world: FullWorld, query: str) -> None:
    assert page(full_world, query, 0, 0) == []
    assert page(full_world, query, 1000, len(listed(full_world, query))) == []
    assert page(full_world, query, 1000, BEHIND_ANY_LIST) == []


@pytest.mark.parametrize("query", LISTS)
def test_count_equals_the_length_of_the_list(full_world: FullWorld, query: str) -> None:
    assert (query in COUNTS) != (query in WITHOUT_COUNT)
    if query in COUNTS:
        assert full_world.wire.call(COUNTS[query], where={}) == len(listed(full_world, query))


@pytest.mark.parametrize("call", UPDATES, ids=str)
def test_updated_row_keeps_its_place_in_lists(full_world: FullWorld, call: Call) -> None:
    lists = [(query, 1000, 0) for query in LISTS if query != "projectUsers"]
    before = list_ids(full_world, *lists)
    full_world.wire.call(call.mutation, **full_world.fill(call.arguments))
    for old, new in zip(before, list_ids(full_world, *lists), strict=True):
        assert new[: len(old)] == old


# Mutations of many


def names_of(full_world: FullWorld, *names: str) -> list[str]:
    return [full_world.names[each] for each in names]


def test_appended_assets_are_returned_in_the_order_of_the_arrays(full_world: FullWorld) -> None:
    names = [f"asset {number}" for number in (3, 1, 2, 10, 0)]
    data = {"contentArray": ["https://example.com/a.png"] * 5, "externalIDArray": names}
    where = {"id": full_world.names["project"]}
    made = full_world.wire.call(
        "appendManyAssets", selection="id externalId createdAt", data=data, where=where
    )
    assert [each["externalId"] for each in made] == names
    assert len({each["createdAt"] for each in made}) == 1
    assert listed(full_world, "assets")[-5:] == [each["id"] for each in made]


@pytest.mark.parametrize("query", ["labels", "issues"])
def test_created_labels_and_issues_are_returned_in_row_order(
    full_world: FullWorld, query: str
) -> None:
    ids = names_of(full_world, "pond", "street", "farm", "street")
    texts = [EASY_JSON, HARD_JSON, HARD_JSON, EASY_JSON]
    if query == "labels":
        rows = [{"assetID": a, "jsonResponse": t} for a, t in zip(ids, texts, strict=True)]
        arguments: dict[str, Any] = {"data": {"labelType": "REVIEW", "labelsData": rows}}
        mutation, selection = "appendManyLabels", "id assetId: assetIdCompute text: jsonResponse"
    else:
        rows = [{"assetId": a, "text": t} for a, t in zip(ids, texts, strict=True)]
        arguments = {"issues": rows}
        mutation, selection = "createIssues", "id assetId text: comments { text }"
    made = full_world.wire.call(mutation, selection=selection, where={}, **arguments)
    assert [each["assetId"] for each in made] == ids
    assert listed(full_world, query)[-4:] == [each["id"] for each in made]
    if query == "labels":
        assert [each["text"] for each in made] == texts


def test_updated_assets_are_returned_in_request_order(
    full_world: FullWorld,
) -> None:
    ids = names_of(full_world, "pond", "car-park", "street", "meadow", "farm")
    data = [{"priority": number} for number in range(5)]
    where = [{"id": each} for each in ids]
    answer = full_world.wire.call(
        "updatePropertiesInAssets", selection="id priority", where=where, data=data
    )
    expected = [{"id": each, "priority": number} for number, each in enumerate(ids)]
    assert answer == expected


def test_assigned_assets_are_returned_in_request_order(
    full_world: FullWorld,
) -> None:
    ids = names_of(full_world, "skipped here", "meadow", "aquarium")
    where, users = {"idIn": ids}, [full_world.names["leo"]]
    outcome = full_world.wire.call("assignAssets", where=where, userIds=users)
    asset_ids = [each["assetId"] for some in ("succeeded", "declined") for each in outcome[some]]
    assert sorted(asset_ids) == sorted(ids)
    assert asset_ids == [each for each in ids if each in asset_ids]


def test_deleted_label_ids_are_returned_in_request_order(
    full_world: FullWorld,
) -> None:
    ids = names_of(full_world, "meadow PREDICTION", "farm INFERENCE")
    assert full_world.wire.call("deleteLabels", ids=ids) == ids


def test_upload_urls_are_returned_in_the_order_of_the_paths(full_world: FullWorld) -> None:
    project = full_world.names["project"]
    paths = [f"projects/{project}/assets/{each}/content" for each in ("b", "a", "c")]
    urls = full_world.wire.call("createUploadBucketSignedUrls", filePaths=paths)
    assert [path in url for path, url in zip(paths, urls, strict=True)] == [True] * 3
