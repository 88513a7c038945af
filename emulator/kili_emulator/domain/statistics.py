"""Statistics of projects and members: computed when they are read, or set through the API.

Clients may set some statistics: Kili's tutorials set the marks of a project, and the SDK documents
all of them as properties to update (contract/project.md#statistics). A set value is shown until the
computed value changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from kili_emulator.domain.documents import AssetDoc, MemberDoc, ProjectDoc
from kili_emulator.domain.quality import member_mark, project_mark
from kili_emulator.domain.world import Transaction, View
from kili_emulator.rules.workflow import REMAINING, REVIEWED, SUBMITTED

D = TypeVar("D", bound=Mapping[str, Any])

Statistic = Callable[[View, D], Any]

SET_VALUES: Final = "setStatistics"
"""The member of a document with the set values: ``{name: {"value": …, "computed": …}}``."""


@dataclass(frozen=True)
class WorkTotals:
    """The DEFAULT and REVIEW labels that a member submitted in a project.

    Attributes:
        annotations: the number of annotations in these labels.
        assets: the number of assets with such a label.
        labels: the number of labels.
        seconds: the time spent on the labels.
        last: the creation time of the last label.
    """

    annotations: int
    assets: int
    labels: int
    seconds: float
    last: str | None


def work_totals(view: View, member: MemberDoc) -> WorkTotals:
    """Return the totals of a member's work in their project."""
    author = (member["projectId"], member["userId"])
    all_labels = view.labels.find("member", author)
    labels = [each for each in all_labels if each["labelType"] in SUBMITTED]
    return WorkTotals(
        annotations=sum(each["numberOfAnnotations"] for each in labels),
        assets=len({each["assetId"] for each in labels}),
        labels=len(labels),
        seconds=sum(each["secondsToLabel"] for each in labels),
        last=max((each["createdAt"] for each in labels), default=None),
    )


def project_statistic(view: View, project: ProjectDoc, name: str) -> Any:
    """Return a statistic of a project: one of :data:`PROJECT_STATISTICS`."""
    return _shown_value(project, name, _PROJECT_FUNCTIONS[name](view, project))


def member_statistic(view: View, member: MemberDoc, name: str) -> Any:
    """Return a statistic of a member: one of :data:`MEMBER_STATISTICS`."""
    return _shown_value(member, name, _MEMBER_FUNCTIONS[name](view, member))


def set_project_statistics(
    tx: Transaction, project: ProjectDoc, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the project's :data:`SET_VALUES`, with these values added."""
    return _add_set_values(project, values, lambda name: _PROJECT_FUNCTIONS[name](tx, project))


def set_member_statistics(
    tx: Transaction, member: MemberDoc, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the member's :data:`SET_VALUES`, with these values added."""
    return _add_set_values(member, values, lambda name: _MEMBER_FUNCTIONS[name](tx, member))


def _shown_value(owner: Mapping[str, Any], name: str, computed: Any) -> Any:
    stored = owner.get(SET_VALUES, {}).get(name)
    if stored and stored["computed"] == computed:
        return stored["value"]
    return computed


def _add_set_values(
    owner: Mapping[str, Any], values: Mapping[str, Any], compute: Callable[[str], Any]
) -> dict[str, Any]:
    added = {name: {"value": each, "computed": compute(name)} for name, each in values.items()}
    return {**owner.get(SET_VALUES, {}), **added}


def _mark(name: str, mark_function: Callable[[View, D, str], Any]) -> Statistic[D]:
    return lambda view, owner: mark_function(view, owner, name)


def _count_assets(is_counted: Callable[[AssetDoc], bool]) -> Statistic[ProjectDoc]:
    def count(view: View, project: ProjectDoc) -> int:
        return sum(map(is_counted, view.assets.find("project", project["id"])))

    return count


_PROJECT_FUNCTIONS: dict[str, Statistic[ProjectDoc]] = {
    "consensusMark": _mark("consensusMark", project_mark),
    "honeypotMark": _mark("honeypotMark", project_mark),
    "numberOfAssets": lambda view, project: view.assets.count("project", project["id"]),
    "numberOfRemainingAssets": _count_assets(lambda asset: asset["status"] in REMAINING),
    "numberOfReviewedAssets": _count_assets(lambda asset: asset["status"] in REVIEWED),
    "numberOfSkippedAssets": _count_assets(lambda asset: asset["skipped"]),
}
_MEMBER_FUNCTIONS: dict[str, Statistic[MemberDoc]] = {
    "consensusMark": _mark("consensusMark", member_mark),
    "honeypotMark": _mark("honeypotMark", member_mark),
    "numberOfLabeledAssets": lambda view, member: work_totals(view, member).assets,
    "totalDuration": lambda view, member: work_totals(view, member).seconds,
}

PROJECT_STATISTICS = tuple(_PROJECT_FUNCTIONS)
MEMBER_STATISTICS = tuple(_MEMBER_FUNCTIONS)
