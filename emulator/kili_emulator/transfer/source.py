"""The source of a copy: an endpoint of the platform, read through the SDK.

Only queries are sent: each text begins with ``query``, and the class has no other way to send one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from kili_emulator import errors
from kili_emulator.transfer import selections
from kili_emulator.transfer.selections import Fields

PAGE_SIZE = 200
_SECONDS = 120
_MAX_REASON = 300


class Resource(NamedTuple):
    """A list of the API that a copy reads page by page.

    Attributes:
        field: the field that returns a page; ``counting_field`` returns the number of all.
        where: the type of the condition that selects the project.
        type: the type of the objects.
    """

    field: str
    counting_field: str
    where: str
    type: str

    def condition(self, project_id: str) -> dict[str, Any]:
        """Return the condition that selects the objects of a project."""
        return {"project": {"id": project_id}}


RESOURCES = (
    Resource("projectUsers", "countProjectUsers", "ProjectUserWhere", "ProjectUser"),
    Resource("assets", "countAssets", "AssetWhere", "Asset"),
    Resource("labels", "countLabels", "LabelWhere", "Label"),
    Resource("issues", "countIssues", "IssueWhere", "Issue"),
)


class Download(NamedTuple):
    """A downloaded file."""

    content: bytes
    content_type: str


class Source:
    """An endpoint of the platform, read only.

    Args:
        endpoint: the URL of its GraphQL API.
        key: an API key of a member of the project.
        cache: the folder in which the SDK may keep the schema.

    Raises:
        KiliError: the endpoint does not answer, or refuses the key.
    """

    def __init__(self, endpoint: str, key: str, cache: Path) -> None:
        from kili.client import Kili  # takes longer to import than most commands run

        from kili_emulator.plugins.guest.sdk_client import client_options

        self.endpoint = endpoint
        self._key = key
        try:
            self._client = Kili(**client_options(endpoint, key, cache))
        except Exception as error:
            raise self._refused(error) from None
        self.fields: Fields = self._read_fields()

    def _read_fields(self) -> Fields:
        """Return the fields of all types that a copy reads, and the fields that return them.

        Raises:
            KiliError: members are missing without which there is no copy.
        """
        names = {"Query", *selections.SELECTIONS}
        for selection in selections.SELECTIONS.values():
            names |= set(selections.types_of(selection))
        ordered = sorted(names)
        aliases = " ".join(
            f't{number}: __type(name: "{name}") {{ fields(includeDeprecated: true) {{ name }} }}'
            for number, name in enumerate(ordered)
        )
        found = self._execute(f"query copyTypes {{ {aliases} }}", {})
        fields = {
            name: frozenset(each["name"] for each in (found[f"t{number}"] or {}).get("fields", ()))
            for number, name in enumerate(ordered)
        }
        lacking = sorted(
            f"{name}.{each}"
            for name, needed in selections.NEEDED.items()
            for each in needed - fields[name]
        )
        if lacking:
            raise errors.pull_lacks_fields(self.endpoint, lacking)
        return fields

    def missing_members(self) -> list[str]:
        """Return the members that a copy would read, and that the API does not have."""
        return sorted(
            {
                each
                for name, selection in selections.SELECTIONS.items()
                for each in selections.missing(name, selection, self.fields)
            }
        )

    def project(self, project_id: str) -> dict[str, Any]:
        """Return the project.

        Raises:
            KiliError: the key does not see it.
        """
        text = selections.selected("Project", selections.PROJECT, self.fields)
        found = self._execute(
            "query copyProject($where: ProjectWhere!, $first: PageSize!, $skip: Int!) "
            f"{{ found: projects(where: $where, first: $first, skip: $skip) {{ {text} }} }}",
            {"where": {"id": project_id}, "first": 1, "skip": 0},
        )["found"]
        if not found:
            raise errors.pull_project_unknown(project_id, self.endpoint)
        project: dict[str, Any] = found[0]
        return project

    def tags(self, project_id: str) -> list[dict[str, Any]]:
        """Return the tags of the project; none if the API has no tags."""
        if "listTagsByProject" not in self.fields["Query"]:
            return []
        text = selections.selected("Tag", selections.TAG, self.fields)
        found: list[dict[str, Any]] | None = self._execute(
            "query copyTags($projectId: ID!) "
            f"{{ found: listTagsByProject(projectId: $projectId) {{ {text} }} }}",
            {"projectId": project_id},
        )["found"]
        return found or []

    def count(self, resource: Resource, project_id: str) -> int:
        """Return the number of objects of a project."""
        return int(
            self._execute(
                f"query copyCount($where: {resource.where}!) "
                f"{{ found: {resource.counting_field}(where: $where) }}",
                {"where": resource.condition(project_id)},
            )["found"]
        )

    def page(self, resource: Resource, project_id: str, skip: int) -> list[dict[str, Any]]:
        """Return up to :data:`PAGE_SIZE` objects of a project."""
        text = selections.selected(resource.type, selections.SELECTIONS[resource.type], self.fields)
        found: list[dict[str, Any]] | None = self._execute(
            f"query copyPage($where: {resource.where}!, $first: PageSize!, $skip: Int!) "
            f"{{ found: {resource.field}(where: $where, first: $first, skip: $skip) "
            f"{{ {text} }} }}",
            {"where": resource.condition(project_id), "first": PAGE_SIZE, "skip": skip},
        )["found"]
        return found or []

    def _execute(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        if not document.startswith("query "):
            raise AssertionError("a source is only read")
        try:
            answer: dict[str, Any] = self._client.graphql_client.execute(document, dict(variables))
        except Exception as error:
            raise self._refused(error) from None
        return answer

    def download(self, url: str) -> Download:
        """Return the file at a URL; the key is sent to the endpoint only.

        Raises:
            OSError: the file cannot be downloaded.
        """
        import requests

        own, other = urlsplit(self.endpoint), urlsplit(url)
        is_own = (own.scheme, own.netloc) == (other.scheme, other.netloc)
        headers = {"Authorization": f"X-API-Key: {self._key}"} if is_own else {}
        answer = requests.get(url, headers=headers, timeout=_SECONDS)
        answer.raise_for_status()
        content_type = answer.headers.get("Content-Type", "application/octet-stream")
        return Download(answer.content, content_type)

    def _refused(self, error: Exception) -> errors.KiliError:
        reason = f"{type(error).__name__}: {error}".replace(self._key, "***")
        return errors.pull_refused(self.endpoint, reason[:_MAX_REASON])


def users_in(objects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return all users that objects of the API have in them, at any depth."""
    found: list[dict[str, Any]] = []
    pending: list[Any] = list(objects)
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            if "email" in value and value.get("id"):
                found.append(value)
            pending += [each for each in value.values() if isinstance(each, dict | list)]
    return found
