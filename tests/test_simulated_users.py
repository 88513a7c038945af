"""Simulated users: their actions in the app, and the resulting plugin runs and data."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from kili_emulator.cli import main
from kili_emulator.errors import KiliError
from tests.kit.responses import BLUE, EASY, RED
from tests.kit.sdk_process import SdkSession
from tests.kit.server_under_test import RemoteWorld, ServerUnderTest
from tests.kit.wire import Wire
from tests.kit.world_content import INTERFACE, WorldIds, add_stepped_project, deploy_plugin
from tests.plugins.test_handlers import HANDLERS, handler_calls, install_plugin

HARD = {
    "CLASSIFICATION_JOB": {"categories": [{"name": "HARD"}]},
    "JOB_0": {"annotations": [{"mid": "1", "categories": [{"name": "OBJECT_A"}]}]},
}


def subjects(wire: Wire, before: int = 0) -> list[str]:
    return [each["event"] for each in wire.emulator.world.view.events.all()][before:]


def count(wire: Wire) -> int:
    return len(wire.emulator.world.view.events.all())


def labels(wire: Wire, asset_id: str) -> list[dict[str, Any]]:
    selection = "id labelType jsonResponse author { email } secondsToLabel"
    return list(wire.list("labels", {"asset": {"id": asset_id}}, selection=selection))


def add_assets(wire: Wire, world_ids: WorldIds, *names: str) -> list[str]:
    content = {"contentArray": ["http://x.y/z.jpg"] * len(names), "externalIDArray": list(names)}
    where = {"id": world_ids["project"]}
    return [each["id"] for each in wire.call("appendManyAssets", data=content, where=where)]


def user_id(wire: Wire, name: str) -> str:
    (user,) = wire.list("users", {"email": f"{name}@example.com"})
    return str(user["id"])


def refusal(wire: Wire, verb: str, *arguments: Any, **options: Any) -> str:
    """Return the message of the refusal of an action; check that nothing changed."""
    before = wire.emulator.world.export()
    with pytest.raises(KiliError) as refused:
        getattr(wire.emulator, verb)(*arguments, **options)
    assert wire.emulator.world.export() == before
    return refused.value.message


def test_submitting_locks_autosaves_submits_and_calls_plugins(
    wire: Wire, world_ids: WorldIds
) -> None:
    (asset_id,) = add_assets(wire, world_ids, "barn")
    install_plugin(wire, world_ids["project"], handlerTypes=HANDLERS)
    before = count(wire)
    done = wire.emulator.submit(world_ids["project"], "barn", EASY, seconds=12)
    assert subjects(wire, before) == [
        "asset.workflow.lock.created",
        "label.workflow.created.default",
        "asset.workflow.lock.deleted",
    ]
    draft, label = labels(wire, asset_id)
    assert (draft["labelType"], draft["secondsToLabel"]) == ("AUTOSAVE", 0)
    assert (label["labelType"], label["secondsToLabel"]) == ("DEFAULT", 12)
    assert label["author"]["email"] == done["user"] == "labeler@example.com"
    assert json.loads(label["jsonResponse"]) == EASY
    assert done["labelId"] == label["id"]
    assert (done["before"]["status"], done["after"]["status"]) == ("TODO", "LABELED")
    ((handler, arguments),) = handler_calls(wire, world_ids["project"])
    assert (handler, arguments["label"]["id"]) == ("on_submit", label["id"])
    (run,) = done["runs"]
    assert (run["plugin"], run["outcome"], run["error"]) == ("Teller", "SUCCEEDED", None)


def test_failed_run_is_returned_with_its_error(wire: Wire, world_ids: WorldIds) -> None:
    add_assets(wire, world_ids, "barn")
    install_plugin(
        wire,
        world_ids["project"],
        "Broken",
        "class PluginHandler:\n"
        "    def __init__(self, kili, project_id, logger): pass\n"
        "    def on_submit(self, label, asset_id): raise ValueError('no cow')\n",
    )
    (run,) = wire.emulator.submit(world_ids["project"], "barn", EASY)["runs"]
    assert (run["outcome"], run["error"]) == ("FAILED", "ValueError: no cow")


def test_saved_label_locks_the_asset_until_it_is_submitted(wire: Wire, world_ids: WorldIds) -> None:
    (asset_id,) = add_assets(wire, world_ids, "barn")
    saved = wire.emulator.save(world_ids["project"], "barn", HARD)
    assert saved["after"]["status"] == "ONGOING"
    message = refusal(wire, "submit", world_ids["project"], "barn", EASY, user="reviewer")
    assert "another user is labeling it" in message
    wire.emulator.submit(world_ids["project"], "barn")
    assert [each["labelType"] for each in labels(wire, asset_id)] == ["AUTOSAVE", "DEFAULT"]
    assert json.loads(labels(wire, asset_id)[-1]["jsonResponse"]) == HARD
    assert not wire.emulator.world.view.locks.find("asset", asset_id)


def test_a_review_approves_or_corrects_the_latest_label(wire: Wire, world_ids: WorldIds) -> None:
    (asset_id,) = add_assets(wire, world_ids, "barn")
    install_plugin(wire, world_ids["project"], handlerTypes=HANDLERS)
    submitted = wire.emulator.submit(world_ids["project"], "barn", EASY)["labelId"]
    wire.emulator.review(world_ids["project"], "barn")
    assert json.loads(labels(wire, asset_id)[-1]["jsonResponse"]) == EASY
    done = wire.emulator.review(world_ids["project"], "barn", HARD)
    assert [each["labelType"] for each in labels(wire, asset_id)] == [
        "AUTOSAVE", "DEFAULT", "REVIEW", "AUTOSAVE", "REVIEW",
    ]  # fmt: skip
    assert json.loads(labels(wire, asset_id)[-1]["jsonResponse"]) == HARD
    assert done["after"]["status"] == "REVIEWED"
    calls = handler_calls(wire, world_ids["project"])
    assert [each[0] for each in calls] == ["on_submit", "on_review", "on_review"]
    assert calls[1][1]["label"]["search"]["id"] == submitted


def test_sending_back_opens_an_issue_about_the_label(wire: Wire, world_ids: WorldIds) -> None:
    add_assets(wire, world_ids, "barn")
    install_plugin(wire, world_ids["project"], handlerTypes=HANDLERS)
    label_id = wire.emulator.submit(world_ids["project"], "barn", EASY)["labelId"]
    before = count(wire)
    done = wire.emulator.send_back(world_ids["project"], "barn", issue="where is the door?")
    assert subjects(wire, before) == [
        "asset.workflow.lock.created",
        "asset.issue.created",
        "asset.workflow.lock.deleted",
    ]
    (issue,) = wire.list(
        "issues",
        {"id": done["issueId"], "project": {"id": world_ids["project"]}},
        selection="id type comments { text }",
    )
    (comment,) = issue["comments"]
    assert comment["text"] == "where is the door?"
    assert wire.emulator.world.view.labels.require(label_id)["isSentBackToQueue"]
    assert done["after"]["status"] == "ONGOING"
    assert [each[0] for each in handler_calls(wire, world_ids["project"])] == [
        "on_submit",
        "on_send_back_to_queue",
    ]
    again = wire.emulator.submit(world_ids["project"], "barn", HARD)
    assert again["after"]["status"] == "LABELED"


def test_skipped_asset_can_be_labeled_after_unskip(wire: Wire, world_ids: WorldIds) -> None:
    add_stepped_project(wire)
    done = wire.emulator.skip("Steps", "waiting", reason="blurred")
    assert (done["after"]["skipped"], done["after"]["stepStatus"]) == (True, "SKIPPED")
    assert wire.emulator.world.view.assets.require(done["assetId"])["skipReason"] == "blurred"
    assert "is skipped: unskip it first" in refusal(wire, "submit", "Steps", "waiting", RED)
    assert "is skipped" in refusal(wire, "send_back", "Steps", "waiting")
    assert wire.emulator.unskip("Steps", "waiting")["after"]["stepStatus"] == "TO_DO"
    assert "is not skipped" in refusal(wire, "unskip", "Steps", "waiting")


def test_click_passes_id_and_response_and_does_not_lock_the_asset(
    wire: Wire, world_ids: WorldIds
) -> None:
    (asset_id,) = add_assets(wire, world_ids, "barn")
    install_plugin(wire, world_ids["project"], handlerTypes=HANDLERS)
    done = wire.emulator.click(world_ids["project"], "barn", HARD)
    label_id = wire.emulator.save(world_ids["project"], "barn", EASY)["labelId"]
    wire.emulator.click(world_ids["project"], "barn")
    assert done["labelId"] is None
    assert handler_calls(wire, world_ids["project"]) == [
        [
            "on_custom_interface_click",
            {"label": {"id": each, "jsonResponse": response}, "asset_id": asset_id},
        ]
        for each, response in ((None, HARD), (label_id, EASY))
    ]
    assert len(wire.emulator.world.view.locks.find("asset", asset_id)) == 1
    assert [each["labelType"] for each in labels(wire, asset_id)] == ["AUTOSAVE"]


def test_queue_orders_by_priority_then_age_and_skips_assets_of_other_users(
    wire: Wire, world_ids: WorldIds
) -> None:
    steps = add_stepped_project(wire)
    content = {"contentArray": ["text"] * 3, "externalIDArray": ["late", "urgent", "other's"]}
    where = {"id": steps["stepped project"]}
    ids = [each["id"] for each in wire.call("appendManyAssets", data=content, where=where)]
    wire.call("setAssetsPriority", where={"id": ids[1]}, priority=3)
    wire.call("setAssetsPriority", where={"id": ids[2]}, priority=2)
    wire.call("assignAssets", where={"id": ids[2]}, userIds=[user_id(wire, "reviewer")])
    wire.emulator.save("Steps", "waiting", RED, user="reviewer")
    served = [wire.emulator.submit("Steps", label=BLUE)["externalId"] for _ in range(2)]
    assert served == ["urgent", "late"]
    assert "no asset in project" in refusal(wire, "submit", "Steps", label=RED)
    assert wire.emulator.review("Steps")["externalId"] == "in review"


def test_correct_option_changes_a_done_label_as_a_revision(wire: Wire, world_ids: WorldIds) -> None:
    add_stepped_project(wire)
    done = wire.emulator.submit("Steps", "waiting", RED)
    assert done["after"]["stepStatus"] == "DONE"
    assert "--correct" in refusal(wire, "submit", "Steps", "waiting", BLUE)
    other = refusal(wire, "submit", "Steps", "waiting", BLUE, user="manager", correct=True)
    assert "it is labeled already" in other
    before = count(wire)
    again = wire.emulator.submit("Steps", "waiting", BLUE, correct=True)
    assert again["after"] == done["after"]
    events = subjects(wire, before)
    assert events.index("label.workflow.revisionStarted") < events.index(
        "label.workflow.created.default"
    )
    event = next(
        each
        for each in wire.emulator.world.view.events.all()[before:]
        if each["event"] == "label.workflow.revisionStarted"
    )
    assert event["payload"]["labelId"] == done["labelId"]


def test_correct_option_changes_a_label_that_waits_for_review(
    wire: Wire, world_ids: WorldIds
) -> None:
    steps = add_stepped_project(wire)
    wire.emulator.submit("Steps", "waiting", RED)
    wire.call("addAssetsToReview", where={"id": steps["waiting"]})
    assert "waits for its review" in refusal(wire, "submit", "Steps", "waiting", BLUE)
    done = wire.emulator.submit("Steps", "waiting", BLUE, correct=True)
    assert (done["before"]["step"], done["after"]["step"]) == ("Review 1", "Label")


def test_review_with_steps_moves_a_labeled_asset_to_review(wire: Wire, world_ids: WorldIds) -> None:
    add_stepped_project(wire)
    before = count(wire)
    done = wire.emulator.review("Steps", "labeled", BLUE)
    assert (done["before"]["step"], done["before"]["stepStatus"]) == ("Label", "DONE")
    assert (done["after"]["step"], done["after"]["stepStatus"]) == ("Review 1", "DONE")
    assert "asset.workflow.setToNextStep" in subjects(wire, before)
    back = wire.emulator.send_back("Steps", "labeled", issue="no")
    assert (back["after"]["step"], back["after"]["stepStatus"]) == ("Label", "REWORK")
    assert "waits for a label" in refusal(wire, "review", "Steps", "labeled")
    assert "nothing to send back" in refusal(wire, "send_back", "Steps", "labeled")


def test_messages_in_v1_use_the_terms_of_v1(wire: Wire, world_ids: WorldIds) -> None:
    add_assets(wire, world_ids, "barn", "shed")
    project = world_ids["project"]
    assert "no label to review" in refusal(wire, "review", project, "shed")
    assert "nothing to send back" in refusal(wire, "send_back", project, "shed")
    wire.emulator.submit(project, "barn", EASY)
    assert "--correct" in refusal(wire, "submit", project, "barn", HARD)
    corrected = wire.emulator.submit(project, "barn", HARD, correct=True)
    assert corrected["after"]["status"] == "LABELED"
    wire.emulator.review(project, "barn")
    assert "review it, or send it back" in refusal(wire, "submit", project, "barn", HARD)
    assert "leave out --correct" in refusal(wire, "submit", project, "shed", HARD, correct=True)


def test_submit_without_a_label_submits_the_prediction(wire: Wire, world_ids: WorldIds) -> None:
    (asset_id,) = add_assets(wire, world_ids, "barn")
    rows = [{"assetID": asset_id, "jsonResponse": json.dumps(HARD), "modelName": "m"}]
    data = {"labelType": "PREDICTION", "labelsData": rows}
    wire.call("appendManyLabels", data=data, where={}, selection="id")
    wire.emulator.submit(world_ids["project"], "barn")
    assert json.loads(labels(wire, asset_id)[-1]["jsonResponse"]) == HARD


def test_required_jobs_must_be_answered(wire: Wire, world_ids: WorldIds) -> None:
    add_assets(wire, world_ids, "barn")
    message = refusal(wire, "submit", world_ids["project"], "barn")
    assert "no answer to JOB_0" in message
    add_stepped_project(wire)  # whose jobs are not required
    assert wire.emulator.submit("Steps", "waiting")["labelId"]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("Nowhere", "barn", EASY), {}, "there is no project"),
        (("<project>", "nothing", EASY), {}, "has no asset with the id or external id"),
        (("<project>", "twin", EASY), {}, "several assets have the external id"),
        (("<project>", "barn", EASY), {"user": "nobody@x.y"}, "there is no user"),
        (("Hidden", "hidden", EASY), {}, "is not a member of project"),
        (("<project>", "barn", {"NO_JOB": {}}), {}, 'job "NO_JOB" is not in the json interface'),
        (("<project>", "barn", EASY), {"seconds": -1}, "secondsToLabel must be"),
        (("<project>", "barn", EASY), {"seconds": float("inf")}, "a value is not JSON"),
        (("<project>", "barn", EASY), {"seconds": float("nan")}, "a value is not JSON"),
        (("Twins", "barn", EASY), {}, "several projects have the title"),
    ],
)
def test_unknown_or_invalid_arguments_are_refused_without_changes(
    wire: Wire,
    world_ids: WorldIds,
    arguments: tuple[Any, ...],
    options: dict[str, Any],
    message: str,
) -> None:
    add_assets(wire, world_ids, "barn")
    with wire.emulator.world.transaction(_system()) as tx:
        for each in tx.assets.find("project", world_ids["project"])[:2]:
            tx.assets.change(each, externalId="twin")
    data = {"title": "Twins", "inputType": "TEXT", "jsonInterface": json.dumps(INTERFACE)}
    for _ in range(2):
        wire.call("createProject", data=data)
    project = world_ids["project"] if arguments[0] == "<project>" else arguments[0]
    assert message in refusal(wire, "submit", project, *arguments[1:], **options)


def _system() -> Any:
    from kili_emulator.domain.world import Actor

    return Actor.system()


def test_labeler_cannot_review(wire: Wire, world_ids: WorldIds) -> None:
    add_assets(wire, world_ids, "barn")
    wire.emulator.submit(world_ids["project"], "barn", EASY)
    for verb in ("review", "send_back"):
        message = refusal(wire, verb, world_ids["project"], "barn", user="labeler")
        assert "You need the role" in message or "role" in message


def test_submit_in_an_archived_project_is_refused(wire: Wire, world_ids: WorldIds) -> None:
    add_assets(wire, world_ids, "barn")
    where = {"id": world_ids["project"]}
    wire.call("updatePropertiesInProject", data={"archived": True}, where=where, selection="id")
    assert "is archived" in refusal(wire, "submit", world_ids["project"], "barn", EASY)


def test_submit_of_a_deactivated_user_is_refused(wire: Wire, world_ids: WorldIds) -> None:
    where = {"email": "labeler@example.com"}
    wire.call("updatePropertiesInUser", data={"activated": False}, where=where, selection="id")
    assert "is deactivated" in refusal(wire, "submit", world_ids["project"], "farm", EASY)


def test_a_handler_is_triggered_by_hand_without_changing_anything(
    wire: Wire, world_ids: WorldIds
) -> None:
    project = world_ids["project"]
    add_assets(wire, world_ids, "barn")
    install_plugin(wire, project, handlerTypes=HANDLERS)
    payload = {"label": {"id": "x", "jsonResponse": EASY}, "asset_id": world_ids["farm"]}
    before = count(wire)
    run = wire.emulator.trigger("on_submit", "Teller", project, payload)
    assert (run["handler"], run["outcome"]) == ("onSubmit", "SUCCEEDED")
    assert handler_calls(wire, project) == [["on_submit", payload]]
    stored = wire.emulator.world.view.runs.require(run["id"])
    assert stored["byHand"]
    assert stored["metadata"] == {"assetId": world_ids["farm"], "labelId": "x"}
    assert count(wire) == before
    wire.emulator.submit(project, "barn", EASY)
    assert not wire.emulator.world.view.runs.all()[-1]["byHand"]


def test_an_event_is_triggered_by_hand_in_its_envelope(wire: Wire, world_ids: WorldIds) -> None:
    project = world_ids["project"]
    install_plugin(wire, project, eventMatcher=["asset.*"])
    wire.emulator.trigger("asset.created", "Teller", project, {"assetId": "a", "externalId": "b"})
    ((handler, arguments),) = handler_calls(wire, project)
    assert handler == "on_event"
    assert arguments["payload"]["event"] == "asset.created"
    assert arguments["payload"]["projectId"] == project
    assert arguments["payload"]["payload"] == {"assetId": "a", "externalId": "b"}


@pytest.mark.parametrize(
    ("event", "plugin", "payload", "message"),
    [
        ("on_submit", "Nobody", {}, "there is no plugin"),
        ("on_submit", "Idle", {}, "is not active on project"),
        ("on_nothing", "Teller", {}, "neither an event"),
        ("on_review", "Teller", {}, "is not called for onReview, only for onSubmit"),
        ("asset.created", "Teller", {}, "is not called for asset.created"),
        ("on_submit", "Teller", {"label": {}}, "needs the members label, asset_id"),
    ],
)
def test_trigger_is_refused_for_events_that_do_not_call_the_plugin(
    wire: Wire, world_ids: WorldIds, event: str, plugin: str, payload: dict[str, Any], message: str
) -> None:
    install_plugin(wire, world_ids["project"], handlerTypes=["onSubmit"])
    deploy_plugin(wire, "Idle")
    assert message in refusal(wire, "trigger", event, plugin, world_ids["project"], payload)


def post(wire: Wire, path: str, data: Any, key: str = "admin") -> requests.Response:
    path = f"/_emulator/worlds/{wire.emulator.world_name}{path}"
    return wire.request("POST", path, json=data, headers=wire.authorization(key))


def test_control_plane_simulates_users_for_administrators_only(
    wire: Wire, world_ids: WorldIds
) -> None:
    add_assets(wire, world_ids, "barn")
    data = {"project": world_ids["project"], "asset": "barn", "user": "labeler", "label": EASY}
    assert post(wire, "/people/submit", data, "labeler").status_code == 403
    answer = post(wire, "/people/submit", {**data, "seconds": 3})
    assert (answer.status_code, answer.json()["after"]["status"]) == (200, "LABELED")
    bad = ({"seconds": "1"}, {"correct": 1}, {"user": None}, {"asset": 1}, {"colour": "red"})
    for each in bad:
        answer = post(wire, "/people/submit", {**data, **each})
        (name,) = each
        assert (answer.status_code, name in answer.json()["error"]) == (400, True), each
    answer = post(wire, "/people/dance", data)
    assert (answer.status_code, "unknown action" in answer.json()["error"]) == (400, True)
    answer = post(wire, "/trigger", {"plugin": "x"})
    assert (answer.status_code, "plugin" in answer.json()["error"]) == (400, True)


def run(
    server: ServerUnderTest, world: RemoteWorld, *command: str, typed: str | None = None
) -> tuple[int, str]:
    where = ["--world", world.name, "--data-dir", str(server.data_dir)]
    done = CliRunner().invoke(main, [*command, *where], input=typed)
    return done.exit_code, done.output


def test_commands_print_their_effect_and_the_sdk_reads_it(
    notebook: SdkSession, server: ServerUnderTest, remote_world: RemoteWorld
) -> None:
    here = ("--project", remote_world.project_id)
    asset = next(e for e in remote_world.export()["assets"] if e["status"] == "TODO")
    mine = (*here, "--asset", asset["externalId"])
    commands = [
        (("save", *mine, "--label", "-"), json.dumps(HARD)),
        (("submit", *mine, "--as", "labeler@example.com"), None),
        (("review", *mine, "--label", "-"), json.dumps(EASY)),
        (("send-back", *mine, "--issue", "look again"), None),
        (("click", *mine), None),
    ]
    outputs = [run(server, remote_world, *command, typed=typed) for command, typed in commands]
    assert [code for code, _ in outputs] == [0] * 5, outputs
    moves = ["TODO -> ONGOING", "ONGOING -> LABELED", "LABELED -> REVIEWED", "REVIEWED -> ONGOING"]
    assert [move in text for move, (_, text) in zip(moves, outputs, strict=False)] == [True] * 4
    seen = notebook.run(
        f"[(each['labelType'], each['jsonResponse'], each['author']['email']) for each in "
        f"kili.labels(project_id=project_id, asset_id={asset['id']!r}) "
        "if each['labelType'] != 'PREDICTION']"
    )
    labeler, reviewer = "labeler@example.com", "reviewer@example.com"
    assert [tuple(each) for each in seen.checked().value] == [
        ("AUTOSAVE", HARD, labeler),
        ("DEFAULT", HARD, labeler),
        ("AUTOSAVE", EASY, reviewer),
        ("REVIEW", EASY, reviewer),
    ]
    code, text = run(server, remote_world, "submit", *mine, "--json")
    assert (code, json.loads(text)["after"]["status"]) == (0, "LABELED")
    code, text = run(server, remote_world, "submit", *mine, "--label", "-", typed="{")
    assert (code, "is not JSON" in text) == (1, True)
    code, text = run(server, remote_world, "submit", *mine, "--label", "-", typed="[]")
    assert (code, "is not a JSON object" in text) == (1, True)
    code, text = run(server, remote_world, "submit", *mine)
    assert (code, "--correct" in text) == (1, True)
    code, text = run(
        server, remote_world, "trigger", "on_submit", *here, "--plugin", "P", "--payload", "-",
        typed="{}",
    )  # fmt: skip
    assert (code, "there is no plugin" in text) == (1, True)
