"""Scenarios: read them from files, or take them from dictionaries; check them before loading.

A scenario that passes these checks can fail only at the rules of the domain.
"""

from __future__ import annotations

import errno
import functools
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from kili_emulator import prepared_forms
from kili_emulator.config import seed_data_folder
from kili_emulator.data_folder import display_path
from kili_emulator.scenario.problem import NodePath, Problem, ScenarioError
from kili_emulator.scenario.times import find_time_problems

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

    from kili_emulator.scenario.yaml_document import YamlDocument

_SUFFIX = ".yaml"
_SCHEMA = "scenario.schema.json"
_MAX_MESSAGE_LENGTH = 200
# The name of a scenario that is given as a dictionary, in messages.
_DICTIONARY = "scenario"

# Input type → suffixes of the files that an asset can have as content → media type of the file.
MEDIA_TYPES: dict[str, dict[str, str]] = {
    "AUDIO": {".flac": "audio/flac", ".mp3": "audio/mpeg", ".wav": "audio/x-wav"},
    "GEOSPATIAL": {".jp2": "image/jp2", ".tif": "image/tiff", ".tiff": "image/tiff"},
    "IMAGE": {
        ".bmp": "image/bmp",
        ".gif": "image/gif",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".png": "image/png",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
        ".webp": "image/webp",
    },
    "LLM_RLHF": {".json": "application/json"},
    "PDF": {".pdf": "application/pdf"},
    "TEXT": {".txt": "text/plain; charset=utf-8"},
    "VIDEO": {".avi": "video/x-msvideo", ".mp4": "video/mp4", ".webm": "video/webm"},
}


class PathProblem(NamedTuple):
    """A problem of a node; ``outline`` is as in :class:`Problem`."""

    node_path: NodePath
    text: str
    outline: str = ""


@dataclass(frozen=True)
class Scenario:
    """A valid scenario.

    Attributes:
        path: the scenario file; paths of media are relative to its folder.
        text: the text of the file; ``None`` for a scenario that is given as a dictionary.
        data: the content. Do not change it: ``read_scenario`` returns cached scenarios.
    """

    path: Path
    text: str | None
    data: dict[str, Any]

    def error(self, node_path: NodePath, text: str) -> ScenarioError:
        """Build an error about a node of the scenario; the caller raises it."""
        line = None if self.text is None else _parse_yaml(self.text).line(node_path)
        return ScenarioError([Problem(line, node_path, text).format_message(self.path)])

    def media_path(self, name: str) -> Path:
        """Return the path of a media file that an asset names."""
        return self.path.parent / name

    def with_absolute_paths(self) -> dict[str, Any]:
        """Return the content with absolute paths of media files."""
        projects = [
            {**project, "assets": [self._with_path(each) for each in project.get("assets", [])]}
            for project in self.data.get("projects", [])
        ]
        return {**self.data, "projects": projects}

    def _with_path(self, asset: dict[str, Any]) -> dict[str, Any]:
        return {**asset, "file": str(self.media_path(asset["file"]))} if "file" in asset else asset


def scenario_names() -> list[str]:
    """Return the names of the scenarios that are part of the emulator."""
    return sorted(path.stem for path in seed_data_folder().glob(f"*{_SUFFIX}"))


_cache: dict[Path, tuple[tuple[int, int], Scenario]] = {}


def read_scenario(source: str | Path) -> Scenario:
    """Read and check a scenario; use the cached scenario if the file has not changed.

    Args:
        source: the name of a scenario of the emulator, or the path of a file.

    Raises:
        ScenarioError: the file cannot be read or is not a valid scenario. The error lists all
            problems that were found.
    """
    try:
        path = _resolve_path(source)
        status = _file_status(path)
        stamp = (status.st_mtime_ns, status.st_size)
        if path not in _cache or _cache[path][0] != stamp:
            _cache[path] = (stamp, _load_scenario(path, path.read_bytes()))
        return _cache[path][1]
    # ValueError: not a valid path; RuntimeError: a loop of symbolic links
    except (OSError, ValueError, RuntimeError) as error:
        known = ", ".join(scenario_names()) or "none"
        remedy = f"give the path of a file, or one of the names: {known}"
        reason = error.strerror if isinstance(error, OSError) else error
        text = f"{_escape_unprintable(source)}: cannot be read as a scenario ({reason}): {remedy}"
        raise ScenarioError([text]) from None


