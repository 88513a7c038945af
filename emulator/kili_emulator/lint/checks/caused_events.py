"""The events that a call of an SDK method causes.

See contract/what-calls-plugins.md#actions.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from kili_emulator.lint.plugin import Plugin
from kili_emulator.rules import subjects

_LABELS = ("append_labels", "append_to_labels")

# A method → the subjects of the events that its calls cause.
SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "add_metadata": ("asset.updated",),
    "add_to_review": ("asset.workflow.setToNextStep", "asset.workflow.currentStep.changed"),
    "append_many_to_dataset": ("asset.created",),
    "append_to_roles": ("project.member.created",),
    "assign_assets_to_labelers": ("asset.workflow.assigned",),
    "change_asset_external_ids": ("asset.updated",),
    "create_honeypot": (f"{subjects.LABEL_CREATED}honeypot",),
    "create_issues": ("asset.issue.created",),
    "create_predictions": (subjects.new_label_subject("PREDICTION"),),
    "delete_from_roles": ("project.member.deleted",),
    "delete_many_from_dataset": ("asset.deleted",),
    "send_back_to_queue": (subjects.SENT_BACK, "asset.workflow.currentStep.statusChanged"),
    "set_assets_priority": ("asset.updated",),
    "set_metadata": ("asset.updated",),
    "update_properties_in_assets": ("asset.updated",),
    "update_properties_in_project": (subjects.SETTINGS_CHANGED, "project.settings.updated"),
    "update_properties_in_project_user": ("project.member.updated",),
    "update_properties_in_role": ("project.member.updated",),
}

# A method → a parameter, and the subject of the event that each of its values causes.
SUBJECTS_BY_ARGUMENT: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "append_to_issues": (
        "type_",
        {"ISSUE": "asset.issue.created", "QUESTION": "asset.question.created"},
    ),
    "skip_or_unskip": ("action", {"skip": "asset.skipped", "unskip": "asset.unskipped"}),
    "update_issue_status": (
        "status",
        {"SOLVED": "asset.issue.resolved", "CANCELLED": "asset.issue.cancelled"},
    ),
    **{
        name: (
            "label_type",
            {
                each: subjects.new_label_subject(each)
                for each in ("DEFAULT", "REVIEW", "PREDICTION", "INFERENCE")
            },
        )
        for name in _LABELS
    },
}
_DEFAULTS = {"label_type": "DEFAULT", "type_": "ISSUE"}


def caused_events(plugin: Plugin, name: str, call: ast.Call) -> tuple[str, ...]:
    """Return the subjects of the events that a call causes, as far as the source shows them.

    Args:
        name: name of the called method.
    """
    if name not in SUBJECTS_BY_ARGUMENT:
        return SUBJECTS.get(name, ())
    parameter, events = SUBJECTS_BY_ARGUMENT[name]
    value = _argument_value(plugin, name, parameter, call)
    return (events[value],) if value is not None and value in events else ()


def _argument_value(plugin: Plugin, name: str, parameter: str, call: ast.Call) -> str | None:
    """Return the value of a parameter in a call; ``None`` if only the run determines it."""
    if any(each.arg is None for each in call.keywords):
        return None
    if any(isinstance(each, ast.Starred) for each in call.args):
        return None
    method = plugin.source.surface.methods.get(name)
    order = list(method.parameters) if method else []
    by_name = {each.arg: each.value for each in call.keywords}
    by_position = dict(zip(order, call.args, strict=False))
    value = by_name.get(parameter, by_position.get(parameter))
    if value is None:
        return _DEFAULTS.get(parameter)
    return str(value.value) if isinstance(value, ast.Constant) else None
