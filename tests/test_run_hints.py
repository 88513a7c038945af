"""Hints in the log of a run whose plugin is refused or finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kili_emulator import Emulator
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.plugin_project import PluginClient
from tests.kit.responses import EASY
from tests.test_run_calls import reader_source, submit_to

INTERFACE = {
    "jobs": {
        "CLASSIFICATION_JOB": {
            "mlTask": "CLASSIFICATION",
            "content": {"categories": {"EASY": {"name": "Easy"}}, "input": "radio"},
            "instruction": "How hard?",
        }
    }
}
INLINE = 'query { p: projects(where: {id: "PROJECT"}, first: 1, skip: 0) { id } }'


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator() as running:
        yield running


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Iterator[Emulator]:
    mark = shared_emulator.mark()
    yield shared_emulator
    shared_emulator.reset(mark)


def other_project(emulator: Emulator) -> tuple[str, str]:
    """Create a second project with an asset; return their ids."""
    kili = emulator.client()
    new_project = kili.create_project(input_type="TEXT", json_interface=INTERFACE, title="Other")[
        "id"
    ]
    kili.append_many_to_dataset(new_project, content_array=["a"], disable_tqdm=True)
    (asset,) = kili.assets(new_project, fields=["id"], disable_tqdm=True)
    return new_project, asset["id"]


def log_texts(emulator: Emulator, tmp_path: Path, *on_submit: str) -> list[tuple[str, str]]:
    """Return the log lines of a run."""
    run = emulator.run(submit_to(emulator, tmp_path, reader_source(*on_submit))["id"])
    assert run["outcome"] == "SUCCEEDED", run["error"]
    return [(line["logType"], line["content"]) for line in run["lines"]]


@pytest.mark.parametrize(
    "ask",
    [
        "found = self.kili.projects(project_id='PROJECT', disable_tqdm=True)",
        "found = self.kili.assets(project_id='PROJECT', disable_tqdm=True)",
        "found = self.kili.labels(project_id='PROJECT', disable_tqdm=True)",
        "found = self.kili.assets(self.project_id, asset_id_in=['ASSET'], disable_tqdm=True)",
        f"found = self.kili.graphql_client.execute({INLINE!r})['p']",
    ],
)
def test_hint_names_a_project_where_the_plugin_is_inactive_once(
    emulator: Emulator, tmp_path: Path, ask: str
) -> None:
    project, asset = other_project(emulator)
    line = ask.replace("PROJECT", project).replace("ASSET", asset)
    lines = [f"try: {line}", "except NotFound: found = []", "print(list(found))"]
    (warning, *printed) = log_texts(
        emulator, tmp_path, "from kili.exceptions import NotFound", *lines, *lines
    )
    assert printed == [("info", "[]")] * 2
    assert warning[0] == "warning"
    remedy = f"kili.activate_plugin_on_project('Reader', project_id={project!r})"
    assert warning[1].startswith(f"The plugin queried the project {project} or objects")
    assert warning[1].endswith(f"activate it with {remedy}")


def test_hint_explains_a_refused_change_where_the_plugin_is_inactive(
    emulator: Emulator, tmp_path: Path
) -> None:
    project, asset = other_project(emulator)
    lines = log_texts(
        emulator,
        tmp_path,
        f"try: self.kili.append_labels([{asset!r}], [{EASY!r}], disable_tqdm=True)",
        "except Exception as error: print('refused')",
    )
    warnings = [text for kind, text in lines if kind == "warning"]
    assert [project in each for each in warnings] == [True]
    assert ("info", "refused") in lines


def test_remedy_of_the_hint_works(emulator: Emulator, tmp_path: Path) -> None:
    project, _ = other_project(emulator)
    source = reader_source(
        f"print(len(self.kili.assets(project_id={project!r}, disable_tqdm=True)))"
    )
    submit_to(emulator, tmp_path, source)
    kili = emulator.client()
    kili.activate_plugin_on_project("Reader", project_id=project)
    (first_project,) = [
        each for each in kili.projects(fields=["id", "title"]) if each["id"] != project
    ]
    asset = kili.assets(first_project["id"], first=1, skip=1, fields=["id"])[0]
    kili.append_labels([asset["id"]], [EASY])
    assert emulator.wait_idle()
    run = emulator.run(emulator.runs()[-1]["id"])
    assert [line["content"] for line in run["lines"]] == ["1"]


def test_hint_is_not_given_for_unknown_deleted_or_foreign_projects(
    emulator: Emulator, tmp_path: Path
) -> None:
    kili = emulator.client()
    deleted, _ = other_project(emulator)
    kili.delete_project(deleted)
    unknown = f"{deleted[:-4]}zzzz"
    foreign = _project_of_another_organization(emulator)
    ids = [deleted, unknown, foreign]
    assert foreign
    lines = log_texts(
        emulator,
        tmp_path,
        f"for each in [*{ids!r}, self.project_id]:",
        "    self.kili.projects(project_id=each, disable_tqdm=True)",
        "    self.kili.count_assets(project_id=self.project_id, external_id_in=[each])",
        "self.kili.assets(self.project_id, asset_id_in=[asset_id], disable_tqdm=True)",
    )
    assert lines == []


def _project_of_another_organization(emulator: Emulator) -> str:
    """Copy the document of a project as one of another organization; return its id."""
    world = emulator.world
    from kili_emulator.domain.world import Actor

    with world.transaction(Actor.system()) as tx:
        project = tx.projects.all()[0]
        other = {**project, "id": tx.new_id(), "organizationId": tx.new_id()}
        return str(tx.projects.insert(other)["id"])


# A plugin of the V1 workflow on a project with steps


@pytest.mark.parametrize("review_coverage", [0, 100])
def test_refusal_of_a_plugin_label_on_a_labeled_asset_names_a_remedy(
    tmp_path: Path, review_coverage: int
) -> None:
    with fast_sdk(), Emulator(workflow="V2") as emulator:
        kili = emulator.client()
        project = kili.create_project(input_type="TEXT", json_interface=INTERFACE, title="Steps")
        kili.append_many_to_dataset(project["id"], content_array=["a"], disable_tqdm=True)
        kili.update_properties_in_project(project["id"], review_coverage=review_coverage)
        source = reader_source(f"self.kili.append_labels([asset_id], [{EASY!r}])")
        PluginClient(kili, project["id"], tmp_path).install(source, "Consensus")
        emulator.submit("Steps", label=EASY, user="admin")
        run = emulator.run(emulator.runs()[-1]["id"])
    assert run["outcome"] == "FAILED"
    answer = next(each["answer"] for each in run["calls"] if each["errors"])
    error = answer["errors"][0]
    known, _, detail = error["message"].partition(" -- This can be due to: ")
    assert known == (
        "[assetLocked] appendManyLabels was not carried out: the workflow does not let this user "
        "label the asset."
    )
    reason = error["extensions"]["context"]["reason"]
    assert detail.startswith(f"{reason}: ")
    for remedy in ("step_name", "send_back_to_queue", "--workflow V1"):
        assert remedy in detail
    (warning,) = [line["content"] for line in run["lines"] if line["logType"] == "warning"]
    assert warning == f"The plugin's label was refused. {detail.partition(' | trace')[0]}"
