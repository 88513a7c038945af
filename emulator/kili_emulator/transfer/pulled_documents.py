"""Documents from the answers of the platform's API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from kili_emulator.domain.documents import (
    AssetDoc,
    CommentDoc,
    IssueDoc,
    LabelDoc,
    MemberDoc,
    ProjectDoc,
    StepDoc,
    StepGroupDoc,
    TagDoc,
    UserDoc,
)
from kili_emulator.domain.step import can_role_work_on
from kili_emulator.rules.steps import FORMER_STATUS_NAMES
from kili_emulator.transfer.new_documents import (
    ORGANIZATION,
    UNKNOWN_USER,
    asset_document,
    label_document,
    member_document,
    project_document,
    user_document,
)
from kili_emulator.transfer.source import users_in

_LISTED_ONLY = "ORG_ADMIN"  # an administrator who has not joined the project

# An object of the API.
Told = dict[str, Any]


class Pulled:
    """What a copy has read of a project: the objects of the API."""

    def __init__(
        self, project: Told, pages: Mapping[str, Sequence[Told]], tags: Sequence[Told]
    ) -> None:
        self._project = project
        self._pages = pages
        self._tags = tags
        self.project_id: str = project["id"]
        self.created: str = project.get("createdAt") or "2000-01-01T00:00:00.000Z"

    def tables(self) -> dict[str, Sequence[Any]]:
        """Return the documents by table, without files."""
        project, assets = self.project(), self.assets()
        labels = list(self.labels(assets, project["inputType"]))
        return {
            "users": self.users(),
            "projects": [project],
            "projectUsers": self.members(),
            "stepGroups": self.step_groups(),
            "steps": self.steps(),
            "assets": assets,
            "labels": labels,
            "issues": self.issues(),
            "comments": self.comments(),
            "tags": self.tags(),
        }

    def users(self) -> list[UserDoc]:
        """Return all users that an object names, with all that is told about them."""
        told: dict[str, Told] = {}
        objects = [self._project, *(each for page in self._pages.values() for each in page)]
        for each in users_in(objects):
            told[each["id"]] = {**told.get(each["id"], {}), **each}
        ordered = sorted(told.values(), key=lambda each: (each.get("createdAt") or "", each["id"]))
        return [user_document(each, self.created) for each in ordered]

    def project(self) -> ProjectDoc:
        """Return the project."""
        steps = self._project.get("steps")
        members = {
            **self._project,
            "authorId": _id_of(self._project.get("author")),
            "workflowVersion": self._project.get("workflowVersion") or ("V2" if steps else "V1"),
        }
        return project_document(members, self.created)

    def members(self) -> list[MemberDoc]:
        """Return present and former members, in the order of the API."""
        return [
            member_document({**each, "userId": each["user"]["id"]}, self.project_id, self.created)
            for each in self._pages["projectUsers"]
            if each.get("user") and each.get("status") != _LISTED_ONLY
        ]

    def step_groups(self) -> list[StepGroupDoc]:
        """Return the groups of the steps."""
        return [
            {"id": each["id"], "projectId": self.project_id, "name": each["name"]}
            for each in self._project.get("stepGroups") or ()
        ]

    def steps(self) -> list[StepDoc]:
        """Return the steps of the workflow."""
        return [
            self._step(each, order) for order, each in enumerate(self._project.get("steps") or ())
        ]

    def _step(self, told: Told, order: int) -> StepDoc:
        return {
            "id": told["id"],
            "projectId": self.project_id,
            "name": told["name"],
            "type": told["type"],
            "order": order if told.get("order") is None else told["order"],
            "stepGroupId": told.get("stepGroupId"),
            "assigneeIds": self._assignee_ids(told),
            "stepCoverage": told.get("stepCoverage"),
            "consensusCoverage": told.get("consensusCoverage"),
            "numberOfExpectedLabelsForConsensus": told.get("numberOfExpectedLabelsForConsensus"),
            "sendBackStepId": told.get("sendBackStepId"),
            "useHoneypot": bool(told.get("useHoneypot")),
        }

    def _assignee_ids(self, told: Told) -> list[str] | None:
        """Return the assignees of a step; ``None`` if they are all members who may work on it.

        The API lists these members for a step without assignees.
        """
        assignees = [each["id"] for each in told.get("assignees") or ()]
        workers = {
            each["user"]["id"]
            for each in self._pages["projectUsers"]
            if each.get("user")
            and each.get("status") == "ACTIVATED"
            and not each.get("deletedAt")
            and can_role_work_on(told["type"], each["role"])
        }
        return None if set(assignees) == workers or not assignees else assignees

    def assets(self) -> list[AssetDoc]:
        """Return the assets."""
        return [self._asset(each) for each in self._pages["assets"]]

    def _asset(self, told: Told) -> AssetDoc:
        step = told.get("currentStep") or {}
        status = step.get("status")
        pages = told.get("pageResolutions")
        members = {
            **told,
            "stepId": step.get("id"),
            "stepStatus": FORMER_STATUS_NAMES.get(status or "", status),
            "pageResolutions": [_without_nulls(each) for each in pages] if pages else pages,
            "assigneeIds": [
                each["user"]["id"] for each in told.get("toBeLabeledBy") or () if each.get("user")
            ],
        }
        return asset_document(members, self.project_id, self.created)

    def labels(self, assets: Sequence[AssetDoc], input_type: str) -> Iterator[LabelDoc]:
        """Yield the labels of the assets, in the order of their times."""
        by_id = {each["id"]: each for each in assets}
        counts: Counter[tuple[str, str]] = Counter()
        for told in sorted(self._pages["labels"], key=lambda each: str(each["createdAt"])):
            asset = by_id.get(told.get("assetId") or "")
            if asset is None:  # it was added to the source after the assets were read
                continue
            author_id = _id_of(told.get("author")) or UNKNOWN_USER
            members = {
                **told,
                "authorId": author_id,
                "stepId": _id_of(told.get("assetStep")),
                "referencedLabelId": _id_of(told.get("referencedLabel")),
            }
            version = counts[asset["id"], author_id]
            counts[asset["id"], author_id] += 1
            yield label_document(members, asset, input_type, version)

    def issues(self) -> list[IssueDoc]:
        """Return the issues and questions; their label is not in the API."""
        known = {each["id"] for each in self._pages["assets"]}
        return [self._issue(each) for each in self._pages["issues"] if each.get("assetId") in known]

    def _issue(self, told: Told) -> IssueDoc:
        document: Any = {
            "id": told["id"],
            "projectId": self.project_id,
            "assetId": told["assetId"],
            "labelId": None,
            "authorId": _id_of(told.get("author")) or UNKNOWN_USER,
            "assigneeId": _id_of(told.get("assignee")),
            "hasBeenSeen": bool(told.get("hasBeenSeen")),
            "objectMid": told.get("objectMid"),
            "type": told.get("type") or "ISSUE",
            "status": told.get("status") or "OPEN",
            "issueNumber": told.get("issueNumber") or 0,
            "createdAt": told.get("createdAt") or self.created,
            "updatedAt": told.get("updatedAt") or told.get("createdAt") or self.created,
        }
        return cast(IssueDoc, document)

    def comments(self) -> list[CommentDoc]:
        """Return the comments on the issues."""
        known = {each["id"] for each in self.issues()}
        return [
            {
                "id": each["id"],
                "issueId": issue["id"],
                "authorId": _id_of((each.get("author") or {}).get("user")) or UNKNOWN_USER,
                "text": each.get("text") or "",
                "createdAt": each.get("createdAt") or self.created,
                "updatedAt": each.get("updatedAt") or each.get("createdAt") or self.created,
            }
            for issue in self._pages["issues"]
            if issue["id"] in known
            for each in issue.get("comments") or ()
        ]

    def tags(self) -> list[TagDoc]:
        """Return the tags on the project."""
        return [
            {
                "id": each["id"],
                "organizationId": ORGANIZATION,
                "label": each["label"],
                "color": each.get("color") or "#000000",
                "projectIds": [self.project_id],
                "createdAt": self.created,
            }
            for each in self._tags
        ]


def _id_of(told: Any) -> str | None:
    return told["id"] if isinstance(told, dict) and told.get("id") else None


def _without_nulls(told: Told) -> Told:
    return {name: value for name, value in told.items() if value is not None}
