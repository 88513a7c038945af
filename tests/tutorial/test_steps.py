"""The steps of the tutorial have the same results with every SDK generation."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from numpy.random import RandomState

from tests.kit.sdk_process import VERSIONS, SdkProcess, SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.tutorial.tutorial_cells import PLUGIN, masked

NAME = "My first kili plugin"

# The calls and the output that differ between SDKs.
UPDATE = {
    "2.125.2": "kili.update_plugin({path!r}, plugin_name={name!r})",
    "2.128.2": "kili.update_plugin(plugin_path={path!r}, plugin_name={name!r})",
    "26.2.4": "kili.update_plugin(plugin_path={path!r}, plugin_name={name!r})",
}
DUPLICATE_HINT = {
    "2.125.2": "",
    "2.128.2": "Hint: A plugin with this name already exist",
    "26.2.4": "",
}
DUPLICATE_PREFIX = {"2.125.2": "error: ", "2.128.2": "error: ", "26.2.4": "GraphQL error: "}
ACTIVATED = {
    "2.125.2": f"Plugin {NAME} activated on project <id>",
    "2.128.2": f'Plugin with name "{NAME}" activated on project "<id>"',
    "26.2.4": f'Plugin with name "{NAME}" activated on project "<id>"',
}

DUPLICATE = (
    "[pluginsError] An error occured handling your plugin -- This can be due to: 400: Bad Request: "
    f"createPlugin: an entity Plugin already exists with value \"{NAME}\" for field 'name'"
    " | trace : false"
)
ALREADY_ACTIVE = "activatePluginOnProject: an entity Project already exists with value"

LOCAL_TEST = """
import numpy as np
np.random.seed(1)
namespace = {}
exec(source, namespace)
plugin = namespace["PluginHandler"](kili, project_id)
label = list(kili.labels(project_id=project_id, label_id=label_id,
    fields=["id", "jsonResponse", "author.id", "labelType", "createdAt", "secondsToLabel"]))[0]