def scenario_of(data: Mapping[str, Any], origin: str | Path = "") -> Scenario:
    """Check a scenario that is given as a dictionary.

    Args:
        data: the content, with the members of a scenario file; it may hold paths.
        origin: the file from which the content was read, for messages; paths of media are relative
            to its folder. By default, they are relative to the current folder.

    Raises:
        ScenarioError: it is not a valid scenario. The error lists all problems that were found.
    """
    path = Path(origin or _DICTIONARY).absolute()
    try:
        content = json.loads(json.dumps(data, default=os.fspath, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        text = f"{display_path(path)}: it has a value that is not JSON: {error}"
        raise ScenarioError([text]) from None
    path_problems = _check_schema(content) or _check_references(content, path.parent)
    if path_problems:
        problems = [Problem(None, *each) for each in path_problems]
        raise ScenarioError([each.format_message(path) for each in problems])
    return Scenario(path, None, content)


def _file_status(path: Path) -> os.stat_result:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
        raise OSError(errno.EINVAL, "it is not a file")
    return status


def _escape_unprintable(source: str | Path) -> str:
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in str(source))


def is_scenario_name(source: str) -> bool:
    """Return whether a text names a scenario of the emulator: it has neither folder nor suffix."""
    return not {os.sep, "/", "."} & set(source)


def _resolve_path(source: str | Path) -> Path:
    is_name = isinstance(source, str) and is_scenario_name(source)
    path = seed_data_folder() / f"{source}{_SUFFIX}" if is_name else Path(source)
    return path.resolve()


def _load_scenario(path: Path, content: bytes) -> Scenario:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = "the file is not UTF-8 text: save it as UTF-8"
        raise ScenarioError([f"{display_path(path)}:{line}: {problem}"]) from None
    is_own = path.parent == seed_data_folder()
    prepared = prepared_forms.read_form(prepared_path(path), text) if is_own else None
    return Scenario(path, text, parse_scenario(path, text) if prepared is None else prepared)


def prepared_path(path: Path) -> Path:
    """Return the path of the prepared form of a scenario of the emulator."""
    return path.with_suffix(prepared_forms.SUFFIX)


def parse_scenario(path: Path, text: str) -> dict[str, Any]:
    """Parse and check the text of a scenario file.

    Raises:
        ScenarioError: as for :func:`read_scenario`.
    """
    document = _parse_yaml(text)
    problems = document.problems
    if not problems:
        path_problems = _check_schema(document.value) or _check_references(
            document.value, path.parent
        )
        problems = [Problem(document.line(each.node_path), *each) for each in path_problems]
    if problems:
        problems.sort(key=lambda each: each.line or 0)
        raise ScenarioError(
            [each.format_message(path) for each in problems],
            [each.format_outline(path) for each in problems],
        )
    value: dict[str, Any] = document.value
    return value


def _parse_yaml(text: str) -> YamlDocument:
    # Imported here because the scenarios of the emulator are read without YAML.
    from kili_emulator.scenario.yaml_document import YamlDocument

    return YamlDocument(text)


@functools.cache
def _validator() -> Draft202012Validator:
    # Imported here because a server with existing data does not need it.
    from jsonschema import Draft202012Validator

    text = (seed_data_folder() / _SCHEMA).read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def _check_schema(data: Any) -> list[PathProblem]:
    """Return the violations of the JSON schema of scenarios."""
    return [each for error in _validator().iter_errors(data) for each in _schema_problems(error)]


def _schema_problems(error: ValidationError) -> Iterator[PathProblem]:
    node_path, schema = tuple(error.absolute_path), cast(dict[str, Any], error.schema)
    if error.validator == "additionalProperties":
        text = f"there is no such member here (there are: {', '.join(schema['properties'])})"
        for key in cast(dict[str, Any], error.instance).keys() - schema["properties"].keys():
            yield PathProblem((*node_path, key), text)
    elif error.validator == "oneOf":
        names = [each["required"][0] for each in schema["oneOf"]]
        yield PathProblem(node_path, f"give exactly one of: {', '.join(names)}")
    else:
        text, half = error.message, _MAX_MESSAGE_LENGTH // 2
        text = text if len(text) <= 2 * half else f"{text[:half]} … {text[-half:]}"
        yield PathProblem(node_path, text, f"the value breaks the rule {error.validator!r}")


def _check_references(data: dict[str, Any], folder: Path) -> list[PathProblem]:
    """Check what a JSON schema cannot: references to users, duplicate names and missing files."""
    users = [(("users", number), user) for number, user in enumerate(data["users"])]
    path_problems = [
        *_find_duplicates("key", [((*node_path, "key"), user["key"]) for node_path, user in users]),
        *_find_duplicates(
            "e-mail", [((*node_path, "email"), user["email"].lower()) for node_path, user in users]
        ),
    ]
    roles = {user["key"]: user["organizationRole"] for _, user in users}
    for number, project in enumerate(data.get("projects", [])):
        path_problems += _check_project(("projects", number), project, roles, folder)
    return path_problems


def _find_duplicates(
    member_name: str, values: Iterable[tuple[NodePath, str]]
) -> Iterator[PathProblem]:
    seen = set()
    for node_path, value in values:
        if value in seen:
            yield PathProblem(node_path, f"the {member_name} {value!r} is used above already")
        seen.add(value)


def _check_project(
    node_path: NodePath, project: dict[str, Any], roles: dict[str, str], folder: Path
) -> Iterator[PathProblem]:
    members = project["members"]
    for key in members.keys() - roles.keys():
        yield PathProblem((*node_path, "members", key), _unknown_user(key, roles))
    if "ADMIN" not in members.values():
        yield PathProblem((*node_path, "members"), "a project needs a member with the role ADMIN")
    assets = [((*node_path, "assets", n), each) for n, each in enumerate(project.get("assets", []))]
    names = [((*child_path, "externalId"), asset["externalId"]) for child_path, asset in assets]
    yield from _find_duplicates("externalId", names)
    for time_path, text in find_time_problems(node_path, project):
        yield PathProblem(time_path, text)
    for child_path, asset in assets:
        if "file" in asset:
            yield from _check_file(child_path, asset["file"], project["inputType"], folder)
        for author_path, key in _find_authors(child_path, asset):
            if key not in roles:
                yield PathProblem(author_path, _unknown_user(key, roles))
            elif key not in members and roles[key] != "ADMIN":
                text = f"the user {key!r} is not a member of the project"
                yield PathProblem(author_path, text)


def _unknown_user(key: str, roles: dict[str, str]) -> str:
    return f"there is no user with the key {key!r} (there are: {', '.join(roles)})"


def _check_file(
    child_path: NodePath, name: str, input_type: str, folder: Path
) -> Iterator[PathProblem]:
    path, suffixes = folder / name, MEDIA_TYPES[input_type]
    if not path.is_file():
        yield PathProblem((*child_path, "file"), f"there is no file {display_path(path)}")
    if path.suffix.lower() not in suffixes:
        expected = ", ".join(suffixes)
        text = f"a file for a project of type {input_type} ends in: {expected}"
        yield PathProblem((*child_path, "file"), text)


def _find_authors(node_path: NodePath, holder: dict[str, Any]) -> Iterator[tuple[NodePath, str]]:
    """Yield the authors in an asset, label, issue or comment and in its children, with paths."""
    if "author" in holder:
        yield (*node_path, "author"), holder["author"]
    for member in ("labels", "issues", "comments"):
        for number, each in enumerate(holder.get(member, [])):
            yield from _find_authors((*node_path, member, number), each)
