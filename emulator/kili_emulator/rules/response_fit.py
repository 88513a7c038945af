"""What a response says that its job could never show.

See contract/json-interface.md#jobs, contract/json-response.md#checks.

Each place is looked at by itself. Refused is what no way of showing it exists for: an object of a
type that none of the job's tools draws, an answer that speaks of another task only, two choices
where there is one. What is merely missing, or comes in addition, is none of this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from kili_emulator import errors
from kili_emulator.rules.response import Node
from kili_emulator.rules.response_shapes import SINGLE_CHOICES, TOOLS

Job = dict[str, Any]

# What each task's answers are made of; of ASSET_ANNOTATION nothing is known.
_OBJECTS = ("annotations",)
_COMPARISON = ("choice", "code", "firstId", "secondId")
_FILE = ("fileId", "fileName", "fileMimeType")
_ANSWERS: dict[str, tuple[str, ...]] = {
    "CLASSIFICATION": ("categories",),
    "COMPARISON": _COMPARISON,
    "FILE": _FILE,
    "NAMED_ENTITIES_RECOGNITION": _OBJECTS,
    "NAMED_ENTITIES_RELATION": _OBJECTS,
    "OBJECT_DETECTION": _OBJECTS,
    "OBJECT_RELATION": _OBJECTS,
    "PAGE_LEVEL_CLASSIFICATION": _OBJECTS,
    "PAGE_LEVEL_TRANSCRIPTION": (*_OBJECTS, "text"),
    "POSE_ESTIMATION": _OBJECTS,
    "RANKING": ("orders",),
    "SPEECH_TO_TEXT": ("text", *_OBJECTS),
    "TRANSCRIPTION": ("text",),
}
_EVERY_ANSWER = tuple(dict.fromkeys(name for names in _ANSWERS.values() for name in names))

_DRAWING_TASKS = ("OBJECT_DETECTION", "POSE_ESTIMATION")

# The points of a pose are markers.
_ALLOWED_TYPES_BY_TOOL = {"pose": ("pose", "marker")}


def find_misfits(node: Node, job: Job) -> Iterator[str]:
    """What is wrong at a place of a response that is otherwise as it should be.

    Args:
        job: the one that the place belongs to.
    """
    if node.kind == "answer":
        yield from _check_task(node, job)
    if node.kind != "category":
        yield from _check_choices(node, job)
    if job.get("mlTask") in _DRAWING_TASKS:
        yield from _check_type(node, job)


def _check_task(node: Node, job: Job) -> Iterator[str]:
    """An answer that says something, but nothing of its own task."""
    own = _ANSWERS.get(job.get("mlTask", ""))
    given = [name for name in _EVERY_ANSWER if node.value.get(name) not in (None, "", [], {})]
    if own and given and not set(given) & set(own):
        yield errors.RESPONSE_OF_ANOTHER_TASK.format(
            job=node.job, answers=", ".join(given), task=job["mlTask"], own=" or ".join(own)
        )


def _check_choices(node: Node, job: Job) -> Iterator[str]:
    names = [each["name"] for each in node.value.get("categories", ())]
    input_widget = (job.get("content") or {}).get("input")
    if input_widget in SINGLE_CHOICES and len(names) > 1:
        yield errors.RESPONSE_SEVERAL_CHOICES.format(
            job=node.job, input=input_widget, count=len(names)
        )
    for name, count in Counter(names).items():
        if count > 1:
            yield errors.RESPONSE_CHOSEN_TWICE.format(job=node.job, category=name)


def _check_type(node: Node, job: Job) -> Iterator[str]:
    type_ = node.value.get("type")
    if type_ is None:
        return
    if type_ not in TOOLS:
        yield errors.RESPONSE_UNKNOWN_TYPE.format(job=node.job, type=type_, known=", ".join(TOOLS))
        return
    drawn = [each for tool in tools_of(job) for each in _ALLOWED_TYPES_BY_TOOL.get(tool, (tool,))]
    if drawn and type_ not in drawn:
        yield errors.RESPONSE_FOREIGN_TYPE.format(job=node.job, type=type_, drawn=", ".join(drawn))


def tools_of(job: Job) -> list[str]:
    """The tools of a job; older interfaces name a single one as ``tool``."""
    single_tool = job.get("tool")
    return job.get("tools") or [each for each in TOOLS if each == single_tool]
