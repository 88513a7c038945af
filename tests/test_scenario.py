"""Scenarios: content of the seeded scenarios, and errors in unusable scenarios."""

from __future__ import annotations

import json
import os
import textwrap
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kili_emulator.domain import access, api_key, file
from kili_emulator.domain.world import World
from kili_emulator.scenario import (
    ScenarioError,
    load_scenario,
    read_scenario,
    scenario_names,
    seed_data_folder,
)
from kili_emulator.scenario.scenario_file import MEDIA_TYPES

USERS = """\
organization: {name: Test}
users:
  - {key: admin, email: admin@example.com, firstname: A, lastname: A, organizationRole: ADMIN}
  - {key: labeler, email: labeler@example.com, firstname: L, lastname: L, organizationRole: USER}
  - {key: other, email: other@example.com, firstname: O, lastname: O, organizationRole: USER}
"""

PROJECT = """\
projects:
  - title: P
    inputType: IMAGE
    jsonInterface:
      jobs:
        JOB_0: {mlTask: CLASSIFICATION, content: {categories: {A: {}, B: {}}}}
    members: {admin: ADMIN, labeler: LABELER}
    assets:
"""

PROJECT_LINE = len(USERS.splitlines()) + 1
ASSETS_LINE = len((USERS + PROJECT).splitlines()) + 1


def key_for(name: str) -> str:
    return f"emulator-{name}"


