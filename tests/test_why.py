"""Reasons why a plugin was or was not called, asked with the SDK over HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kili.services.plugins.exceptions import PluginCreationError

from kili_emulator import Emulator
from kili_emulator.domain.world import Actor
from kili_emulator.errors import KiliError
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.inline import loading
from kili_emulator.testing.sdk import fast_sdk
from tests.kit.gates import GATES, plugin_gates
from tests.kit.plugin_project import PluginProject
from tests.kit.responses import EASY
from tests.kit.webhook_receiver import WebhookReceiver
from tests.kit.wire import Wire
from tests.kit.world_content import deploy_plugin

SOON = 20.0

HEAD = "import sys\nfrom kili.plugins import PluginCore\n\n\nclass PluginHandler(PluginCore):\n"
SUBMIT = HEAD + "    def on_submit(self, label, asset_id):\n        print('called')\n"
REVIEW = HEAD + "    def on_review(self, label, asset_id):\n        print('called')\n"
FAILING = HEAD + "    def on_submit(self, label, asset_id):\n        raise ValueError('too hard')\n"
EVENTS = HEAD + "    def on_event(self, payload):\n        print(payload['event'])\n"
GATED = HEAD + (
    "    def on_submit(self, label, asset_id):\n"
    "        sys.kili_gates['entered'].set()\n"
    "        sys.kili_gates['open'].wait(20)\n"
)
# A plugin that submits a label.
ECHO = HEAD + (
    "    def on_submit(self, label, asset_id):\n"
    "        self.kili.append_labels([asset_id], [{}], disable_tqdm=True)\n"
)


class PluginWorkspace(PluginProject):
    """An emulator with plugins to ask about."""

    def upload(self, source: str = SUBMIT, name: str | None = None, **options: Any) -> None:
        super().upload(source, name, **options)

    def deploy(self, source: str, client: str | None = None, **data: Any) -> None:
        """Deploy a plugin without the SDK; the client names only the handlers in ``data``."""
        wire = Wire(self.emulator)
        wire.client_version = client
        assert deploy_plugin(wire, "P", source, **data) == "ACTIVE"
        wire.close()

    def install_plugin(self, source: str = SUBMIT, name: str | None = None, **options: Any) -> None:
        with contextlib.suppress(PluginCreationError):  # if no client waits for the build
            self.upload(source, name, **options)
        assert self.emulator.wait_idle(SOON)
        self.activate(name)

    def event(self, subject: str) -> str:
        """Return the id of the latest event with a subject."""
        return str(self.kili.events.list(self.project, event=subject, order="desc")[0]["id"])

    def answer(
        self, label: str | None = None, plugin: str = "P", **question: Any
    ) -> dict[str, Any]:
        """Return the explanation of a plugin for the first event of the subject."""
        explanation = self.emulator.why(label=label, plugin=plugin, **question)
        return dict(explanation["events"][0]["plugins"][0])

    def reasons(self, label: str | None = None, plugin: str = "P", **question: Any) -> list[str]:
        return [each["reason"] for each in self.answer(label, plugin, **question)["reasons"]]


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Emulator]:
    with fast_sdk(), Emulator() as running:
        yield running


@pytest.fixture
def workspace(shared_emulator: Emulator, tmp_path: Path) -> Iterator[PluginWorkspace]:
    shared_emulator.reset()
    yield PluginWorkspace(shared_emulator, tmp_path)
    shared_emulator.reset()


# The plugin was called


def test_why_shows_a_run_with_its_outcome(workspace: PluginWorkspace) -> None:
    workspace.install_plugin()
    answer = workspace.answer(workspace.submit())
    (run,) = workspace.emulator.runs()
    (reason,) = answer["reasons"]
    assert (answer["called"], answer["now"]) == (True, None)
    assert (reason["reason"], reason["run"]) == ("RAN", run["id"])
    assert reason["explanation"].startswith("on_submit was called: SUCCEEDED after ")
    assert f"kili-emulator runs show {run['id']}" in reason["remedy"]
    assert answer["runs"] == [{**run, "delivery": None}]


def test_why_shows_the_error_of_a_failed_run(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(FAILING)
    answer = workspace.answer(workspace.submit())
    assert answer["called"]
    assert answer["reasons"][0]["explanation"].endswith("ms: ValueError: too hard")
    assert answer["runs"][0]["outcome"] == "FAILED"


def test_why_shows_the_delivery_of_a_webhook(workspace: PluginWorkspace) -> None:
    with WebhookReceiver() as receiver:
        workspace.kili.create_webhook(receiver.url, plugin_name="P")
        workspace.activate()
        receiver.status = 500
        label = workspace.submit()
        answer = workspace.answer(label)
        assert (answer["isWebhook"], answer["called"]) == (True, True)
        (run,) = answer["runs"]
        assert (run["delivery"]["url"], run["delivery"]["status"]) == (receiver.url, 500)
        assert f"kili-emulator redeliver {run['id']}" in answer["reasons"][0]["remedy"]
        receiver.status = 200
        workspace.emulator.platform.host.redeliver(workspace.emulator.world, run["id"], SOON)
        again = workspace.answer(label)
        assert (again["reasons"], again["runs"]) == (answer["reasons"], answer["runs"])
        assert [each["outcome"] for each in again["redeliveries"]] == ["SUCCEEDED"]
        good = workspace.answer(workspace.submit())["reasons"][0]["explanation"]
        assert good.startswith(f"{receiver.url} was called: SUCCEEDED")
        assert good.endswith("answered 200 OK")
    workspace.kili.update_webhook("http://127.0.0.1:9", "P", handler_types=["onReview"])
    (reason,) = workspace.answer(workspace.submit())["reasons"]
    assert reason["reason"] == "HANDLER_MISSING"
    assert reason["explanation"].endswith("subscribes to onReview")
    assert (
        "kili.update_webhook(url, 'P', header, handler_types=[…, 'onSubmit'])" in (reason["remedy"])
    )


def test_why_lists_triggered_runs_separately_from_event_runs(workspace: PluginWorkspace) -> None:
    workspace.upload()
    label = workspace.submit()
    workspace.activate()
    payload = {"label": {"id": label}, "asset_id": workspace.asset}
    by_hand = workspace.emulator.trigger("onSubmit", "P", workspace.project, payload)
    explanation = workspace.emulator.why(label=label, plugin="P")
    assert [each["id"] for each in explanation["byHand"]] == [by_hand["id"]]
    assert explanation["events"][0]["plugins"][0]["called"] is False
    assert workspace.reasons(label) == ["NOT_ACTIVE_YET"]
    about_asset = workspace.emulator.why(asset=workspace.asset)
    assert [each["id"] for each in about_asset["byHand"]] == [by_hand["id"]]


def test_missing_method_is_explained_when_the_default_method_of_the_sdk_ran(
    workspace: PluginWorkspace,
) -> None:
    source = SUBMIT.replace("on_submit", "on_submitted") + REVIEW.removeprefix(HEAD)
    workspace.deploy(source)  # as clients before 2.129.7, which name no handlers
    workspace.activate()
    ran, missing = workspace.answer(workspace.submit())["reasons"]
    assert (ran["reason"], missing["reason"]) == ("RAN", "METHOD_MISSING")
    assert "has on_submitted, on_review, but no on_submit" in missing["explanation"]
    assert "rename the method on_submitted to on_submit" in missing["remedy"]
    assert workspace.reasons(workspace.submit("REVIEW")) == ["RAN"]
    workspace.update(SUBMIT)
    (label, *_) = labels(workspace)
    _, missing = workspace.answer(label)["reasons"]
    assert missing["remedy"] == "nothing: version 2, which was deployed later, has the method"


# The plugin is still to be called, or its run was interrupted


@pytest.fixture
def workspace_with_running_plugin(tmp_path: Path) -> Iterator[PluginWorkspace]:
    """Return a workspace with one running and one queued run of a plugin."""
    with plugin_gates("entered", "open"), fast_sdk(), Emulator(dispatch="async") as running:
        workspace = PluginWorkspace(running, tmp_path)
        workspace.install_plugin(GATED)
        workspace.submit()
        assert GATES["entered"].wait(SOON)
        workspace.submit()
        yield workspace
        GATES["open"].set()
        assert running.wait_idle(SOON)


def labels(workspace: PluginWorkspace) -> list[str]:
    """Return the labels that have runs."""
    return [each["metadata"]["labelId"] for each in workspace.emulator.world.view.runs.all()]


def test_running_and_queued_runs_are_distinguished(
    workspace_with_running_plugin: PluginWorkspace,
) -> None:
    first, second = labels(workspace_with_running_plugin)
    running, queued = (
        workspace_with_running_plugin.answer(first),
        workspace_with_running_plugin.answer(second),
    )
    run = workspace_with_running_plugin.emulator.runs()[0]
    assert (running["called"], queued["called"]) == (True, False)
    assert running["reasons"][0]["reason"] == "RUNNING"
    assert run["startedAt"] in running["reasons"][0]["explanation"]
    assert queued["reasons"][0]["reason"] == "QUEUED"
    assert f"waits for the earlier run {run['id']}" in queued["reasons"][0]["explanation"]
    GATES["open"].set()
    assert workspace_with_running_plugin.emulator.wait_idle(SOON)
    assert workspace_with_running_plugin.reasons(second) == ["RAN"]


def test_reset_to_a_mark_interrupts_running_and_queued_runs(
    workspace_with_running_plugin: PluginWorkspace,
) -> None:
    mark = workspace_with_running_plugin.emulator.mark()
    workspace_with_running_plugin.emulator.platform.registry.reset(
        workspace_with_running_plugin.emulator.world_name, mark
    )
    first, second = (
        workspace_with_running_plugin.answer(each) for each in labels(workspace_with_running_plugin)
    )
    assert [each["reasons"][0]["reason"] for each in (first, second)] == ["INTERRUPTED"] * 2
    assert "while on_submit was running" in first["reasons"][0]["explanation"]
    assert "before on_submit was called" in second["reasons"][0]["explanation"]
    assert first["now"]["called"]


def test_queued_run_without_a_predecessor_is_about_to_begin(tmp_path: Path) -> None:
    with fast_sdk(), Emulator(dispatch="async", plugin_latency=10_000) as running:
        workspace = PluginWorkspace(running, tmp_path)
        workspace.install_plugin()
        (reason,) = workspace.answer(workspace.submit())["reasons"]
        assert (reason["reason"], reason["explanation"]) == ("QUEUED", "its run is about to start")
        assert "ask again" in reason["remedy"]


def test_queued_run_of_a_seeded_world_waits_for_runs_of_other_plugins(tmp_path: Path) -> None:
    with plugin_gates("entered", "open"), fast_sdk(), Emulator(dispatch="async", seed=0) as running:
        workspace = PluginWorkspace(running, tmp_path)
        workspace.install_plugin(GATED, "Slow")
        workspace.install_plugin()
        label = workspace.submit()
        assert GATES["entered"].wait(SOON)
        slow, _ = running.runs()
        (reason,) = workspace.answer(label)["reasons"]
        assert f"waits for the earlier run {slow['id']}" in reason["explanation"]
        GATES["open"].set()
        assert running.wait_idle(SOON)


# Its run was refused


def test_plugin_is_not_called_for_its_own_changes(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(ECHO)
    workspace.submit()
    assert workspace.emulator.wait_idle(SOON)
    ran, refused = workspace.emulator.runs()
    answer = workspace.answer(refused["labelId"])
    assert (answer["called"], answer["now"]) == (False, None)
    (reason,) = answer["reasons"]
    assert (reason["reason"], reason["run"]) == ("SELF_TRIGGERED", refused["id"])
    assert f"run {ran['id']} of this same plugin" in reason["explanation"]
    assert "self.kili" in reason["remedy"]
    explanation = workspace.emulator.why(label=refused["labelId"])
    assert explanation["events"][0]["causedBy"] == ran["id"]


def test_chain_of_runs_is_limited(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(ECHO, "A")
    workspace.install_plugin(ECHO, "B")
    workspace.submit()
    assert workspace.emulator.wait_idle(SOON)
    refused = [each for each in workspace.emulator.runs() if each["refusal"] == "TOO_DEEP"]
    for run in refused:
        (reason,) = workspace.answer(run["labelId"], run["plugin"])["reasons"]
        assert reason["reason"] == "TOO_DEEP"
        assert (
            f"10 runs, each caused by the one before; the last is run {run['causedBy']}"
            in (reason["explanation"])
        )
    assert len(refused) == 2


# There was nothing to call


def test_plugin_without_a_version_is_explained(workspace: PluginWorkspace) -> None:
    wire = Wire(workspace.emulator)
    wire.call("createPlugin", data={"pluginName": "P"})
    workspace.activate()
    label = workspace.submit()
    answer = workspace.answer(label)
    assert [each["reason"] for each in answer["reasons"]] == ["NOTHING_DEPLOYED"]
    assert "kili.update_plugin(path, 'P')" in answer["reasons"][0]["remedy"]
    assert answer["now"]["reasons"] == ["NOTHING_DEPLOYED"]
    (run,) = answer["runs"]
    assert (run["refusal"], run["explanation"]) == (
        "NOT_DEPLOYED",
        "no version of the plugin was built at that time",
    )
    workspace.update(SUBMIT)
    answer = workspace.answer(label)
    assert [each["reason"] for each in answer["reasons"]] == ["NOTHING_DEPLOYED"]
    assert answer["reasons"][0]["remedy"] == "nothing: version 1 has been built since then"
    assert answer["now"]["called"]
    wire.close()


def test_failed_build_is_explained_with_its_errors(workspace: PluginWorkspace) -> None:
    with pytest.raises(PluginCreationError):
        workspace.upload(SUBMIT + "\n1 / 0\n")
    workspace.activate()
    label = workspace.submit()
    (reason,) = workspace.answer(label)["reasons"]
    assert (reason["reason"], reason["explanation"]) == (
        "BUILD_FAILED",
        "the build of version 1 had failed",
    )
    assert "ZeroDivisionError" in reason["details"][0]
    workspace.update(SUBMIT)
    (reason,) = workspace.answer(label)["reasons"]
    assert reason["reason"] == "BUILD_FAILED"
    assert "version 2 has been built" in reason["remedy"]
    assert workspace.reasons(workspace.submit()) == ["RAN"]


def test_version_that_fails_to_load_again_is_explained_as_not_called(
    workspace: PluginWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> type:
        raise BuildError("no luck")

    workspace.install_plugin()
    versions = workspace.emulator.platform.host._hosts[workspace.emulator.world]._versions
    monkeypatch.setattr(versions, "_built", {})  # as after a restart
    monkeypatch.setattr(loading, "load", fail)
    answer = workspace.answer(workspace.submit())
    (reason,) = answer["reasons"]
    assert answer["called"] is False
    assert (reason["reason"], reason["details"]) == ("BUILD_FAILED", ["no luck"])
    assert reason["remedy"].startswith("fix the build errors")


def test_plugin_still_in_deployment_is_explained(tmp_path: Path) -> None:
    with fast_sdk(), Emulator(deploy_seconds=10_000) as running:
        workspace = PluginWorkspace(running, tmp_path)
        with pytest.raises(PluginCreationError):  # after 20 polls
            workspace.upload()
        workspace.activate()
        answer = workspace.answer(workspace.submit())
        assert [each["reason"] for each in answer["reasons"]] == ["DEPLOYING"]
        assert "version 1" in answer["reasons"][0]["explanation"]
        assert answer["now"]["reasons"] == ["DEPLOYING"]


# The plugin was not active on the project


def test_why_distinguishes_past_from_present_activation(workspace: PluginWorkspace) -> None:
    workspace.upload()
    never = workspace.submit()
    assert workspace.reasons(never) == ["NEVER_ACTIVE"]
    (reason,) = workspace.answer(never)["reasons"]
    assert reason["remedy"] == (
        f"kili.activate_plugin_on_project('P', project_id='{workspace.project}')"
    )
    workspace.activate()
    early = workspace.answer(never)
    assert [each["reason"] for each in early["reasons"]] == ["NOT_ACTIVE_YET"]
    assert early["reasons"][0]["remedy"].startswith(
        "nothing: the plugin has been active there since "
    )
    assert early["now"]["called"]
    assert (
        f"trigger on_submit --plugin P --project {workspace.project}" in early["now"]["explanation"]
    )
    workspace.deactivate()
    late = workspace.submit()
    assert workspace.reasons(late) == ["DEACTIVATED"]
    assert workspace.answer(never)["now"] == {
        "called": False,
        "reasons": ["DEACTIVATED"],
        "explanation": "Now, the plugin would still not be called: DEACTIVATED",
    }
    workspace.activate()
    assert workspace.reasons(late) == ["DEACTIVATED"]
    assert workspace.answer(late)["now"]["called"]
    assert workspace.reasons(workspace.submit()) == ["RAN"]


def test_why_lists_all_blockers(workspace: PluginWorkspace) -> None:
    workspace.upload(REVIEW)
    assert workspace.reasons(workspace.submit()) == ["NEVER_ACTIVE", "HANDLER_MISSING"]


def test_reset_to_a_mark_restores_the_plugin_history(workspace: PluginWorkspace) -> None:
    workspace.upload()
    label = workspace.submit()
    mark = workspace.emulator.mark()
    workspace.activate()
    workspace.deactivate()
    assert workspace.reasons(label) == ["NOT_ACTIVE_YET"]
    workspace.emulator.reset(mark)
    assert workspace.reasons(label) == ["NEVER_ACTIVE"]
    workspace.activate()
    assert workspace.reasons(workspace.submit()) == ["RAN"]


def test_plugin_created_after_the_event_is_explained(workspace: PluginWorkspace) -> None:
    label = workspace.submit()
    assert workspace.emulator.why(label=label)["events"][0]["plugins"] == []
    workspace.install_plugin()
    answer = workspace.answer(label)
    assert [each["reason"] for each in answer["reasons"]] == ["NOT_CREATED_YET"]
    assert answer["now"]["called"]


def test_deletion_of_a_project_deactivates_its_plugins(workspace: PluginWorkspace) -> None:
    workspace.install_plugin()
    label = workspace.submit()
    workspace.kili.delete_project(workspace.project)
    assert workspace.reasons(label) == ["RAN"]
    deleted = workspace.emulator.world.view.events.all()[-1]
    assert workspace.reasons(event=deleted["id"]) == ["DEACTIVATED", "NO_HANDLER"]


# The version did not ask for the handler


def test_why_refers_to_the_version_at_the_time_of_the_event(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(REVIEW)
    label = workspace.submit()
    (reason,) = workspace.answer(label)["reasons"]
    assert reason["reason"] == "HANDLER_MISSING"
    assert reason["explanation"] == (
        "label.workflow.created.default calls on_submit, but version 1 subscribes to on_review"
    )
    assert reason["remedy"].startswith("define on_submit in the class PluginHandler")
    workspace.update(SUBMIT)
    answer = workspace.answer(label)
    assert answer["reasons"][0]["explanation"] == reason["explanation"]
    assert answer["reasons"][0]["remedy"] == (
        "nothing: version 2, which was deployed later, subscribes to it"
    )
    assert workspace.reasons(workspace.submit()) == ["RAN"]


def test_remedy_names_a_newer_version_whose_build_failed(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(REVIEW)
    label = workspace.submit()
    with pytest.raises(PluginCreationError):
        workspace.update(SUBMIT + "\n1 / 0\n")
    (reason,) = workspace.answer(label)["reasons"]
    assert reason["explanation"].endswith("version 1 subscribes to on_review")
    assert reason["remedy"].startswith("version 2 subscribes to it, but its build failed: ")
    (reason,) = workspace.answer(workspace.submit())["reasons"]
    assert reason["reason"] == "HANDLER_MISSING"
    assert reason["explanation"].endswith("version 1 subscribes to on_review")


def test_remedy_names_an_update_in_deployment(tmp_path: Path) -> None:
    with fast_sdk(), Emulator(deploy_seconds=10_000) as running:
        workspace = PluginWorkspace(running, tmp_path)
        with pytest.raises(PluginCreationError):
            workspace.upload(REVIEW)
        running.advance(seconds=10_000)
        workspace.activate()
        with pytest.raises(PluginCreationError):
            workspace.update(SUBMIT)
        (reason,) = workspace.answer(workspace.submit())["reasons"]
        assert reason["reason"] == "HANDLER_MISSING"
        assert reason["remedy"].startswith(
            "version 2, which subscribes to it, is still being deployed"
        )


def test_remedy_names_a_method_with_a_similar_name(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(
        SUBMIT.replace("on_submit", "on_submitted") + REVIEW.removeprefix(HEAD)
    )
    (reason,) = workspace.answer(workspace.submit())["reasons"]
    assert reason["remedy"] == (
        "rename the method on_submitted to on_submit, "
        "and update the plugin: kili.update_plugin(path, 'P')"
    )


def test_remedy_names_a_method_that_the_client_did_not_ask_for(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(SUBMIT.replace("def on", "async def on") + REVIEW.removeprefix(HEAD))
    (reason,) = workspace.answer(workspace.submit())["reasons"]
    assert reason["reason"] == "HANDLER_MISSING"
    assert "the class has on_submit, but the client did not subscribe to it" in reason["remedy"]


@pytest.mark.parametrize(
    ("client", "handler", "says"),
    [
        ("2.128.2", "onCustomInterfaceClick", "deploy the plugin with 2.129.7 or newer"),
        ("26.2.4", "onProjectUpdated", "versions up to 26.1 did"),
    ],
)
def test_remedy_names_a_client_that_cannot_ask_for_the_handler(
    workspace: PluginWorkspace, client: str, handler: str, says: str
) -> None:
    workspace.deploy(SUBMIT, client)
    workspace.activate()
    workspace.emulator.click(workspace.project, workspace.asset, EASY)
    workspace.kili.update_properties_in_project(workspace.project, title="Renamed")
    updated = workspace.event("project.settings.updated")
    question = {"event": updated} if handler == "onProjectUpdated" else {"asset": workspace.asset}
    explanation = workspace.emulator.why(plugin="P", **question)
    (event,) = [each for each in explanation["events"] if each["handler"] == handler]
    (reason,) = event["plugins"][0]["reasons"]
    assert reason["reason"] == "HANDLER_MISSING"
    assert f"the SDK {client}, which deployed the plugin" in reason["remedy"]
    assert says in reason["remedy"]


def test_event_patterns_that_do_not_match_are_explained(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(EVENTS, event_matcher=["label.workflow.edited"])
    (reason,) = workspace.answer(workspace.submit())["reasons"]
    assert reason["reason"] == "NOT_MATCHED"
    assert reason["explanation"].endswith("version 1 subscribes to label.workflow.edited")
    assert "'label.workflow.created.default'" in reason["remedy"]


@pytest.mark.parametrize("kind", ["PREDICTION", "INFERENCE", "AUTOSAVE"])
def test_labels_of_some_types_call_no_handler(workspace: PluginWorkspace, kind: str) -> None:
    workspace.install_plugin()
    (reason,) = workspace.answer(workspace.submit(kind))["reasons"]
    assert reason["reason"] == "LABEL_TYPE"
    assert kind in reason["explanation"]
    explanation = (
        "submit the label" if kind == "AUTOSAVE" else f"label.workflow.created.{kind.lower()}"
    )
    assert explanation in reason["remedy"]


def test_predictions_call_on_event(workspace: PluginWorkspace) -> None:
    workspace.install_plugin(EVENTS, event_matcher=["label.*"])
    assert workspace.reasons(workspace.submit("PREDICTION")) == ["RAN"]
    assert workspace.reasons(workspace.submit("AUTOSAVE")) == ["LABEL_TYPE"]


def test_later_events_of_a_label_are_explained_separately(workspace: PluginWorkspace) -> None:
    workspace.install_plugin()
    workspace.install_plugin(EVENTS, "Q", event_matcher=["label.workflow.edited"])
    label = workspace.submit()
    wire = Wire(workspace.emulator)
    wire.call(
        "updatePropertiesInLabel", where={"id": label}, data={"modelName": "x"}, selection="id"
    )
    wire.close()
    explanation = [
        (event["event"], [each["reasons"][0]["reason"] for each in event["plugins"]])
        for event in workspace.emulator.why(label=label)["events"]
    ]
    assert explanation == [
        ("label.workflow.created.default", ["RAN", "NOT_MATCHED"]),
        ("label.workflow.edited", ["NO_HANDLER", "RAN"]),
    ]


# Nothing happened before its eyes


def test_labels_of_a_scenario_call_no_plugin(workspace: PluginWorkspace) -> None:
    workspace.install_plugin()
    (label, *_) = workspace.kili.labels(workspace.project, type_in=["DEFAULT"], fields=["id"])
    answer = workspace.answer(label["id"])
    assert [each["reason"] for each in answer["reasons"]] == ["FROM_SCENARIO"]
    assert "kili-emulator submit" in answer["reasons"][0]["remedy"]
    assert answer["now"]["called"]


def test_copied_labels_call_no_plugin(workspace: PluginWorkspace) -> None:
    workspace.install_plugin()
    workspace.submit()
    wire = Wire(workspace.emulator)
    first, second = workspace.emulator.world.view.assets.all()[:2]
    data = {"projectId": workspace.project, "srcAssetId": first["id"], "dstAssetId": second["id"]}
    before = {each["id"] for each in workspace.emulator.world.view.labels.all()}
    wire.call("copyLabels", data=data)
    copies = [
        each for each in workspace.emulator.world.view.labels.all() if each["id"] not in before
    ]
    copied = copies[-1]["id"]
    explanation = workspace.emulator.why(label=copied, plugin="P")
    assert [each["event"] for each in explanation["events"]] == [None]
    assert workspace.reasons(copied) == ["COPIED"]
    about_asset = workspace.emulator.why(asset=second["id"], plugin="P")
    answers = {each["labelId"]: each["plugins"][0] for each in about_asset["events"]}
    assert answers[copied]["reasons"][0]["reason"] == "COPIED"
    wire.close()


def test_plugin_of_another_organization_and_inactive_plugin_are_distinguished(
    workspace: PluginWorkspace,
) -> None:
    wire = Wire(workspace.emulator)
    other = wire.call("createOrganization", data={"name": "Other"}, selection="id")["id"]
    data = {"organizationId": other, "organizationRole": "ADMIN"}
    wire.call(
        "updatePropertiesInUser", where={"email": "labeler@example.com"}, data=data, selection="id"
    )
    workspace.emulator.client("labeler").upload_plugin(workspace.write(SUBMIT), "Theirs")
    workspace.install_plugin()
    label = workspace.submit()
    explanation = workspace.emulator.why(label=label)["events"][0]["plugins"]
    assert [each["plugin"] for each in explanation] == ["P"]
    (reason,) = workspace.answer(label, "Theirs")["reasons"]
    assert reason["reason"] == "OTHER_ORGANIZATION"
    assert 'the plugin belongs to "Other"' in reason["explanation"]
    workspace.emulator.client("labeler").upload_plugin(workspace.write(SUBMIT), "P")
    assert workspace.reasons(label, "P") == ["RAN"]
    wire.close()


def test_call_lost_after_its_event_is_explained(
    workspace: PluginWorkspace,
) -> None:
    workspace.install_plugin()
    world = workspace.emulator.world
    dispatch = workspace.emulator.platform.host._hosts[world]._dispatch
    world.bus.unsubscribe(dispatch)
    label = workspace.submit()
    world.bus.subscribe(dispatch)
    assert workspace.reasons(label) == ["LOST"]
    assert workspace.answer(label)["now"]["called"]


# Subjects of a question


def test_clicks_and_send_backs_are_found_by_asset(workspace: PluginWorkspace) -> None:
    workspace.install_plugin()
    label = workspace.submit()
    workspace.emulator.click(workspace.project, workspace.asset, EASY, user="admin")
    workspace.kili.send_back_to_queue(asset_ids=[workspace.asset])
    (external_id,) = {each["externalId"] for each in workspace.emulator.world.view.assets.all()[:1]}
    explanation = workspace.emulator.why(asset=external_id, project=workspace.project, plugin="P")
    assert explanation["about"]["assetId"] == workspace.asset
    found = {
        each["handler"]: each["plugins"][0]["reasons"][0]
        for each in explanation["events"]
        if each["handler"] and each["plugins"][0]["reasons"][0]["reason"] != "FROM_SCENARIO"
    }
    assert [found[each]["reason"] for each in ("onSubmit", "onSendBackToQueue")] == [
        "RAN",
        "HANDLER_MISSING",
    ]
    clicked = found["onCustomInterfaceClick"]["explanation"]
    assert clicked.startswith("a click on the button of the custom interface calls on_custom_")
    assert workspace.emulator.why(asset=workspace.asset, plugin="P") == explanation
    assert [each["event"] for each in workspace.emulator.why(label=label)["events"]] == [
        "label.workflow.created.default",
        "emulator.customInterface.clicked",
    ]


def test_why_of_an_audit_event_includes_its_handler_event(workspace: PluginWorkspace) -> None:
    source = HEAD + "    def on_project_updated(self, settings_updated):\n        pass\n"
    workspace.deploy(source, handlerTypes=["onProjectUpdated"])  # as clients up to 26.1 do
    workspace.activate()
    workspace.kili.update_properties_in_project(workspace.project, title="Renamed")
    explanation = workspace.emulator.why(
        event=workspace.event("project.settings.updated"), plugin="P"
    )
    found = [
        (each["event"], each["plugins"][0]["reasons"][0]["reason"])
        for each in explanation["events"]
    ]
    assert found == [
        ("project.settings.updated", "NO_HANDLER"),
        ("emulator.project.settingsChanged", "RAN"),
    ]


def test_internal_events_are_exported_and_hidden_from_clients(
    workspace: PluginWorkspace,
) -> None:
    workspace.install_plugin()
    workspace.emulator.click(workspace.project, workspace.asset, EASY)
    workspace.kili.send_back_to_queue(asset_ids=[workspace.asset])
    workspace.deactivate()
    kept = [each["event"] for each in workspace.emulator.world.export()["internalEvents"]]
    assert [each for each in kept if each != "plugin.deployment.requested"] == [
        "plugin.version.built",
        "plugin.activated",
        "emulator.customInterface.clicked",
        "emulator.asset.sentBackToQueue",
        "plugin.deactivated",
    ]
    seen = {each["event"].split(".")[0] for each in workspace.kili.events.list(workspace.project)}
    assert not seen & {"emulator", "plugin"}
    internal = workspace.emulator.world.view.internal_events.all()[-1]["id"]
    with pytest.raises(KiliError, match="no event"):
        workspace.emulator.why(event=internal)


def test_deleted_labels_and_assets_are_still_explained(workspace: PluginWorkspace) -> None:
    workspace.install_plugin()
    label, asset = workspace.submit("PREDICTION"), workspace.asset
    workspace.kili.delete_labels([label])
    assert workspace.reasons(label) == ["LABEL_TYPE"]
    workspace.kili.delete_many_from_dataset(asset_ids=[asset])
    assert workspace.emulator.why(asset=asset)["events"][-1]["event"] == "asset.deleted"


def test_an_event_without_a_project_is_refused(workspace: PluginWorkspace) -> None:
    with workspace.emulator.world.transaction(Actor.system()) as tx:
        tx.emit("organization.updated", {}, project_id="")
    event = workspace.emulator.world.view.events.all()[-1]["id"]
    with pytest.raises(KiliError, match="belongs to no project"):
        workspace.emulator.why(event=event)


def test_unknown_subject_is_refused_with_a_remedy(workspace: PluginWorkspace) -> None:
    workspace.install_plugin()
    label = workspace.submit()
    why = workspace.emulator.why
    with pytest.raises(
        KiliError, match='no label in this world, and no deleted one, has the id "nothing"'
    ):
        why(label="nothing")
    with pytest.raises(KiliError, match="give the project too"):
        why(asset="meadow")
    with pytest.raises(KiliError, match='has no asset with the id or external id "nothing"'):
        why(asset="nothing", project=workspace.project)
    with pytest.raises(KiliError, match='no event in this world has the id "nothing"'):
        why(event="nothing")
    with pytest.raises(KiliError, match=r'no plugin "Nobody" \(there are: P\)'):
        why(label=label, plugin="Nobody")
    for question in (
        {},
        {"label": label, "asset": workspace.asset},
        {"label": label, "project": "x"},
    ):
        with pytest.raises(KiliError, match="one of label"):
            why(**question)