label["authorId"] = label["author"]["id"]
del label["author"]
plugin.on_submit(label=namespace["Label"](**label), asset_id=asset_id)
"""


@pytest.fixture
def plugin_file(tmp_path: Path) -> str:
    path = tmp_path / "plugin.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return str(path)


def upload(notebook: SdkSession, path: str, name: str = NAME) -> None:
    notebook.run(f"kili.upload_plugin({path!r}, {name!r})").checked()


def activate(notebook: SdkSession, name: str = NAME) -> Any:
    return notebook.run(f"kili.activate_plugin_on_project({name!r}, project_id=project_id)")


def todo_assets(world: RemoteWorld) -> list[str]:
    return [each["id"] for each in world.export()["assets"] if each["status"] == "TODO"]


def append(notebook: SdkSession, assets: list[str], label_type: str = "DEFAULT") -> list[str]:
    """Append one label per asset, and return their ids."""
    code = (
        f"[each['id'] for each in kili.append_labels(asset_id_array={assets!r},"
        f" label_type={label_type!r},"
        f" json_response_array=[{{'JOB_0': {{'annotations': []}}}}] * {len(assets)})]"
    )
    return list(notebook.run(code).checked().value)


def logs(notebook: SdkSession, arguments: str = "") -> list[dict[str, Any]]:
    code = f"kili.get_plugin_logs(project_id=project_id, plugin_name={NAME!r}{arguments})"
    return list(json.loads(notebook.run(code).checked().value))


def contents(lines: list[dict[str, Any]]) -> list[str]:
    return [line["content"] for line in lines]


# 1


def test_kili_connects_with_two_environment_variables(
    sdk: SdkProcess, remote_world: RemoteWorld
) -> None:
    session = sdk.session(env=remote_world.environment())
    session.run("from kili.client import Kili\nkili = Kili()").checked()
    assert session.run("kili.count_projects()").checked().value == 1


def test_a_wrong_key_fails_at_once(sdk: SdkProcess, remote_world: RemoteWorld) -> None:
    session = sdk.session(env={**remote_world.environment(), "KILI_API_KEY": "wrong"})
    outcome = session.run("from kili.client import Kili\nkili = Kili()", timeout=10)
    assert outcome.error is not None
    assert outcome.error.type.endswith("AuthenticationFailed")


# 2


def test_the_plugin_file_passes_the_local_test(
    sdk: SdkProcess, notebook: SdkSession, remote_world: RemoteWorld
) -> None:
    label = next(e for e in remote_world.export()["labels"] if e["labelType"] == "DEFAULT")
    notebook.run(f"source, label_id, asset_id = {PLUGIN!r}, {label['id']!r}, {label['assetId']!r}")
    outcome = notebook.run(LOCAL_TEST)
    if sdk.version == "26.2.4":  # this SDK has no kili.types: only the emulator supplies it
        assert outcome.error is not None
        assert "kili.types" in outcome.error.message
    else:
        assert outcome.checked().stdout == (
            f"On submit called\ncustom_method called for label {label['id']}\n"
        )


def test_a_folder_with_helpers_is_uploaded_and_runs(
    sdk: SdkProcess, notebook: SdkSession, remote_world: RemoteWorld, tmp_path: Path
) -> None:
    if sdk.version == "2.125.2":
        outcome = notebook.run(f"kili.upload_plugin({str(tmp_path)!r}, {NAME!r})")
        assert outcome.error is not None  # this SDK takes single files only
        return
    (tmp_path / "sub_folder").mkdir()
    (tmp_path / "sub_folder" / "helpers.py").write_text("def greet():\n    print('helped')\n")
    (tmp_path / "main.py").write_text(
        "from kili.plugins import PluginCore\n"
        "from sub_folder.helpers import greet\n"
        "class PluginHandler(PluginCore):\n"
        "    def on_submit(self, label, asset_id):\n"
        "        greet()\n"
    )
    upload(notebook, str(tmp_path))
    activate(notebook).checked()
    append(notebook, todo_assets(remote_world)[:1])
    assert contents(logs(notebook)) == ["helped"]


def test_upload_works_in_every_sdk_without_fast_sdk(
    server: ServerUnderTest, plugin_file: str
) -> None:
    def uploaded_by(version: str) -> str:
        with SdkProcess(version) as unhurried:
            session = unhurried.session(env=server.new_world().environment())
            session.run("from kili.client import Kili\nkili = Kili()").checked()
            return str(
                session.run(f"kili.upload_plugin({plugin_file!r}, {NAME!r})").checked().value
            )

    with ThreadPoolExecutor() as threads:  # each waits 15 seconds
        answers = list(threads.map(uploaded_by, VERSIONS))
    assert answers == ["Plugin created successfully"] * len(VERSIONS)


# 3


def test_a_name_already_taken_raises_the_recorded_error(
    sdk: SdkProcess, notebook: SdkSession, plugin_file: str
) -> None:
    upload(notebook, plugin_file)
    outcome = notebook.run(f"kili.upload_plugin({plugin_file!r}, {NAME!r})")
    assert outcome.error is not None
    assert outcome.error.type.endswith("GraphQLError")
    assert outcome.error.message == f'{DUPLICATE_PREFIX[sdk.version]}"{DUPLICATE}"'
    assert DUPLICATE_HINT[sdk.version] in outcome.stdout


# 4


def test_first_activation_succeeds_and_second_activation_is_refused(
    sdk: SdkProcess, notebook: SdkSession, plugin_file: str
) -> None:
    upload(notebook, plugin_file)
    first = activate(notebook).checked()
    assert first.value == f"Plugin with name {NAME} successfully activated"
    assert ACTIVATED[sdk.version] in masked(first.stderr)

    second = activate(notebook)
    if sdk.version == "2.128.2":  # this SDK turns the error into a warning
        assert second.value is None
        assert "is already activated on the project" in second.stdout
    else:
        assert second.error is not None
        assert ALREADY_ACTIVE in second.error.message


# 5


def test_a_submit_is_logged_in_the_recorded_order_and_shape(
    notebook: SdkSession, plugin_file: str, remote_world: RemoteWorld
) -> None:
    upload(notebook, plugin_file)
    activate(notebook).checked()
    assert logs(notebook) == []
    (asset_id,) = todo_assets(remote_world)[:1]
    (label_id,) = append(notebook, [asset_id])

    lines = logs(notebook)
    assert contents(lines)[-2:] == [
        f"custom_method called for label {label_id}",
        "On submit called",
    ]
    (run_id,) = {line["runId"] for line in lines}
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("createdAt"))
        del line["content"], line["logType"]
        assert line == {
            "metadata": {"assetId": asset_id, "labelId": label_id},
            "pluginName": NAME,
            "projectId": remote_world.project_id,
            "runId": run_id,
        }


@pytest.mark.parametrize("fires", [True, False])
def test_random_issue_is_created_if_numpy_draws_above_one_half(
    sdk: SdkProcess, server: ServerUnderTest, plugin_file: str, *, fires: bool
) -> None:
    world = server.new_world(seed=_world_seed(fires=fires))
    notebook = sdk.session(env=world.environment())
    notebook.run("from kili.client import Kili\nkili = Kili()").checked()
    notebook.run(f"project_id = {world.project_id!r}").checked()
    upload(notebook, plugin_file)
    activate(notebook).checked()
    before = len(world.export()["issues"])
    append(notebook, todo_assets(world)[:1])

    (run,) = world.export()["runs"]
    assert (RandomState(run["seed"]).random_sample(1)[0] > 0.5) == fires
    warnings = [line for line in logs(notebook) if line["logType"] == "warning"]
    assert contents(warnings) == (["Generating issue"] if fires else [])
    assert len(world.export()["issues"]) - before == fires
    assert run["outcome"] == "SUCCEEDED"


def _world_seed(*, fires: bool) -> int:
    """Return a world seed whose first run of the plugin draws above or below 0.5."""
    return 2 if fires else 1


def test_a_review_is_logged(
    notebook: SdkSession, plugin_file: str, remote_world: RemoteWorld
) -> None:
    upload(notebook, plugin_file)
    activate(notebook).checked()
    assets = todo_assets(remote_world)[:1]
    append(notebook, assets)
    (review_id,) = append(notebook, assets, "REVIEW")
    assert contents(logs(notebook))[0] == (
        f"My custom function for review of label with id {review_id}"
    )


def test_a_batch_of_three_labels_gives_three_runs_in_order(
    notebook: SdkSession, plugin_file: str, remote_world: RemoteWorld
) -> None:
    upload(notebook, plugin_file)
    activate(notebook).checked()
    one, other = todo_assets(remote_world)[:2]
    labels = append(notebook, [one, other, one])

    starts = [line for line in reversed(logs(notebook)) if line["content"] == "On submit called"]
    assert [line["metadata"]["labelId"] for line in starts] == labels
    assert len({line["runId"] for line in starts}) == 3


# 6


def test_logs_are_filtered_by_start_date_to_the_millisecond_and_paged(
    notebook: SdkSession, plugin_file: str, remote_world: RemoteWorld
) -> None:
    upload(notebook, plugin_file)
    activate(notebook).checked()
    one, other = todo_assets(remote_world)[:2]
    append(notebook, [one])
    (second,) = append(notebook, [other])
    lines = logs(notebook)
    first_of_second = [line for line in lines if line["metadata"]["labelId"] == second][-1]
    moment = first_of_second["createdAt"]

    since = f"__import__('datetime').datetime.fromisoformat({moment[:-1]!r})"
    later = f"({since} + __import__('datetime').timedelta(milliseconds=1))"
    included = logs(notebook, f", start_date={since}")
    assert included == [line for line in lines if line["createdAt"] >= moment]
    assert first_of_second in included
    assert first_of_second not in logs(notebook, f", start_date={later}")
    assert logs(notebook, ", limit=1, skip=1") == lines[1:2]


def test_activation_changes_only_project_ids_in_the_list_of_plugins(
    notebook: SdkSession, plugin_file: str, remote_world: RemoteWorld
) -> None:
    upload(notebook, plugin_file)
    (before,) = notebook.run("kili.list_plugins()").checked().value
    other = notebook.run(
        "kili.create_project(input_type='IMAGE', json_interface={}, title='Other')['id']"
    ).checked()
    activate(notebook).checked()
    notebook.run(f"kili.activate_plugin_on_project({NAME!r}, project_id={other.value!r})").checked()
    (after,) = notebook.run("kili.list_plugins()").checked().value
    assert after == {**before, "projectIds": [remote_world.project_id, other.value]}
    assert set(after) == {"name", "projectIds", "id", "createdAt", "updatedAt"}


def test_an_update_replaces_the_code_of_the_next_run(
    sdk: SdkProcess, notebook: SdkSession, plugin_file: str, remote_world: RemoteWorld
) -> None:
    upload(notebook, plugin_file)
    activate(notebook).checked()
    Path(plugin_file).write_text(PLUGIN.replace("On submit called", "New code called"))
    notebook.run(UPDATE[sdk.version].format(path=plugin_file, name=NAME)).checked()
    append(notebook, todo_assets(remote_world)[:1])
    assert contents(logs(notebook))[-1] == "New code called"
    (plugin,) = notebook.run("kili.list_plugins()").checked().value
    assert plugin["updatedAt"] > plugin["createdAt"]


def test_deactivation_stops_the_plugin_on_one_project_only(
    notebook: SdkSession, plugin_file: str, remote_world: RemoteWorld
) -> None:
    upload(notebook, plugin_file)
    activate(notebook).checked()
    notebook.run(
        "other = kili.create_project(input_type='TEXT', title='Other',"
        " json_interface={'jobs': {'JOB_0': {'mlTask': 'NAMED_ENTITIES_RECOGNITION',"
        " 'content': {'categories': {}}}}})['id']\n"
        "kili.append_many_to_dataset(other, content_array=['a text'], external_id_array=['t'])\n"
        "other_asset = kili.assets(project_id=other, fields=['id'])\n"
        "other_asset = list(other_asset)[0]['id']\n"
        f"kili.activate_plugin_on_project({NAME!r}, project_id=other)\n"
        f"kili.deactivate_plugin_on_project(plugin_name={NAME!r}, project_id=project_id)"
    ).checked()
    append(notebook, todo_assets(remote_world)[:1])
    assert logs(notebook) == []
    append(notebook, [str(notebook.run("other_asset").value)])
    assert [run["projectId"] for run in remote_world.export()["runs"]] == [
        notebook.run("other").value
    ]


def test_deletion_removes_the_plugin_everywhere(
    notebook: SdkSession, plugin_file: str, remote_world: RemoteWorld
) -> None:
    upload(notebook, plugin_file)
    activate(notebook).checked()
    append(notebook, todo_assets(remote_world)[:1])
    notebook.run(f"kili.delete_plugin({NAME!r})").checked()
    append(notebook, todo_assets(remote_world)[:1])

    left = remote_world.export()
    for table in ("plugins", "pluginVersions", "pluginLogs", "runs"):
        assert left[table] == []
    assert not [file for file in left["files"] if file["id"].startswith("plugins/")]
    upload(notebook, plugin_file)  # the name is free again
