"""The projects that a user sees, the user's role in them, and the operations of the role.

See contract/project.md#lists-and-search, contract/member.md#roles.

An invisible object looks like an unknown one: a query omits the object, and a mutation answers that
access is denied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kili_emulator import errors
from kili_emulator.domain.actor import Actor
from kili_emulator.domain.documents import MemberDoc, PluginDoc, ProjectDoc, UserDoc
from kili_emulator.domain.tables import View
from kili_emulator.rules import permissions
from kili_emulator.rules.permissions import ProjectRole, Roles

_MANAGER_ROLES = permissions.names(permissions.PLUGIN_MANAGER_ROLES)


def role_in(view: View, user: UserDoc, project: ProjectDoc) -> ProjectRole | None:
    """Return the user's role in a project, or ``None`` if the user does not see the project.

    Requests and transactions use :class:`Access`, which decides the role once.
    """
    plugins = view.plugins.find("user", user["id"]) if user["isServiceAccount"] else []
    if any(project["id"] in each["projectIds"] for each in plugins):
        return "ADMIN"
    if user["organizationId"] != project["organizationId"]:
        return None
    if user["organizationRole"] == "ADMIN":
        return "ADMIN"
    member = find_active_member(view, user["id"], project["id"])
    return member["role"] if member else None


def find_active_member(view: View, user_id: str, project_id: str) -> MemberDoc | None:
    """Return the user's membership in the project; ``None`` if the user is not a member now."""
    member = find_membership(view, user_id, project_id)
    return member if member and not member["deletedAt"] else None


def find_membership(view: View, user_id: str, project_id: str) -> MemberDoc | None:
    """Return the user's membership in the project, even if the user has left the project."""
    members = view.project_users.find("membership", (project_id, user_id))
    return members[0] if members else None


def is_active_administrator(user: UserDoc) -> bool:
    """Return whether the user administers the organization; a service user never does."""
    is_person = user["activated"] and not user["isServiceAccount"]
    return bool(is_person and user["organizationRole"] == "ADMIN")


