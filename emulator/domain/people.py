"""People who are played: who does what where, found by the names that one types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from emulator import errors, messages
from emulator.domain import access, person
from emulator.domain.documents import AssetDoc, ProjectDoc, RunDoc, UserDoc
from emulator.domain.events import await_deliveries
from emulator.domain.person import Done, Work
from emulator.domain.run import called, headline
from emulator.domain.world import Actor, Transaction, View, World


@dataclass(frozen=True)
class Deed:
    """What somebody does.

    Attributes:
        verb: a key of :data:`emulator.domain.person.VERBS`.
        project: the project's id or title.
        user: the person's address, or the name of their API key.
        asset: the asset's id or external id; the next in the person's queue, if ``None``.
    """

    verb: str
    project: str
    user: str
    asset: str | None = None
    work: Work = field(default_factory=Work)


def act(world: World, deed: Deed, seconds: float) -> dict[str, Any]:
    """Have somebody do something, and wait for all runs that this causes.

    Args:
        seconds: how long to wait for them at most.

    Returns:
        ``verb``, ``user``, ``projectId``, ``assetId``, ``externalId``, ``labelId``, ``issueId``;
        where the asset stood ``before`` and stands ``after`` (``status``, ``skipped``, ``step``,
        ``stepStatus``); and the ``runs`` that were caused, each as :func:`run_told` tells it.

    Raises:
        KiliError: somebody or something is unknown, or the person cannot do that now.
    """
    actor = find_person(world.view, deed.user)
    with world.transaction(Actor(actor)) as tx:
        project = _project_of(tx, actor, deed.project)
        target = _asset(tx, project, deed)
        before = _standing(tx, target)
        done = person.VERBS[deed.verb](tx, target, deed.work)
    await_deliveries(tx.deliveries, seconds)
    view = world.view
    after = _standing(view, view.assets.get(target["id"]))
    return {
        **_members(deed, actor, target, done),
        "before": before,
        "after": after,
        "runs": _caused(view, {each["id"] for each in tx.happened}),
    }


def _members(deed: Deed, actor: UserDoc, target: AssetDoc, done: Done) -> dict[str, Any]:
    return {
        "verb": deed.verb,
        "user": actor["email"],
        "projectId": target["projectId"],
        "assetId": target["id"],
        "externalId": target["externalId"],
        "labelId": done.label_id,
        "issueId": done.issue_id,
    }


def find_person(view: View, name: str) -> UserDoc:
    """The user with an address, or with an API key of a name.

    Raises:
        KiliError: there is none, there are several, or they are deactivated.
    """
    people: list[UserDoc] = [each for each in view.users.all() if not each["isServiceAccount"]]
    keys = [(key["name"], key["userId"]) for key in view.api_keys.all()]
    ids = [user_id for key_name, user_id in keys if key_name == name]
    found = [each for each in people if each["email"] == name.lower()]
    found = found or [each for each in people if each["id"] in ids]
    if not found:
        raise errors.person_unknown(name, [each["email"] for each in people])
    if len(found) > 1:
        raise errors.person_ambiguous(name, [each["email"] for each in found])
    if not found[0]["activated"]:
        raise errors.person_deactivated(found[0]["email"])
    return found[0]


def find_project(view: View, name: str) -> ProjectDoc:
    """The project with an id or a title.

    Raises:
        KiliError: there is none, or there are several of that title.
    """
    projects: list[ProjectDoc] = [each for each in view.projects.all() if not each["deletedAt"]]
    found = [each for each in projects if each["id"] == name]
    found = found or [each for each in projects if each["title"] == name]
    if not found:
        raise errors.project_not_named(name, [_titled(each) for each in projects])
    if len(found) > 1:
        raise errors.project_ambiguous(name, [_titled(each) for each in found])
    return found[0]


def find_asset(view: View, project: ProjectDoc, name: str) -> AssetDoc:
    """The asset of a project with an id or an external id.

    Raises:
        KiliError: there is none, or there are several of that external id.
    """
    target = view.assets.get(name)
    if target and target["projectId"] == project["id"]:
        return target
    found = view.assets.find("externalId", (project["id"], name))
    if not found:
        raise errors.asset_not_named(name, project["title"])
    if len(found) > 1:
        raise errors.asset_ambiguous(name, [each["id"] for each in found])
    return found[0]


def _titled(project: ProjectDoc) -> str:
    return f"{project['id']} ({project['title']})"


def _project_of(view: View, actor: UserDoc, name: str) -> ProjectDoc:
    """The project, where the person can work in it."""
    project = find_project(view, name)
    if access.role_in(view, actor, project) is None:
        raise errors.person_not_member(actor["email"], project["title"], project["id"])
    if project["archivedAt"]:
        raise errors.project_archived(project["title"])
    return project


def _asset(tx: Transaction, project: ProjectDoc, deed: Deed) -> AssetDoc:
    if deed.asset is None:
        return _next(tx, project, deed)
    return find_asset(tx, project, deed.asset)


def _next(tx: Transaction, project: ProjectDoc, deed: Deed) -> AssetDoc:
    label_type = person.QUEUED.get(deed.verb)
    if label_type is None:
        raise errors.asset_missing(deed.verb)
    target = person.next_asset(tx, project, label_type)
    if target is None:
        raise errors.queue_empty(deed.verb, tx.actor.user["email"], project["title"])
    return target


def _standing(view: View, target: AssetDoc | None) -> dict[str, Any] | None:
    """Where an asset stands; ``None`` once it is gone, as a plugin may have deleted it."""
    if target is None:
        return None
    step = view.steps.get(target["stepId"] or "")
    return {
        "status": target["status"],
        "skipped": target["skipped"],
        "step": step["name"] if step else None,
        "stepStatus": target["stepStatus"],
    }


def _caused(view: View, event_ids: set[str]) -> list[dict[str, Any]]:
    """The runs that events caused, and those that these runs caused, in order, in any project."""
    caused: dict[str, dict[str, Any]] = {}
    for run in view.runs.all():
        if run["eventId"] in event_ids or run["causedBy"] in caused:
            caused[run["id"]] = run_told(view, run)
    return list(caused.values())


def run_told(view: View, run: RunDoc) -> dict[str, Any]:
    """What is told of a run: which it is, how it ended, and why.

    Returns:
        ``id``, ``plugin`` (its name), ``handler``, ``called`` (the handler; ``on_event`` with the
        event), ``outcome``; ``refusal`` (why it did not take place) with an ``explanation``; and
        the line of the ``error`` that says what it was.
    """
    plugin = view.plugins.get(run["pluginId"])
    return {
        "id": run["id"],
        "plugin": plugin["name"] if plugin else None,
        "handler": run["handler"],
        "called": called(run),
        "outcome": run["outcome"],
        "refusal": run["refusal"],
        "explanation": messages.REFUSALS.get(run["refusal"] or ""),
        "error": headline(run),
    }
