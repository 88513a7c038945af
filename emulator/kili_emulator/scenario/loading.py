"""Loading of scenarios into worlds, through the domain: its rules hold for scenarios, too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
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
from kili_emulator.scenario.problem import NodePath
from kili_emulator.scenario.scenario_file import MEDIA_TYPES, Scenario
from kili_emulator.scenario.times import CreationTimes

MakeApiKey = Callable[[str], str]


def load_scenario(
    world: World, scenario: Scenario, make_api_key: MakeApiKey, *, replace: bool = False
) -> None:
    """Load a scenario into a world: completely, or not at all if an error occurs.

    One transaction loads the whole scenario; its actor is in turn the author of each label, issue
    and comment. It emits the same events as the same actions through the API. The events reach the
    subscribers of the world, but a new world has none yet. A scenario holds no plugins, so that
    loading one into a new world, or in place of its content, starts no plugin.

    Args:
        world: the world, usually a new one.
        scenario: the scenario to load.
        make_api_key: returns the API key of a user for the user's key in the scenario (``admin``,
            …).
        replace: delete all documents of the world in the same transaction.

    Raises:
        ScenarioError: the domain refuses a part of the scenario; the message names the part and its
            line.
    """
    with world.transaction(Actor.system()) as tx:
        if replace:
            tx.clear()
        _ScenarioLoader(tx, scenario).load(make_api_key)


class _ScenarioLoader:
    """The loading of one scenario in one transaction."""

    def __init__(self, tx: Transaction, scenario: Scenario) -> None:
        self._tx = tx
        self._scenario = scenario
        self._users: dict[str, UserDoc] = {}
        self._times = CreationTimes(tx.moment)

    def load(self, make_api_key: MakeApiKey) -> None:
        data = self._scenario.data
        section = data["organization"]
        license_ = section.get("license", {})
        organization = organizations.insert_organization(self._tx, section["name"], license_)
        for number, entry in enumerate(data["users"]):
            with self._locate_errors("users", number):
                self._load_user(organization, entry, make_api_key)
        for number, entry in enumerate(data.get("projects", [])):
            self._load_project(("projects", number), entry)

    @contextmanager
    def _locate_errors(self, *node_path: str | int) -> Iterator[None]:
        """Convert an error of the domain into a ``ScenarioError`` that names the node's line."""
        try:
            yield
        except KiliError as error:
            reason = error.message.partition("This can be due to: ")[2] or error.message
            text = reason.removesuffix(" | trace : false")
            raise self._scenario.error(node_path, text) from error

    @contextmanager
    def _create(
        self, node_path: NodePath, entry: dict[str, Any], parent: datetime | None = None
    ) -> Iterator[datetime]:
        """Let the clock of the transaction show the time when a part is created.

        Raises:
            ScenarioError: the part cannot have been created then.
        """
        try:
            created = self._times.of(entry, parent)
        except ValueError as error:
            raise self._scenario.error((*node_path, "createdAt"), str(error)) from None
        with self._tx.at(created):
            yield created

    def _update_time(
        self, node_path: NodePath, entry: dict[str, Any], created: datetime
    ) -> str | None:
        try:
            return self._times.update_of(entry, created)
        except ValueError as error:
            raise self._scenario.error((*node_path, "updatedAt"), str(error)) from None

    def _act_as(self, key: str) -> None:
        """Make this user of the scenario the actor of the following actions."""
        self._tx.actor = Actor(self._users[key])

    def _load_user(
        self, organization: OrganizationDoc, entry: dict[str, Any], make_api_key: MakeApiKey
    ) -> None:
        key = entry["key"]
        created = user.create_user(self._tx, organization, entry)
        section = entry.get("apiKey", {})
        api_key.create_api_key(
            self._tx,
            created,
            name=key,
            key=make_api_key(key),
            expiry=section.get("expiryDate"),
            revoked=section.get("revoked", False),
        )
        self._users[key] = created

    def _load_project(self, node_path: NodePath, entry: dict[str, Any]) -> None:
        with self._create(node_path, entry) as created_at:
            members = entry["members"]
            creator = next(key for key, role in members.items() if role == "ADMIN")
            self._act_as(creator)
            with self._locate_errors(*node_path):
                created = projects.create_project(
                    self._tx,
                    title=entry["title"],
                    input_type=entry["inputType"],
                    json_interface=_to_json(entry["jsonInterface"]),
                    description=entry.get("description", ""),
                    settings=entry.get("settings"),
                    workflow=_workflow(entry),
                )
            for key, role in members.items():
                member.add(self._tx, created, self._users[key], role)
        for number, row in enumerate(entry.get("assets", [])):
            self._act_as(row.get("author", creator))
            self._load_asset((*node_path, "assets", number), created, row, created_at)
        self._act_as(creator)
        for version in entry.get("versions", []):
            project_version.create_version(
                self._tx, created, name=version["name"], content=version.get("content")
            )

    def _load_asset(
        self, node_path: NodePath, project: ProjectDoc, entry: dict[str, Any], parent: datetime
    ) -> None:
        with self._create(node_path, entry, parent) as created_at:
            asset_id = self._tx.new_id()
            content = entry.get("content")
            if "file" in entry:
                content = self._store_file(node_path, project, asset_id, entry["file"])
            row = {
                "id": asset_id,
                "externalId": entry["externalId"],
                "content": content,
                "jsonMetadata": _to_json(entry.get("jsonMetadata", {})),
                "status": entry.get("status"),
            }
            with self._locate_errors(*node_path):
                asset.create_assets(self._tx, "appendManyAssets", project["id"], [row])
        for number, section in enumerate(entry.get("labels", [])):
            self._load_label((*node_path, "labels", number), asset_id, section, created_at)
        self._load_issues(node_path, entry, {"assetId": asset_id}, created_at)
        updated = self._update_time(node_path, entry, created_at)
        if updated:
            self._tx.assets.change(self._tx.assets.require(asset_id), updatedAt=updated)

    def _store_file(
        self, node_path: NodePath, project: ProjectDoc, asset_id: str, name: str
    ) -> str:
        path = self._scenario.media_path(name)
        try:
            content = path.read_bytes()
        except OSError as error:
            text = f"{path} cannot be read ({error.strerror})"
            raise self._scenario.error((*node_path, "file"), text) from None
        upload = file.Upload(f"{file.asset_folder(project['id'], asset_id)}/content", project["id"])
        file.store(
            self._tx, upload, content, MEDIA_TYPES[project["inputType"]][path.suffix.lower()]
        )
        return file.reference(upload.file_id)

    def _load_label(
        self, node_path: NodePath, asset_id: str, entry: dict[str, Any], parent: datetime
    ) -> None:
        self._act_as(entry["author"])
        row = {
            "assetID": asset_id,
            "jsonResponse": _to_json(entry["jsonResponse"]),
            "modelName": entry.get("modelName"),
            "secondsToLabel": entry.get("secondsToLabel"),
        }
        with self._create(node_path, entry, parent) as created_at, self._locate_errors(*node_path):
            (created,) = label.append_labels(self._tx, "appendManyLabels", entry["type"], [row])
        self._load_issues(node_path, entry, {"labelID": created["id"]}, created_at)
        updated = self._update_time(node_path, entry, created_at)
        if updated:
            self._tx.labels.change(self._tx.labels.require(created["id"]), updatedAt=updated)

    def _load_issues(
        self,
        node_path: NodePath,
        holder: dict[str, Any],
        subject: dict[str, str],
        parent: datetime,
    ) -> None:
        for number, entry in enumerate(holder.get("issues", [])):
            child_path = (*node_path, "issues", number)
            row = {
                **subject,
                "type": entry.get("type", "ISSUE"),
                "objectMid": entry.get("objectMid"),
                "text": entry["text"],
            }
            self._act_as(entry["author"])
            locate_errors = self._locate_errors(*child_path)
            with self._create(child_path, entry, parent) as created_at, locate_errors:
                (created,) = issue.create_issues(self._tx, "createIssues", [row])
                issue.update_issue(self._tx, created["id"], entry.get("status"))
            for index, comment in enumerate(entry.get("comments", [])):
                comment_path = (*child_path, "comments", index)
                self._load_comment(comment_path, created["id"], comment, created_at)
            updated = self._update_time(child_path, entry, created_at)
            if updated:
                self._tx.issues.change(self._tx.issues.require(created["id"]), updatedAt=updated)

    def _load_comment(
        self, node_path: NodePath, issue_id: str, entry: dict[str, Any], parent: datetime
    ) -> None:
        self._act_as(entry["author"])
        with self._create(node_path, entry, parent), self._locate_errors(*node_path):
            issue.append_comment(self._tx, issue_id, entry["text"])


def _workflow(entry: dict[str, Any]) -> NewWorkflow:
    groups = {"groups": tuple(entry["stepGroups"])} if "stepGroups" in entry else {}
    return NewWorkflow(entry.get("workflow", "V1"), **groups)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
