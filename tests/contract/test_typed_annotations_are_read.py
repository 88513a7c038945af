"""Real SDKs read exactly the stored responses, also if they read them from typed annotations.

See contract/annotation.md#typed-annotations.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import requests

from tests.kit.sdk_process import SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.rules.typed_cases import JOBS, NOT_WHOLE, WHOLE, Json

pytestmark = pytest.mark.surface

# Those with typed annotations whose projects take assets: conversations cannot be made here.
INPUT_TYPES = ("VIDEO", "GEOSPATIAL", "LLM_RLHF", "IMAGE")

# The members that clients add to the first frame by themselves.
OWN = ("ANNOTATION_JOB_COUNTER", "ANNOTATION_NAMES_JOB")


def _responses(input_type: str) -> dict[str, Json]:
    return {
        name: case[1]
        for name, case in (*WHOLE.items(), *((f"not {k}", v) for k, v in NOT_WHOLE.items()))
        if case[0] == input_type
    }


def _call(world: RemoteWorld, query: str, **variables: Any) -> Any:
    session = requests.Session()
    session.trust_env = False
    answer = session.post(
        world.endpoint,
        json={"query": query, "variables": variables},
        headers={"Authorization": f"X-API-Key: {world.keys['admin']}"},
        timeout=30,
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]["data"]


def _project(world: RemoteWorld, input_type: str, responses: list[Json]) -> str:
    """Create a project with one asset and a label for each response."""
    project: str = _call(
        world,
        "mutation ($data: CreateProjectData!) { data: createProject(data: $data) { id } }",
        data={"title": "t", "inputType": input_type, "jsonInterface": json.dumps({"jobs": JOBS})},
    )["id"]
    (asset,) = _call(
        world,
        "mutation ($data: AppendManyAssetsData!, $where: ProjectWhere!)"
        "{ data: appendManyAssets(data: $data, where: $where) { id } }",
        data={"contentArray": ["https://example.com/content"]},
        where={"id": project},
    )
    _call(
        world,
        "mutation ($where: [AssetWhere!]!, $data: [AssetData!]!)"
        "{ data: updatePropertiesInAssets(where: $where, data: $data) { id } }",
        where=[{"id": asset["id"]}],
        data=[{"resolution": {"width": 200, "height": 100}}],
    )
    rows = [{"assetID": asset["id"], "jsonResponse": json.dumps(each)} for each in responses]
    _call(
        world,
        "mutation ($data: AppendManyLabelsData!, $where: AssetWhere!)"
        "{ data: appendManyLabels(data: $data, where: $where) { id } }",
        data={"labelType": "DEFAULT", "labelsData": rows},
        where={},
    )
    return project


@pytest.fixture(scope="module")
def session(installed_sdk: SdkProcess, server: ServerUnderTest) -> tuple[SdkSession, RemoteWorld]:
    world = server.new_world()
    session = installed_sdk.session(env=world.environment())
    session.run("from kili.client import Kili\nkili = Kili()").checked()
    return session, world


@pytest.mark.parametrize("input_type", INPUT_TYPES)
def test_sdk_reads_the_stored_responses(
    session: tuple[SdkSession, RemoteWorld], input_type: str
) -> None:
    sdk, world = session
    responses = _responses(input_type)
    project = _project(world, input_type, list(responses.values()))
    read = sdk.run(f"kili.labels({project!r}, fields=['id', 'jsonResponse'])").checked().value
    for (name, response), label in zip(responses.items(), read, strict=True):
        assert _without_own(label["jsonResponse"], response) == response, name


def _without_own(found: Json, response: Json) -> Json:
    """Return the response without the members that the client adds to a video's first frame."""
    found = copy.deepcopy(found)
    for name in OWN:
        if name not in response.get("0", {}):
            found.get("0", {}).pop(name, None)
    return found
