"""A project whose members label through the SDK, with queries for the state of its assets."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kili_emulator.app import Emulator
from kili_emulator.domain.project import create_project
from kili_emulator.domain.world import Actor
from kili_emulator.rules.workflow import NewWorkflow
from tests.kit.responses import RED
from tests.kit.world_content import INTERFACE

ROLES = {"manager": "TEAM_MANAGER", "reviewer": "REVIEWER", "labeler": "LABELER"}
NAMES = ("one", "two", "three")


def email(name: str) -> str:
    return f"{name}@example.com"


class LabelingProject:
    """A text project with three assets; users of the default scenario are its members.

    Args:
        workflow: the workflow of the project; by default, the workflow for the client's version.
    """

    def __init__(self, emulator: Emulator, workflow: NewWorkflow | None = None) -> None:
        self.emulator = emulator
        self.kili: Any = emulator.client()
        self.project = (
            self._create_with_workflow(workflow) if workflow else self._create_with_client()
        )
        for name, role in ROLES.items():
            self.kili.append_to_roles(self.project, email(name), role)
        self.add(*NAMES)

    def _create_with_client(self) -> str:
        created = self.kili.create_project(input_type="TEXT", json_interface=INTERFACE, title="Day")
        return str(created["id"])

    def _create_with_workflow(self, workflow: NewWorkflow) -> str:
        """Create a project as a scenario does, and return its id."""
        world = self.emulator.world
        (admin,) = world.view.users.find("email", email("admin"))
        with world.transaction(Actor(admin)) as tx:
            created = create_project(
                tx,
                title="Day",
                input_type="TEXT",
                json_interface=json.dumps(INTERFACE),
                workflow=workflow,
            )
        return str(created["id"])

    def add(self, *names: str) -> None:
        """Add assets with these external ids."""
        self.kili.append_many_to_dataset(
            self.project,
            content_array=list(names),
            external_id_array=list(names),
            disable_tqdm=True,
        )

    def user(self, name: str) -> str:
        """Return the id of the user with this name."""
        (found,) = self.kili.users(email=email(name), fields=["id"])
        return str(found["id"])

    def asset(self, name: str, *fields: str) -> dict[str, Any]:
        """Return fields of the asset with this external id."""
        selected_fields = ["id", *fields]
        (found,) = self.kili.assets(
            self.project, external_id_strictly_in=[name], fields=selected_fields
        )
        return dict(found)

    def id(self, name: str) -> str:
        return str(self.asset(name)["id"])

    def place(self, name: str) -> str:
        """Return the name and status of an asset's current step, such as ``Label TO_DO``."""
        step = self.asset(name, "currentStep.name", "currentStep.status")["currentStep"]
        return f"{step['name']} {step['status']}"

    def status(self, name: str) -> str:
        """Return the V1 status of an asset."""
        return str(self.asset(name, "status")["status"])

    def label(
        self,
        user: str,
        name: str,
        kind: str = "DEFAULT",
        response: Mapping[str, Any] = RED,
        **options: Any,
    ) -> str:
        """Label an asset as this user, and return the id of the label."""
        (created,) = self.emulator.client(user).append_labels(
            asset_id_array=[self.id(name)],
            json_response_array=[dict(response)],
            label_type=kind,
            project_id=self.project,
            disable_tqdm=True,
            **options,
        )
        return str(created["id"])

    def labels(self, name: str, *fields: str) -> list[dict[str, Any]]:
        return list(self.kili.labels(self.project, asset_id=self.id(name), fields=list(fields)))

    def steps(self, *fields: str) -> dict[str, dict[str, Any]]:
        """Return the project's steps by name, in workflow order."""
        selected_fields = [f"steps.{each}" for each in ("id", "name", *fields)]
        (found,) = self.kili.projects(self.project, fields=selected_fields)
        return {each["name"]: each for each in found["steps"]}

    def events(self, prefix: str) -> list[str]:
        """Return the subjects of the project's events with this prefix."""
        found = self.kili.events.list(project_id=self.project)
        return [each["event"] for each in found if each["event"].startswith(prefix)]

    def exported_answers(self, kind: str, folder: Path) -> dict[str, list[str]]:
        """Export the labels, and return the sorted color names by the external id of the asset."""
        archive = folder / "labels.zip"
        self.kili.export_labels(
            self.project,
            filename=str(archive),
            fmt="raw",
            export_type=kind,
            single_file=True,
            with_assets=False,
            disable_tqdm=True,
        )
        with zipfile.ZipFile(archive) as opened:
            (name,) = [each for each in opened.namelist() if each.endswith(".json")]
            assets = json.loads(opened.read(name))
        return {each["externalId"]: sorted(map(_color, _labels(each))) for each in assets}


def _labels(asset: dict[str, Any]) -> list[dict[str, Any]]:
    latest = [asset["latestLabel"]] if asset.get("latestLabel") else []
    return asset.get("labels") or asset.get("latestLabels") or latest


def _color(label: dict[str, Any]) -> str:
    return str(label["jsonResponse"]["COLOR"]["categories"][0]["name"])
