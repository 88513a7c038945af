"""Plugins: rights to run them, calls of their handlers, and their logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

from kili_emulator.app import Emulator
from kili_emulator.plugins.logs import MAX_CHARACTERS
from tests.kit.plugin_project import PluginClient, append_label, read_log, submit_source
from tests.kit.responses import EASY

Upload = Callable[..., None]

SUPPRESSED = "Not run: a run of this same plugin caused label.workflow.created.default"


@pytest.fixture
def project(kili: Any) -> str:
    return str(kili.projects(fields=["id"])[0]["id"])


@pytest.fixture
def upload(kili: Any, project: str, tmp_path: Path) -> Upload:
    """Return a function that uploads and activates a plugin with this body of ``on_submit``."""

    plugin_client = PluginClient(kili, project, tmp_path)

    def make(name: str, on_submit: str, on_review: str = "pass", top: str = "") -> None:
        review = [f"        {line}" for line in on_review.splitlines()]
        lines = [
            submit_source(on_submit, top),
            "    def on_review(self, label, asset_id):",
            *review,
        ]
        plugin_client.install("\n".join(lines), name)

    return make


def asset_id(kili: Any, project: str, name: str = "car-park") -> str:
    (found,) = kili.assets(project, external_id_strictly_in=[name], fields=["id"])
    return str(found["id"])


def submit(kili: Any, project: str, name: str = "car-park", kind: str = "DEFAULT") -> str:
    """Append a label; return its id."""
    return append_label(kili, asset_id(kili, project, name), kind)


def logs(kili: Any, project: str, name: str, **options: Any) -> list[dict[str, Any]]:
    """Return the log lines, newest first."""
    text = kili.get_plugin_logs(project_id=project, plugin_name=name, **options)
    return list(json.loads(text))


# Calls of a plugin, and the user that it acts as


@pytest.mark.parametrize(
    ("kind", "called"),
    [
        ("DEFAULT", ["submit"]),
        ("REVIEW", ["review"]),
        ("AUTOSAVE", []),
        ("PREDICTION", []),
        ("INFERENCE", []),
    ],
)
def test_only_submits_and_reviews_call_a_plugin(
    kili: Any, project: str, upload: Upload, kind: str, called: list[str]
) -> None:
    upload("P", "print('submit')", "print('review')")
    submit(kili, project, "farm", kind)
    assert [text for _, text in read_log(kili, project, "P")] == called


def test_each_label_of_a_batch_is_a_separate_run_in_order(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "print(label['id'], asset_id)")
    targets = [asset_id(kili, project, name) for name in ("car-park", "farm", "car-park")]
    made = kili.append_labels(targets, [EASY] * 3, disable_tqdm=True)
    found = logs(kili, project, "P")[::-1]
    assert [line["content"] for line in found] == [
        f"{each['id']} {target}" for each, target in zip(made, targets, strict=True)
    ]
    assert [line["metadata"] for line in found] == [
        {"assetId": target, "labelId": each["id"]}
        for each, target in zip(made, targets, strict=True)
    ]
    assert len({line["runId"] for line in found}) == 3


def test_handler_gets_the_label_with_its_parsed_json_response(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "import json\nprint(json.dumps(label))", "import json\nprint(json.dumps(label))")
    submitted = submit(kili, project)
    reviewed = submit(kili, project, kind="REVIEW")
    first, second = [json.loads(text) for _, text in read_log(kili, project, "P")]
    assert first["id"] == submitted
    assert first["jsonResponse"] == EASY
    assert first["search"]["numberOfAnnotationsByObject"] == {"CLASSIFICATION_JOB.EASY": 1}
    assert "id" not in first["search"]
    assert (second["id"], second["search"]["id"]) == (reviewed, submitted)
    assert {*first} >= {
        "authorId", "createdAt", "isLatestDefaultLabelForUser", "isLatestLabelForUser",
        "isLatestReviewLabelForUser", "isSentBackToQueue", "labelType", "modelName",
        "numberOfAnnotations", "readPermissionsFromProject", "secondsToLabel", "updatedAt",
        "version",
    }  # fmt: skip


def test_plugin_acts_as_a_hidden_administrator_of_its_active_projects(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "self.kili.append_labels([asset_id], [{}], model_name='m',"
           " label_type='PREDICTION', disable_tqdm=True)")  # fmt: skip
    submit(kili, project)
    (found,) = kili.labels(
        project,
        asset_id=asset_id(kili, project),
        type_in=["PREDICTION"],
        fields=["author.id", "author.email", "author.isServiceAccount"],
    )
    assert found["author"]["isServiceAccount"] is True
    assert kili.count_users() == 4
    assert found["author"]["email"] not in [each["email"] for each in kili.users(fields=["email"])]


def test_plugin_does_not_see_projects_where_it_is_inactive(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "print(self.kili.count_projects())")
    other = kili.create_project(input_type="IMAGE", json_interface={}, title="Other")["id"]
    submit(kili, project)
    kili.activate_plugin_on_project("P", project_id=other)
    submit(kili, project)
    assert [text for _, text in read_log(kili, project, "P")] == ["1", "2"]


def test_a_plugin_runs_only_where_it_is_active(kili: Any, project: str, upload: Upload) -> None:
    upload("P", "print('called')")
    kili.deactivate_plugin_on_project("P", project_id=project)
    submit(kili, project)
    assert read_log(kili, project, "P") == []


def test_asset_sent_back_by_a_plugin_is_ongoing(kili: Any, project: str, upload: Upload) -> None:
    upload("P", "self.kili.send_back_to_queue(asset_ids=[asset_id])")
    submit(kili, project)
    (found,) = kili.assets(project, asset_id=asset_id(kili, project), fields=["status"])
    assert found == {"status": "ONGOING"}


# Rights to manage plugins


def test_managers_can_activate_plugins_and_labelers_cannot(
    project: str, kili_emulator: Emulator, upload: Upload
) -> None:
    upload("P", "pass")
    manager, labeler = kili_emulator.client("manager"), kili_emulator.client("labeler")
    for client in (labeler, kili_emulator.client("reviewer")):
        with pytest.raises(Exception, match="noAccessRights"):
            client.deactivate_plugin_on_project("P", project_id=project)
        with pytest.raises(Exception, match="noAccessRights"):
            client.delete_plugin("P")
    manager.deactivate_plugin_on_project("P", project_id=project)
    manager.activate_plugin_on_project("P", project_id=project)
    assert [each["projectIds"] for each in labeler.list_plugins()] == [[project]]
    manager.delete_plugin("P")
    assert labeler.list_plugins() == []


def test_activation_keeps_its_order_and_does_not_count_as_an_update(
    kili: Any, project: str, upload: Upload, kili_emulator: Emulator
) -> None:
    upload("P", "pass")
    (before,) = kili.list_plugins()
    other = kili.create_project(input_type="IMAGE", json_interface={}, title="Other")["id"]
    kili.activate_plugin_on_project("P", project_id=other)
    (after,) = kili.list_plugins()
    assert after == {**before, "projectIds": [project, other]}
    kili.delete_project(project)
    assert kili.list_plugins() == [{**before, "projectIds": [other]}]


def test_deletion_of_a_plugin_keeps_only_its_labels(
    kili: Any, project: str, upload: Upload, kili_emulator: Emulator
) -> None:
    upload("P", "self.kili.append_labels([asset_id], [{}], model_name='m',"
           " label_type='PREDICTION', disable_tqdm=True)\nprint('done')")  # fmt: skip
    submit(kili, project)
    (plugin,) = kili.list_plugins()
    count = kili.count_labels(project)
    kili.delete_plugin("P")
    remaining_documents = kili_emulator.world.export()
    for table in ("plugins", "pluginVersions", "pluginLogs", "pluginBuildErrors", "runs"):
        assert remaining_documents[table] == []
    assert not [each for each in remaining_documents["files"] if plugin["id"] in each["id"]]
    assert kili.count_labels(project) == count


# Plugins that trigger one another


def nested(model: str, then: str, guard: str) -> str:
    """Return a handler that submits a label if the model of its label is ``guard``."""
    return (
        f"print('{model}', label['modelName'])\n"
        f"if label['modelName'] == {guard}:\n"
        f"    self.kili.append_labels([asset_id], [{{}}], model_name='{then}',"
        " disable_tqdm=True)\n"
        "    print('returned')"
    )


def test_nested_calls_of_three_plugins_do_not_deadlock(
    kili: Any, project: str, upload: Upload
) -> None:
    """The SDK locks each call process-wide; the call of A is still open during the call of B."""
    upload("A", nested("A", "from A", "None"))
    upload("B", nested("B", "from B", "'from A'"))
    upload("C", nested("C", "from C", "'from B'"))
    submit(kili, project)
    found = {name: [text for _, text in read_log(kili, project, name)] for name in "ABC"}
    assert {"A None", "returned", SUPPRESSED} <= {*found["A"]}
    assert {"B None", "B from A", "returned", SUPPRESSED} <= {*found["B"]}
    assert {"C None", "C from A", "C from B", "returned", SUPPRESSED} <= {*found["C"]}
    models = [
        each["modelName"]
        for each in kili.labels(project, asset_id=asset_id(kili, project), fields=["modelName"])
    ]
    assert models == [None, "from A", "from B", "from C"]


def test_plugin_is_not_called_for_its_own_changes_and_logs_a_warning(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "print('called')\n"
           "self.kili.append_labels([asset_id], [{}], disable_tqdm=True)")  # fmt: skip
    submit(kili, project)
    assert sorted(read_log(kili, project, "P")) == [("info", "called"), ("warning", SUPPRESSED)]
    assert kili.count_labels(project, asset_id=asset_id(kili, project)) == 2


# Logs


def test_prints_and_log_records_keep_their_order_and_type(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "print('one')\nself.logger.warning('two %s', 2)\n"
           "print('three', 'four', sep='\\n')\nself.logger.error('five')\n"
           "self.logger.debug('six')\nprint('seven', end='')")  # fmt: skip
    submit(kili, project)
    assert read_log(kili, project, "P") == [
        ("info", "one"),
        ("warning", "two 2"),
        ("info", "three"),
        ("info", "four"),
        ("error", "five"),
        ("debug", "six"),
        ("info", "seven"),
    ]


def test_output_of_a_plugin_thread_belongs_to_the_run(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "thread = threading.Thread(target=print, args=('from a thread',))\n"
           "thread.start()\nthread.join()\nprint('from the handler')",
           top="import threading")  # fmt: skip
    submit(kili, project)
    newest, oldest = logs(kili, project, "P")
    assert (oldest["content"], newest["content"]) == ("from a thread", "from the handler")
    assert oldest["runId"] == newest["runId"]


def test_lines_are_newest_first_even_when_the_clock_stands_still(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "for number in range(20):\n    print(number)")
    moment = datetime(2026, 12, 1, 12, tzinfo=timezone.utc)
    with freeze_time(moment):
        submit(kili, project)
    found = logs(kili, project, "P")
    assert [line["content"] for line in found] == [str(number) for number in range(19, -1, -1)]
    assert {line["createdAt"] for line in found} == {"2026-12-01T12:00:00.000Z"}


def test_the_start_date_of_logs_is_inclusive_to_the_millisecond(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "print(label['version'])")
    moments = [datetime(2026, 12, 1, 12, 0, 0, ms * 1000, tzinfo=timezone.utc) for ms in (1, 2)]
    for moment in moments:
        with freeze_time(moment):
            submit(kili, project)

    def since(moment: datetime) -> list[str]:
        start = moment.replace(tzinfo=None)
        return [line["content"] for line in logs(kili, project, "P", start_date=start)]

    assert since(moments[0]) == ["1", "0"]
    assert since(moments[1]) == ["1"]
    assert since(moments[1].replace(microsecond=3000)) == []


def test_logs_are_paged(kili: Any, project: str, upload: Upload) -> None:
    upload("P", "for number in range(150):\n    print(number)")
    submit(kili, project)
    pages = [logs(kili, project, "P", skip=skip) for skip in (0, 100, 200)]
    assert [len(page) for page in pages] == [100, 50, 0]
    assert [line["content"] for line in logs(kili, project, "P", skip=1, limit=2)] == ["148", "147"]


def test_output_beyond_a_megabyte_is_truncated_with_a_warning(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "for _ in range(3):\n    print('x' * 400_000)\nprint('more')")
    submit(kili, project)
    found = read_log(kili, project, "P")
    assert [len(text) for _, text in found[:3]] == [400_000, 400_000, 200_000]
    warning = f"Output truncated: a run records at most {MAX_CHARACTERS} characters"
    assert found[3:] == [("warning", warning)]


# Plugins that go wrong


def test_exception_is_one_log_line_with_its_traceback_and_fails_no_submit(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "print('before')\nreturn 1 / 0")
    assert submit(kili, project)
    assert submit(kili, project)
    first, second = read_log(kili, project, "P")[:2]
    assert first == ("info", "before")
    assert second[0] == "error"
    assert second[1].startswith("Traceback (most recent call last):\n")
    assert second[1].endswith("ZeroDivisionError: division by zero")
    assert 'main.py", line' in second[1]
    assert "kili_emulator/plugins" not in second[1]
    assert len(read_log(kili, project, "P")) == 4


@pytest.mark.parametrize("call", ["quit()", "exit(2)", "import sys; sys.exit(3)"])
def test_a_handler_that_exits_ends_its_run_only(
    kili: Any, project: str, upload: Upload, call: str
) -> None:
    upload("P", f"print('before')\n{call}\nprint('never')")
    submit(kili, project)
    (_, before), (kind, text) = read_log(kili, project, "P")
    assert (before, kind) == ("before", "error")
    assert text.startswith("The handler called sys.exit or quit (SystemExit(")
    assert kili.count_projects() == 1


def test_refused_api_call_fails_the_run_with_the_error_of_the_platform(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("P", "self.kili.append_labels([asset_id], [{'NOPE': {}}], disable_tqdm=True)")
    submit(kili, project)
    ((kind, text),) = read_log(kili, project, "P")
    assert kind == "error"
    assert "[jsonResponseMalformed]" in text


def test_failing_plugin_does_not_stop_other_plugins(
    kili: Any, project: str, upload: Upload
) -> None:
    upload("A", "raise RuntimeError('no')")
    upload("B", "print('called')")
    submit(kili, project)
    assert read_log(kili, project, "B") == [("info", "called")]


def test_an_updated_plugin_runs_its_new_code(
    kili: Any, project: str, upload: Upload, tmp_path: Path
) -> None:
    upload("P", "print('old')")
    submit(kili, project)
    main = tmp_path / "P" / "main.py"
    main.write_text(main.read_text().replace("old", "new"))
    kili.update_plugin(str(tmp_path / "P"), "P")
    submit(kili, project)
    assert [text for _, text in read_log(kili, project, "P")] == ["old", "new"]


def test_key_of_a_run_is_refused_after_the_run(kili: Any, project: str, upload: Upload) -> None:
    upload("P", "kept.append(self.kili)\nif len(kept) == 1:\n    return\n"
           "try:\n    kept[0].count_projects()\nexcept Exception as error:\n    print(error)",
           top="kept = []")  # fmt: skip
    submit(kili, project)
    submit(kili, project)
    ((_, text),) = read_log(kili, project, "P")
    assert "valid only during the run" in text


def test_a_plugin_sees_the_project_it_creates(kili: Any, project: str, upload: Upload) -> None:
    upload(
        "Maker",
        "made = self.kili.create_project(input_type='TEXT', json_interface={}, title='Made')\n"
        "print(self.kili.projects(project_id=made['id'], fields=['title'])[0]['title'])",
    )
    submit(kili, project)

    assert read_log(kili, project, "Maker") == [("info", "Made")]
    (made,) = kili.projects(search_query="Made", fields=["roles.user.email"])
    assert made["roles"] == []
