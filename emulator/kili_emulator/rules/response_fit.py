"""The check for parts of a response that their job could never show.

See contract/json-interface.md#jobs, contract/json-response.md#checks.

Each node is checked on its own. Refused are an object of a type that no tool of the job draws, an
answer that has only members of another task, and two categories in a job with a single choice.
Missing members and additional members are accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from kili_emulator import errors
from kili_emulator.rules.response import Node
from kili_emulator.rules.response_shapes import SINGLE_CHOICES, TOOLS

Job = dict[str, Any]

# task → the members of its answers; they are unknown for ASSET_ANNOTATION.
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

# tool → the types of its objects, if they differ from the tool: the points of a pose are markers.
_ALLOWED_TYPES_BY_TOOL = {"pose": ("pose", "marker")}


def find_misfits(node: Node, job: Job) -> Iterator[str]:
    """Yield the reasons why a job could not show a node, which has the right form.

    Args:
        job: the job of the node.
    """
    if node.kind == "answer":
        yield from _check_task(node, job)
    if node.kind != "category":
        yield from _check_choices(node, job)
    if job.get("mlTask") in _DRAWING_TASKS:
        yield from _check_type(node, job)


def _check_task(node: Node, job: Job) -> Iterator[str]:
    """Check that an answer that is not empty has a member of the task of its job."""
    own = _ANSWERS.get(job.get("mlTask", ""))
    filled = [name for name in _EVERY_ANSWER if node.value.get(name) not in (None, "", [], {})]
    if own and filled and not set(filled) & set(own):
        yield errors.RESPONSE_OF_ANOTHER_TASK.format(
            job=node.job, answers=", ".join(filled), task=job["mlTask"], own=" or ".join(own)
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
    """Return the tools of a job; older interfaces name a single tool as ``tool``."""
    single_tool = job.get("tool")
    return job.get("tools") or [each for each in TOOLS if each == single_tool]
