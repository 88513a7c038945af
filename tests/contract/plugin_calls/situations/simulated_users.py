"""Actions of simulated users, in situations in which they cause events of their own."""

from __future__ import annotations

import json
from typing import Any

from kili_emulator.domain.lock import LIFETIME
from tests.contract.plugin_calls.situations.registry import SteppedProject, situation
from tests.kit.responses import BLUE_JSON, EASY_JSON, RED_JSON
from tests.kit.world_time import advance

_OLD = "Plugin tutorial: count the objects"
_NEW = "Steps"


def _of(text: str) -> dict[str, Any]:
    response: dict[str, Any] = json.loads(text)
    return response


@situation
def users_work_in_the_v1_workflow(steps: SteppedProject) -> None:
    act = steps.wire.act
    act("save", _OLD, "aquarium", _of(EASY_JSON))
    act("submit", _OLD, "aquarium", _of(EASY_JSON))
    act("review", _OLD, "aquarium")
    act("send_back", _OLD, "aquarium", issue="one is missing")
    act("click", _OLD, "aquarium")
    act("skip", _OLD, "aquarium")
    act("unskip", _OLD, "aquarium")


@situation
def users_work_with_steps(steps: SteppedProject) -> None:
    act = steps.wire.act
    act("save", _NEW, "waiting", _of(RED_JSON))
    act("submit", _NEW, "waiting")
    act("submit", _NEW, "waiting", _of(BLUE_JSON), correct=True)
    act("review", _NEW, "waiting")
    act("review", _NEW, "waiting", _of(RED_JSON), correct=True)
    act("send_back", _NEW, "waiting", issue="no")
    act("send_back", _NEW, "labeled")
    act("click", _NEW, "waiting")
    act("skip", _NEW, "waiting")
    act("unskip", _NEW, "waiting")


@situation
def users_move_assets_to_the_next_step(steps: SteppedProject) -> None:
    steps.change_step("review step", stepCoverage=100)
    act = steps.wire.act
    act("submit", _NEW, "waiting", _of(RED_JSON))
    act("submit", _NEW, "waiting", _of(BLUE_JSON), correct=True)


@situation
def a_user_takes_over_an_expired_lock(steps: SteppedProject) -> None:
    act = steps.wire.act
    act("save", _NEW, "waiting", _of(RED_JSON))
    advance(steps.wire.emulator.world, 2 * LIFETIME)
    act("save", _NEW, "waiting", _of(RED_JSON), user="reviewer")


@situation
def administrators_join_by_working(steps: SteppedProject) -> None:
    act = steps.wire.act
    for verb, asset in (("submit", "waiting"), ("review", "in review")):
        steps.remove_member("admin")
        act(verb, _NEW, asset, _of(RED_JSON), user="admin")


@situation
def labels_of_users_are_compared(steps: SteppedProject) -> None:
    steps.make_honeypot()
    steps.require_consensus()
    for user in ("labeler", "manager"):
        steps.wire.act("submit", _NEW, "waiting", _of(RED_JSON), user=user)
    steps.wire.act("review", _NEW, "waiting", _of(BLUE_JSON))