def loaded(source: str | Path) -> World:
    world = World("test")
    load_scenario(world, read_scenario(source), key_for)
    return world


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that writes a scenario file ``s.yaml`` to the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "image.png").write_bytes(b"not really an image")

    def write_scenario(text: str) -> Path:
        (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "s.yaml"

    return write_scenario


def with_assets(text: str) -> str:
    return USERS + PROJECT + textwrap.indent(textwrap.dedent(text), "      ")


@pytest.fixture(scope="module")
def world() -> World:
    """Return a world with the default scenario, for reading only."""
    return loaded("default")


class TestDefaultScenario:
    def test_each_user_has_a_key_and_a_role(self, world: World) -> None:
        project = world.view.projects.all()[0]
        roles = {}
        for name in ("admin", "manager", "reviewer", "labeler"):
            actor = api_key.authenticate(world, f"emulator-{name}")
            assert actor is not None
            assert actor.user["email"] == f"{name}@example.com"
            member = access.find_active_member(world.view, actor.user_id, project["id"])
            assert member is not None
            roles[name] = (actor.user["organizationRole"], member["role"])
        assert roles == {
            "admin": ("ADMIN", "ADMIN"),
            "manager": ("USER", "TEAM_MANAGER"),
            "reviewer": ("USER", "REVIEWER"),
            "labeler": ("USER", "LABELER"),
        }

    def test_license_allows_plugins_and_local_uploads(self, world: World) -> None:
        (organization,) = world.view.organizations.all()
        assert organization["license"]["canUsePlugins"]
        assert organization["license"]["uploadLocalData"]

    def test_project_is_that_of_the_tutorial(self, world: World) -> None:
        (project,) = world.view.projects.all()
        assert project["title"] == "Plugin tutorial: count the objects"
        assert project["inputType"] == "IMAGE"
        job = json.loads(project["jsonInterface"])["jobs"]["JOB_0"]
        assert (job["mlTask"], job["tools"]) == ("OBJECT_DETECTION", ["rectangle"])
        assert list(job["content"]["categories"]) == ["OBJECT_A", "OBJECT_B"]

    def test_assets_have_the_status_that_follows_from_their_labels(self, world: World) -> None:
        statuses = {each["externalId"]: each["status"] for each in world.view.assets.all()}
        assert statuses == {
            "street": "REVIEWED",
            "pond": "TO_REVIEW",
            "farm": "LABELED",
            "meadow": "TODO",
            "car-park": "TODO",
            "aquarium": "TODO",
        }

    def test_labels_of_each_type_have_their_authors(self, world: World) -> None:
        view = world.view
        labels = [
            (each["labelType"], view.users.require(each["authorId"])["firstname"])
            for each in view.labels.all()
        ]
        assert Counter(labels) == {
            ("DEFAULT", "Leo"): 3,
            ("REVIEW", "Rita"): 1,
            ("PREDICTION", "Max"): 1,
            ("INFERENCE", "Ada"): 1,
        }

    def test_an_issue_is_open_and_commented_on(self, world: World) -> None:
        (issue,) = world.view.issues.all()
        assert (issue["type"], issue["status"], issue["issueNumber"]) == ("ISSUE", "OPEN", 0)
        assert world.view.labels.require(issue["labelId"])["labelType"] == "DEFAULT"
        authors = [each["authorId"] for each in world.view.comments.find("issue", issue["id"])]
        names = [world.view.users.require(each)["firstname"] for each in authors]
        assert names == ["Rita", "Leo"]

    def test_images_are_stored_unchanged(self, world: World) -> None:
        for asset in world.view.assets.all():
            stored = world.view.files.require(file.referenced_file_id(asset["content"]) or "")
            media = seed_data_folder() / "media" / f"{asset['externalId']}.png"
            assert world.blobs.get(stored["digest"]) == media.read_bytes()
            assert stored["contentType"] == "image/png"
            assert asset["resolution"] == {"width": 320, "height": 240}

    def test_number_of_reviewed_boxes_matches_the_metadata(self, world: World) -> None:
        (review,) = [each for each in world.view.labels.all() if each["labelType"] == "REVIEW"]
        boxes = json.loads(review["jsonResponse"])["JOB_0"]["annotations"]
        metadata = json.loads(world.view.assets.require(review["assetId"])["jsonMetadata"])
        assert len(boxes) == metadata["numberOfObjects"] == 3

    def test_every_image_is_used(self, world: World) -> None:
        media = {path.stem for path in (seed_data_folder() / "media").iterdir()}
        assert media == {each["externalId"] for each in world.view.assets.all()}

    def test_scenario_loads_identically_with_the_same_seed(self) -> None:
        worlds = [World("test", seed=7), World("test", seed=7)]
        for world in worlds:
            load_scenario(world, read_scenario("default"), key_for)
        first, second = ([each["id"][-8:] for each in w.view.labels.all()] for w in worlds)
        assert first == second


def test_empty_scenario_has_the_same_users_and_no_project() -> None:
    world, default = loaded("empty"), loaded("default")
    assert len(world.view.projects) == 0
    emails = [[each["email"] for each in w.view.users.all()] for w in (world, default)]
    assert emails[0] == emails[1]
    assert api_key.authenticate(world, "emulator-labeler")


def test_events_of_a_loaded_scenario_are_not_delivered_to_later_subscribers() -> None:
    world = loaded("default")
    delivered: list[object] = []
    world.bus.subscribe(lambda events: delivered.extend(events) or [])
    assert not delivered
    assert len(world.view.events) > 0


def test_seeded_scenarios_are_listed() -> None:
    assert scenario_names() == ["default", "empty"]


def test_schema_is_valid_and_describes_every_property() -> None:
    text = (seed_data_folder() / "scenario.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    bare = []

    def check_part(part: object, name: str) -> None:
        if isinstance(part, dict):
            for key, each in part.get("properties", {}).items():
                if "description" not in each and "$ref" not in each:
                    bare.append(f"{name}.{key}")
            for key, each in part.items():
                check_part(each, f"{name}.{key}")

    check_part(schema, "")
    assert not bare
    assert all("description" in each for each in schema["$defs"].values())


def test_a_scenario_is_read_again_only_after_a_change(write) -> None:
    path = write(USERS)
    first = read_scenario(path)
    assert read_scenario(path) is first
    write(USERS.replace("Test", "Changed"))
    os.utime(path, (1, 1))
    assert read_scenario(path).data["organization"]["name"] == "Changed"


def test_text_projects_accept_files_and_texts(write) -> None:
    text = USERS + PROJECT.replace("IMAGE", "TEXT")
    text += "      - {externalId: a, content: Grüße}\n      - {externalId: b, file: b.txt}\n"
    path = write(text)
    (path.parent / "b.txt").write_text("Ähre", encoding="utf-8")
    world = loaded(path)
    stored = [
        world.view.files.require(file.referenced_file_id(each["content"]) or "")
        for each in world.view.assets.all()
    ]
    assert {each["contentType"] for each in stored} == {"text/plain; charset=utf-8"}
    assert [world.blobs.get(each["digest"]).decode() for each in stored] == ["Grüße", "Ähre"]


@pytest.mark.parametrize("input_type", MEDIA_TYPES)
def test_projects_accept_files_of_their_input_type(write, input_type: str) -> None:
    suffixes = MEDIA_TYPES[input_type]
    text = USERS + PROJECT.replace("IMAGE", input_type)
    text += "".join(f"      - {{externalId: a{each}, file: a{each}}}\n" for each in suffixes)
    path = write(text)
    for each in suffixes:
        (path.parent / f"a{each}").write_bytes(b"{}")
    world = loaded(path)
    assert [each["externalId"] for each in world.view.assets.all()] == [f"a{s}" for s in suffixes]
    assert [each["contentType"] for each in world.view.files.all()] == list(suffixes.values())


def test_unquoted_yaml_values_follow_json_types(write) -> None:
    values = "{a: yes, b: 12:30, c: 2024-01-31, d: 010, e: true, f: 1.5, g: , h: '1', i: nullable}"
    path = write(with_assets(f"- {{externalId: x, file: image.png, jsonMetadata: {values}}}\n"))
    metadata = json.loads(loaded(path).view.assets.all()[0]["jsonMetadata"])
    assert list(metadata.values()) == [
        *("yes", "12:30", "2024-01-31", "010"),
        *(True, 1.5, None, "1", "nullable"),
    ]


ASSET = "- externalId: a\n  file: image.png\n"
LABEL = ASSET + "  labels:\n    - {type: DEFAULT, author: admin, jsonResponse: {}}\n"

# name → text of the scenario, line of the mistake, start of the message
MISTAKES = {
    "not YAML": (USERS + "projects: [\n", PROJECT_LINE + 1, "this is not valid YAML: "),
    "key given twice": (
        "organization: {name: T}\nusers: []\norganization: {name: U}\n",
        3,
        "the key 'organization' is given twice, first in line 1",
    ),
    "tag": ("organization: !!set {a}\n", 1, "organization: the tag tag:yaml.org,2002:set is not "),
    "recursive alias": (
        "organization: &o\n  name: *o\n",
        2,
        "organization.name: an alias cannot refer to a node that contains it",
    ),
    "empty file": ("", 1, "'organization' is a required property"),
    "missing member": (
        "organization: {}\nusers: []\n",
        1,
        "organization: 'name' is a required property",
    ),
    "unknown member": (
        USERS + "projects:\n  - title: P\n    colour: red\n",
        PROJECT_LINE + 2,
        "projects[0].colour: there is no such member here (there are: title, ",
    ),
    "wrong value": (
        with_assets(LABEL.replace("DEFAULT", "FOO")),
        ASSETS_LINE + 3,
        "projects[0].assets[0].labels[0].type: 'FOO' is not one of ['DEFAULT', ",
    ),
    "no content": (
        with_assets("- externalId: a\n"),
        ASSETS_LINE,
        "projects[0].assets[0]: give exactly one of: file, content",
    ),
    "key of two users": (
        USERS.replace("key: other", "key: admin"),
        5,
        "users[2].key: the key 'admin' is used above already",
    ),
    "e-mail of two users": (
        USERS.replace("other@example", "Admin@example"),
        5,
        "users[2].email: the e-mail 'admin@example.com' is used above already",
    ),
    "external id of two assets": (
        with_assets(ASSET * 2),
        ASSETS_LINE + 2,
        "projects[0].assets[1].externalId: the externalId 'a' is used above already",
    ),
    "unknown member of a project": (
        with_assets("[]").replace("labeler: LABELER", "nobody: LABELER"),
        ASSETS_LINE - 2,
        "projects[0].members.nobody: there is no user with the key 'nobody' (there are: admin, ",
    ),
    "no administrator": (
        with_assets("[]").replace("admin: ADMIN", "admin: LABELER"),
        ASSETS_LINE - 2,
        "projects[0].members: a project needs a member with the role ADMIN",
    ),
    "unknown author": (
        with_assets(LABEL.replace("admin", "nobody")),
        ASSETS_LINE + 3,
        "projects[0].assets[0].labels[0].author: there is no user with the key 'nobody'",
    ),
    "author from outside": (
        with_assets(ASSET + "  issues: [{author: other, text: T}]\n"),
        ASSETS_LINE + 2,
        "projects[0].assets[0].issues[0].author: the user 'other' is not a member of the project",
    ),
    "missing file": (
        with_assets("- externalId: a\n  file: media/no.png\n"),
        ASSETS_LINE + 1,
        f"projects[0].assets[0].file: there is no file {Path('media/no.png')}",
    ),
    "file of another kind": (
        with_assets("- externalId: a\n  file: s.yaml\n"),
        ASSETS_LINE + 1,
        "projects[0].assets[0].file: a file for a project of type IMAGE ends in: .bmp, ",
    ),
}

# scenarios in the right format that the rules of the domain refuse
REFUSALS = {
    "unknown category": (
        with_assets(LABEL.replace("{}}", "{JOB_0: {categories: [{name: C}]}}}")),
        ASSETS_LINE + 3,
        'projects[0].assets[0].labels[0]: category "C" is not in job "JOB_0" (it has: A, B)',
    ),
    "role too low": (
        with_assets(LABEL.replace("DEFAULT", "REVIEW").replace("admin", "labeler")),
        ASSETS_LINE + 3,
        "projects[0].assets[0].labels[0]: appendManyLabels needs the role ADMIN or ",
    ),
    "text for an image": (
        with_assets("- externalId: a\n  content: Hello\n"),
        ASSETS_LINE,
        'projects[0].assets[0]: the content "Hello" is neither a web address nor ',
    ),
}


@pytest.mark.parametrize("workflow", ["V1", "V2"])
def test_scenario_sets_consensus(write, workflow: str) -> None:
    settings = "{consensusTotCoverage: 100, minConsensusSize: 3}"
    members = f"    workflow: {workflow}\n    settings: {settings}\n    assets:\n"
    world = loaded(write(with_assets(ASSET).replace("    assets:\n", members)))
    (project,), (target,) = world.view.projects.all(), world.view.assets.all()
    assert (project["minConsensusSize"], target["isUsedForConsensus"]) == (3, True)
    steps = [each["numberOfExpectedLabelsForConsensus"] for each in world.view.steps.all()]
    assert steps == {"V1": [], "V2": [3, None]}[workflow]


@pytest.mark.parametrize(("text", "line", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_reported_with_file_and_line(
    write, text: str, line: int, message: str
) -> None:
    path = write(text)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    assert any(each.startswith(f"s.yaml:{line}: {message}") for each in caught.value.problems), (
        caught
    )


@pytest.mark.parametrize(("text", "line", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_refused_scenario_leaves_the_world_unchanged(
    write, text: str, line: int, message: str
) -> None:
    scenario = read_scenario(write(text.replace("@example", "@another")))
    world = loaded("empty")
    before, mark = world.export(), world.mark()
    with pytest.raises(ScenarioError) as caught:
        load_scenario(world, scenario, key_for)
    assert str(caught.value).startswith(f"s.yaml:{line}: {message}")
    assert world.export() == before
    assert world.mark() == mark


def test_email_already_used_in_the_world_is_refused(write) -> None:
    world = loaded("empty")
    before = world.export()
    with pytest.raises(ScenarioError, match=r"^s\.yaml:3: users\[0\]: a user with the e-mail"):
        load_scenario(world, read_scenario(write(USERS)), key_for)
    assert world.export() == before


def test_file_missing_at_load_time_is_reported(write) -> None:
    path = write(with_assets(ASSET))
    scenario = read_scenario(path)
    (path.parent / "image.png").unlink()
    world = World("test")
    with pytest.raises(ScenarioError, match=rf"^s\.yaml:{ASSETS_LINE + 1}: .*cannot be read"):
        load_scenario(world, scenario, key_for)
    assert not any(world.export().values())


def test_all_mistakes_are_reported_in_the_order_of_their_lines(write) -> None:
    text = USERS.replace("organizationRole: USER", "organizationRole: KING")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(write(text.replace("{name: Test}", "{title: Test}")))
    lines = [int(each.split(":")[1]) for each in caught.value.problems]
    assert lines == [1, 1, 4, 5]
    assert str(caught.value).splitlines() == caught.value.problems


def test_a_file_that_is_not_utf8_is_reported_with_its_line(write) -> None:
    path = write("")
    path.write_bytes(b"organization:\n  name: \xff\n")
    with pytest.raises(ScenarioError, match=r"^s\.yaml:2: the file is not UTF-8"):
        read_scenario(path)


@pytest.mark.parametrize("source", ["nonsense", "no/such.yaml", Path("no.yaml"), "."])
def test_error_for_a_missing_scenario_lists_the_known_names(source: str | Path) -> None:
    with pytest.raises(ScenarioError, match=r"one of the names: default, empty$") as caught:
        read_scenario(source)
    assert str(caught.value).startswith(f"{source}: ")
