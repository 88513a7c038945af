"""Tags, with which an organization marks its projects.

See contract/tag.md#tags-of-an-organization, contract/tag.md#rights-on-tags.
"""

from __future__ import annotations

from kili_emulator import errors
from kili_emulator.domain.access import Access
from kili_emulator.domain.documents import TagDoc
from kili_emulator.domain.world import Actor, Transaction, View

DEFAULT_COLOR = "#003FE0"


def create_tag(tx: Transaction, label: str, color: str | None) -> TagDoc:
    """Add a tag to the actor's organization; several tags may have the same label.

    Raises:
        KiliError: the actor manages no project there, or the label is empty.
    """
    operation = "createTag"
    tx.access.require_manager_role(operation)
    _check_label(operation, label)
    return tx.tags.insert(
        {
            "id": tx.new_id(),
            "organizationId": tx.actor.user["organizationId"],
            "label": label,
            "color": color or DEFAULT_COLOR,
            "projectIds": [],
            "createdAt": tx.now,
        }
    )


def update_tag(tx: Transaction, tag_id: str, label: str | None) -> tuple[TagDoc, int]:
    """Give a tag another label, for all projects.

    Returns:
        the tag, and how many tags changed: 0 or 1.

    Raises:
        KiliError: the tag is unknown, the actor may not change it, or the label is empty.
    """
    operation = "updateTag"
    tag = _require_tag(tx, tag_id)
    tx.access.require_organization_role(operation)
    if label is None or label == tag["label"]:
        return tag, 0
    _check_label(operation, label)
    return tx.tags.change(tag, label=label), 1


def delete_tag(tx: Transaction, tag_id: str) -> None:
    """Delete a tag; the projects with the tag lose it.

    Raises:
        KiliError: the tag is unknown, or the actor may not delete it.
    """
    tag = _require_tag(tx, tag_id)
    tx.access.require_organization_role("deleteTag")
    tx.tags.delete(tag)


def check_tag(tx: Transaction, project_id: str, tag_id: str) -> TagDoc:
    """Put a tag on a project; a project that has the tag already does not change.

    Raises:
        KiliError: the project or the tag is unknown, or the actor may not tag the project.
    """
    tx.access.require_project("checkTag", project_id)
    tag = _require_tag(tx, tag_id)
    if project_id in tag["projectIds"]:
        return tag
    return tx.tags.change(tag, projectIds=[*tag["projectIds"], project_id])


def uncheck_tag(tx: Transaction, project_id: str, tag_id: str) -> TagDoc:
    """Remove a tag from a project.

    Raises:
        KiliError: as :func:`check_tag`, or the tag is not on the project.
    """
    operation = "uncheckTag"
    tx.access.require_project(operation, project_id)
    tag = _require_tag(tx, tag_id)
    if project_id not in tag["projectIds"]:
        raise errors.tag_not_checked(operation, tag["label"])
    remaining_ids = [each for each in tag["projectIds"] if each != project_id]
    return tx.tags.change(tag, projectIds=remaining_ids)


def _require_tag(tx: Transaction, tag_id: str) -> TagDoc:
    tag = tx.tags.get(tag_id)
    if not tag or tag["organizationId"] != tx.actor.user["organizationId"]:
        raise errors.access_denied()
    return tag


def _check_label(operation: str, label: str) -> None:
    if not label.strip():
        raise errors.tag_label_empty(operation)


def organization_tags(view: View, actor: Actor) -> list[TagDoc]:
    """Return the tags of the actor's organization, in creation order."""
    return view.tags.find("organization", actor.user["organizationId"])


def project_tags(access: Access, project_id: str) -> list[TagDoc]:
    """Return the tags of a project, in creation order; none if the actor does not see it."""
    if not access.can_see(project_id):
        return []
    return [
        each
        for each in organization_tags(access.view, access.actor)
        if project_id in each["projectIds"]
    ]


def checked_project_ids(access: Access, tag: TagDoc) -> list[str]:
    """Return the ids of a tag's projects that the actor sees, in the order of tagging."""
    return [each for each in tag["projectIds"] if access.can_see(each)]
