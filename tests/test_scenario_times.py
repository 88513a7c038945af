"""Times in scenarios: ``createdAt`` and ``updatedAt`` of projects and their parts."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from kili_emulator import Emulator
from kili_emulator.scenario import ScenarioError
from kili_emulator.testing.sdk import fast_sdk

NOW = "2026-11-30T12:00:00Z"
HEAD = """\
organization: {name: Test}
users:
  - {key: admin, email: admin@example.com, firstname: A, lastname: A, organizationRole: ADMIN}
  - {key: labeler, email: labeler@example.com, firstname: L, lastname: L, organizationRole: USER}
projects:
  - title: P
    inputType: TEXT
    jsonInterface:
      jobs: {JOB: {mlTask: CLASSIFICATION, content: {categories: {A: {}}}}}
    members: {admin: ADMIN, labeler: LABELER}
    assets:
"""
LABEL = "type: DEFAULT, author: labeler, jsonResponse: {JOB: {categories: [{name: A}]}}"
WEEK = f"""\
      - externalId: old
        content: a
        createdAt: -2w
        author: admin
        updatedAt: 2026-11-29
        labels:
          - {{{LABEL}, createdAt: -7d, updatedAt: -6d12h}}
        issues:
          - author: admin
            text: Why?
            createdAt: 2026-11-24T08:00:00Z
            updatedAt: 2026-11-25
            comments: [{{author: labeler, text: Because., createdAt: -5d}}]
      - externalId: new
        content: b
        labels:
          - {{{LABEL}, createdAt: -30m}}
          - {{{LABEL}}}
"""


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that writes a scenario with these assets."""
    monkeypatch.chdir(tmp_path)

    def write(assets: str) -> str:
        (tmp_path / "s.yaml").write_text(HEAD + assets, encoding="utf-8")
        return "s.yaml"

    return write


def test_labels_of_last_week_are_found_by_their_dates(scenario) -> None:
    now = datetime.fromisoformat(NOW.replace("Z", "+00:00"))
    with freeze_time(NOW), fast_sdk(), Emulator(scenario(WEEK)) as emulator:
        kili = emulator.client()
        project_id = kili.projects(fields=["id"])[0]["id"]
        fields = ["createdAt", "author.email"]
        last_week = kili.labels(
            project_id,
            created_at_gte=(now - timedelta(days=8)).date().isoformat(),
            created_at_lte=(now - timedelta(days=3)).date().isoformat(),
            fields=fields,
        )
        today = kili.count_labels(project_id, created_at_gte=now.date().isoformat())
        old_assets = kili.count_assets(project_id, created_at_lte="2026-11-20")

    email = {"email": "labeler@example.com"}
    assert last_week == [{"createdAt": "2026-11-23T12:00:00.000Z", "author": email}]
    assert (today, old_assets) == (2, 1)


def test_each_part_has_the_times_of_the_scenario(scenario) -> None:
    with freeze_time(NOW), Emulator(scenario(WEEK)) as emulator:
        view = emulator.world.view
        times = {
            each["externalId"]: (each["createdAt"], each["updatedAt"]) for each in view.assets.all()
        }
        labels = [(each["createdAt"], each["updatedAt"]) for each in view.labels.all()]
        (issue,) = view.issues.all()
        comments = [each["createdAt"] for each in view.comments.all()]
        (project,) = view.projects.all()
        events = {each["event"]: each["createdAt"] for each in view.events.all()}

    assert times == {
        "old": ("2026-11-16T12:00:00.000Z", "2026-11-29T00:00:00.000Z"),
        "new": ("2026-11-30T11:30:00.000Z", "2026-11-30T11:30:00.000Z"),
    }
    assert labels == [
        ("2026-11-23T12:00:00.000Z", "2026-11-24T00:00:00.000Z"),
        *[("2026-11-30T11:30:00.000Z",) * 2] * 2,
    ]
    assert (issue["createdAt"], issue["updatedAt"]) == (
        "2026-11-24T08:00:00.000Z",
        "2026-11-25T00:00:00.000Z",
    )
    assert comments == ["2026-11-24T08:00:00.000Z", "2026-11-25T12:00:00.000Z"]
    assert project["createdAt"] == "2026-11-16T12:00:00.000Z", "as old as its oldest part"
    assert events["asset.created"] == "2026-11-30T11:30:00.000Z"


def test_an_asset_is_added_by_its_author(scenario) -> None:
    second = HEAD.replace("labeler: LABELER", "labeler: TEAM_MANAGER")
    Path("s.yaml").write_text(
        second + "      - {externalId: a, content: a, author: labeler}\n", encoding="utf-8"
    )
    with Emulator("s.yaml") as emulator:
        view = emulator.world.view
        (created,) = [each for each in view.events.all() if each["event"] == "asset.created"]
        assert view.users.require(created["userId"])["email"] == "labeler@example.com"


ASSET = "      - {externalId: a, content: a, %s}\n"
LABELED = "      - externalId: a\n        content: a\n%s        labels: [{%s, %s}]\n"

# name → assets, line of the mistake, start of the message
MISTAKES = {
    "no time": (ASSET % "createdAt: 7d", 12, "createdAt: '7d' is no time: give a time such as"),
    "no date": (ASSET % "updatedAt: 2026-02-30", 12, "updatedAt: '2026-02-30' is no time: give"),
    "in the future": (
        ASSET % "createdAt: 2027-01-01",
        12,
        "createdAt: 2027-01-01T00:00:00.000Z is in the future: it is 2026-11-30T12:00:00.000Z in",
    ),
    "older than the asset": (
        LABELED % ("        createdAt: -1d\n", LABEL, "createdAt: -2d"),
        15,
        "labels[0].createdAt: 2026-11-28T12:00:00.000Z is before 2026-11-29T12:00:00.000Z, when",
    ),
    "changed before created": (
        LABELED % ("", LABEL, "createdAt: -2d, updatedAt: -3d"),
        14,
        "labels[0].updatedAt: updatedAt 2026-11-27T12:00:00.000Z is before createdAt 2026-11-28",
    ),
}


@pytest.mark.parametrize(("assets", "line", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_impossible_times_are_refused_with_their_line(
    scenario, assets: str, line: int, message: str
) -> None:
    path = scenario(assets)
    with freeze_time(NOW), pytest.raises(ScenarioError) as caught, Emulator(path):
        pass
    assert str(caught.value).startswith(f"s.yaml:{line}: projects[0].assets[0].{message}")