class Access:
    """The access of one actor to the projects of one view.

    Each request creates one for its view, and each transaction one for itself. Roles are decided
    once, and again after the transaction has changed members or plugins.
    """

    def __init__(self, view: View, actor: Actor) -> None:
        self.view = view
        self.actor = actor
        self._roles: dict[tuple[str, ...], ProjectRole | None] = {}
        self._basis: tuple[object, ...] = ()

    def role(self, project: ProjectDoc, user: UserDoc | None = None) -> ProjectRole | None:
        """Return the actor's role in a project, or ``None`` if the actor does not see the project.

        Args:
            user: return the role of this user instead, such as the author of a label.
        """
        basis = (self.view.project_users.snapshot, self.view.plugins.snapshot)
        if basis != self._basis:
            self._roles, self._basis = {}, basis
        user = user or self.actor.user
        of_user = user["id"], user["organizationId"], user["organizationRole"]
        key = (project["id"], project["organizationId"], *of_user)
        if key not in self._roles:
            self._roles[key] = role_in(self.view, user, project)
        return self._roles[key]

    def can_see(self, project_id: str) -> bool:
        """Return whether the project exists, is not deleted, and the actor sees it."""
        project = self.view.projects.get(project_id)
        return bool(project and not project["deletedAt"] and self.role(project))

    def projects(self, project_id: str | None = None) -> Iterator[ProjectDoc]:
        """Yield the projects that the actor sees, including deleted ones, in creation order.

        Args:
            project_id: yield only the project with this id.
        """
        if project_id is None:
            candidates = self._projects_of_organization()
        else:
            candidates = self.view.projects.get_many([project_id])
        for project in candidates:
            if self._is_in_organization(project) and self.role(project):
                yield project

    def list_invisible_project_ids(self, candidate_ids: Collection[str]) -> list[str]:
        """Return the named projects of the actor's organization that the actor does not see.

        Args:
            candidate_ids: texts that may be ids of projects, or of assets, which stand for their
                projects. Other texts are ignored.
        """
        assets = {
            each["projectId"] for name in candidate_ids if (each := self.view.assets.get(name))
        }
        projects = [self.view.projects.get(each) for each in sorted({*candidate_ids, *assets})]
        return [
            project["id"]
            for project in projects
            if project
            and not project["deletedAt"]
            and self._is_in_organization(project)
            and not self.role(project)
        ]

    def require_project(
        self, operation: str, project_id: str, roles: Roles | None = None
    ) -> ProjectDoc:
        """Return the project if the actor's role in it allows the operation.

        Args:
            roles: the roles that allow the operation; by default those of
                ``permissions.PROJECT_OPERATIONS``.

        Raises:
            KiliError: the project is unknown, invisible or deleted, or the actor's role does not
                allow the operation.
        """
        project = self.view.projects.get(project_id)
        role = self.role(project) if project else None
        if not project or project["deletedAt"] or role is None:
            raise errors.access_denied()
        allowed = permissions.PROJECT_OPERATIONS[operation] if roles is None else roles
        if role not in allowed:
            raise errors.no_access_rights(operation, f"{permissions.names(allowed)} in the project")
        return project

    def require_organization_role(self, operation: str) -> None:
        """Check that the actor's role in the organization allows the operation.

        Raises:
            KiliError: the role does not allow the operation.
        """
        role = self.actor.user["organizationRole"]
        if role not in permissions.ORGANIZATION_OPERATIONS[operation]:
            raise errors.no_organization_rights()

    def require_user_access(
        self, operation: str, user: UserDoc, *, admin_only: bool = False
    ) -> None:
        """Check that the actor may apply the operation to a user that the actor sees.

        Args:
            admin_only: require the role even if the actor changes their own account.

        Raises:
            KiliError: the actor may not, or the user is a service user.
        """
        if user["isServiceAccount"]:
            raise errors.access_denied()
        is_own = user["id"] == self.actor.user_id and operation in permissions.SELF_OPERATIONS
        if admin_only or not is_own:
            self.require_organization_role(operation)

    def require_manager_role(self, operation: str) -> None:
        """Check that the actor may add plugins or tags to the organization.

        Raises:
            KiliError: the actor is neither an administrator of the organization, nor an
                administrator or team manager of one of its projects.
        """
        projects = self._projects_of_organization()
        if self.actor.user["organizationRole"] != "ADMIN" and not any(
            self._can_manage_plugins(each) for each in projects if not each["deletedAt"]
        ):
            raise errors.no_access_rights(operation, f"{_MANAGER_ROLES} in a project")

    def require_plugin_manager(self, operation: str, plugin: PluginDoc) -> None:
        """Check that the actor may change a plugin.

        The code of a plugin has the role ADMIN in each project on which the plugin is active.

        Raises:
            KiliError: the actor is neither an administrator of the organization, nor the creator of
                the plugin, nor an administrator or team manager of every project on which the
                plugin is active.
        """
        user = self.actor.user
        if user["organizationRole"] == "ADMIN" or user["id"] == plugin["creatorId"]:
            return
        projects = [self.view.projects.require(each) for each in plugin["projectIds"]]
        if not projects or not all(map(self._can_manage_plugins, projects)):
            raise errors.no_access_rights(
                operation,
                f"to be its creator, or {_MANAGER_ROLES} in each project where it is active",
            )

    def _is_in_organization(self, project: ProjectDoc) -> bool:
        return project["organizationId"] == self.actor.user["organizationId"]

    def _projects_of_organization(self) -> list[ProjectDoc]:
        return self.view.projects.find("organization", self.actor.user["organizationId"])

    def _can_manage_plugins(self, project: ProjectDoc) -> bool:
        return self.role(project) in permissions.PLUGIN_MANAGER_ROLES
