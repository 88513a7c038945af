"""Loads scenarios into worlds, through the domain, so that its rules hold for them too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kili_emulator.domain import (
    api_key,
    asset,
    file,
    issue,
    label,
    member,
    project_version,
    user,
)
from kili_emulator.domain import organization as organizations
from kili_emulator.domain import project as projects
from kili_emulator.domain.documents import OrganizationDoc, ProjectDoc, UserDoc
from kili_emulator.domain.world import Actor, Transaction, World
from kili_emulator.errors import KiliError
from kili_emulator.rules.workflow import NewWorkflow
from kili_emulator.scenario.scenario_file import MEDIA_TYPES, Scenario
from kili_emulator.scenario.yaml_document import Steps

KeyFor = Callable[[str], str]


def load_scenario(world: World, scenario: Scenario, key_for: KeyFor) -> None:
    """Put what a scenario says into a world: all of it, or nothing.

    Everything happens in one transaction, in which each label, issue and comment is made by its
    author. Its events are those that the same actions would cause through the API. They reach
    whoever has subscribed to the world, which is nobody as long as it is being made; and since a
    scenario holds no plugins, loading one never starts a plugin of its own.

    Args:
        world: where to; usually a new one.
        scenario: what to load.
        key_for: gives the API key of a user by the user's key in the scenario (``admin``, …).

    Raises:
        ScenarioError: the domain refuses a part of it; the message names the part and its line.
    """
    with world.transaction(Actor.system()) as tx:
        _Loading(tx, scenario).load(key_for)


class _Loading:
    """One scenario on its way into a world."""

    def __init__(self, tx: Transaction, scenario: Scenario) -> None:
        self._tx = tx
        self._scenario = scenario
        self._users: dict[str, UserDoc] = {}

    def load(self, key_for: KeyFor) -> None:
        data = self._scenario.data
        described = data["organization"]
        license_ = described.get("license", {})
        organization = organizations.insert_organization(self._tx, described["name"], license_)
        for number, each in enumerate(data["users"]):
            with self._part("users", number):
                self._load_user(organization, each, key_for)
        for number, each in enumerate(data.get("projects", [])):
            self._load_project(("projects", number), each)

    @contextmanager
    def _part(self, *steps: str | int) -> Iterator[None]:
        """Have what the domain refuses reported with its place in the file."""
        try:
            yield
        except KiliError as error:
            reason = error.message.partition("This can be due to: ")[2] or error.message
            text = reason.removesuffix(" | trace : false")
            raise self._scenario.error(steps, text) from error

    def _act_as(self, key: str) -> None:
        """Have all that follows done by this user of the scenario."""
        self._tx.actor = Actor(self._users[key])

    def _load_user(
        self, organization: OrganizationDoc, each: dict[str, Any], key_for: KeyFor
    ) -> None:
        key = each["key"]
        created = user.create_user(self._tx, organization, each)
        described = each.get("apiKey", {})
        api_key.create_api_key(
            self._tx,
            created,
            name=key,
            key=key_for(key),
            expiry=described.get("expiryDate"),
            revoked=described.get("revoked", False),
        )
        self._users[key] = created

    def _load_project(self, steps: Steps, each: dict[str, Any]) -> None:
        members = each["members"]
        creator = next(key for key, role in members.items() if role == "ADMIN")
        self._act_as(creator)
        with self._part(*steps):
            created = projects.create_project(
                self._tx,
                title=each["title"],
                input_type=each["inputType"],
                json_interface=_json(each["jsonInterface"]),
                description=each.get("description", ""),
                settings=each.get("settings"),
                workflow=_workflow(each),
            )
        for key, role in members.items():
            member.add(self._tx, created, self._users[key], role)
        for number, row in enumerate(each.get("assets", [])):
            self._act_as(creator)
            self._load_asset((*steps, "assets", number), created, row)
        self._act_as(creator)
        for version in each.get("versions", []):
            project_version.create_version(
                self._tx, created, name=version["name"], content=version.get("content")
            )

    def _load_asset(self, steps: Steps, project: ProjectDoc, each: dict[str, Any]) -> None:
        asset_id = self._tx.new_id()
        content = each.get("content")
        if "file" in each:
            content = self._store(steps, project, asset_id, each["file"])
        row = {
            "id": asset_id,
            "externalId": each["externalId"],
            "content": content,
            "jsonMetadata": _json(each.get("jsonMetadata", {})),
            "status": each.get("status"),
        }
        with self._part(*steps):
            asset.create_assets(self._tx, "appendManyAssets", project["id"], [row])
        for number, described in enumerate(each.get("labels", [])):
            self._load_label((*steps, "labels", number), asset_id, described)
        self._load_issues(steps, each, {"assetId": asset_id})

    def _store(self, steps: Steps, project: ProjectDoc, asset_id: str, name: str) -> str:
        path = self._scenario.media(name)
        try:
            content = path.read_bytes()
        except OSError as error:
            text = f"{path} cannot be read ({error.strerror})"
            raise self._scenario.error((*steps, "file"), text) from None
        upload = file.Upload(f"{file.folder(project['id'], asset_id)}/content", project["id"])
        file.store(
            self._tx, upload, content, MEDIA_TYPES[project["inputType"]][path.suffix.lower()]
        )
        return file.reference(upload.file_id)

    def _load_label(self, steps: Steps, asset_id: str, each: dict[str, Any]) -> None:
        self._act_as(each["author"])
        row = {
            "assetID": asset_id,
            "jsonResponse": _json(each["jsonResponse"]),
            "modelName": each.get("modelName"),
            "secondsToLabel": each.get("secondsToLabel"),
        }
        with self._part(*steps):
            (created,) = label.append_labels(self._tx, "appendManyLabels", each["type"], [row])
        self._load_issues(steps, each, {"labelID": created["id"]})

    def _load_issues(self, steps: Steps, holder: dict[str, Any], target: dict[str, str]) -> None:
        for number, each in enumerate(holder.get("issues", [])):
            place = (*steps, "issues", number)
            row = {
                **target,
                "type": each.get("type", "ISSUE"),
                "objectMid": each.get("objectMid"),
                "text": each["text"],
            }
            self._act_as(each["author"])
            with self._part(*place):
                (created,) = issue.create_issues(self._tx, "createIssues", [row])
                issue.update_issue(self._tx, created["id"], each.get("status"))
            for index, comment in enumerate(each.get("comments", [])):
                self._act_as(comment["author"])
                with self._part(*place, "comments", index):
                    issue.append_comment(self._tx, created["id"], comment["text"])


def _workflow(each: dict[str, Any]) -> NewWorkflow:
    groups = {"groups": tuple(each["stepGroups"])} if "stepGroups" in each else {}
    return NewWorkflow(each.get("workflow", "V1"), **groups)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
