"""The reader of ``requirements.txt``, and the comparison with an environment.

The grammar is pip's: lines continued by a backslash, comments, options, hashes, markers, extras,
URLs. :mod:`packaging` reads each single requirement, as in pip.
"""

from __future__ import annotations

import re
import shlex
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as ParsedRequirement
from packaging.specifiers import SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

# In characters. The time to read a file is proportional to its length. A single requirement is read
# by ``packaging``, whose older versions backtrack and are still in use.
LONGEST_FILE = 1_000_000
LONGEST_REQUIREMENT = 2_000
_SHOWN_CHARACTERS = 80

# In characters. File systems allow no longer names. The limit also bounds the number of tags of a
# wheel: ``packaging`` multiplies the tags in its name.
_LONGEST_NAME = 255

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_REQUIREMENT_OPTIONS = re.compile(r"\s--(hash|global-option|config-settings)\b.*$")
_URL = re.compile(r"(\w+\+)?(https?|ssh|git|file)://|\w+\+\w+:", re.I)
_PATH = re.compile(r"\.{0,2}/|[A-Za-z]:[\\/]|.*\.(whl|zip|tar\.gz)$|\.$")
_FLAG_OPTIONS = {"--no-index", "--prefer-binary", "--require-hashes", "--pre"}
_FILE_OPTIONS = {"-r", "--requirement", "-c", "--constraint"}
_EDITABLE_OPTIONS = {"-e", "--editable"}
_OPTIONS_WITH_VALUE = {
    "-i": "--index-url",
    "-f": "--find-links",
    **{
        each: each
        for each in (
            "--index-url",
            "--extra-index-url",
            "--find-links",
            "--no-binary",
            "--only-binary",
            "--trusted-host",
            "--use-feature",
        )
    },
}


@dataclass(frozen=True)
class Requirement:
    """One requirement.

    Attributes:
        line: the number of the first line of the requirement, counted from 1.
        text: the requirement in the form for pip's command line.
        name: the distribution; ``None`` if the requirement is a URL without a name.
        url: the URL of the distribution, if the requirement has one.
    """

    line: int
    text: str
    name: str | None
    specifier: SpecifierSet = field(default_factory=SpecifierSet)
    extras: frozenset[str] = frozenset()
    marker: Marker | None = None
    url: str | None = None

    @property
    def applies(self) -> bool:
        """Whether the requirement has no marker, or a marker for this Python and machine."""
        return self.marker is None or self.marker.evaluate({"extra": ""})


@dataclass(frozen=True)
class RequirementFault:
    """A line that is not a valid requirement or option.

    Attributes:
        line: the line number, counted from 1.
        reason: what is wrong with the line, and how to fix it.
    """

    line: int
    text: str
    reason: str


@dataclass
class Requirements:
    """The content of a ``requirements.txt``.

    Attributes:
        options: the options that apply to all requirements, in the form for pip's command line.
        faults: the lines that are not valid.
    """

    requirements: list[Requirement] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    faults: list[RequirementFault] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The names of the distributions, as they are written in the file."""
        return [each.name for each in self.requirements if each.name]


@dataclass(frozen=True)
class InstalledDistribution:
    """A distribution that is installed in an environment.

    Attributes:
        requires: the requirements of the distribution, as in its metadata.
        url: the URL from which it was installed; ``None`` if it was installed from an index.
    """

    name: str
    version: str
    requires: tuple[str, ...] = ()
    url: str | None = None


# Finds an installed distribution by its name (or by its URL).
FindDistribution = Callable[[str], InstalledDistribution | None]


def read_requirements(text: str) -> Requirements:
    """Read a ``requirements.txt``; a file that is too long has one fault and no requirements."""
    parsed = Requirements()
    if len(text) > LONGEST_FILE:
        reason = f"the file has {len(text)} characters: only {LONGEST_FILE} are read, shorten it"
        return Requirements(faults=[RequirementFault(1, _shorten_line(text), reason)])
    for number, line in _logical_lines(text):
        try:
            if line.startswith("-"):
                _read_option(parsed, number, shlex.split(line))
            else:
                parsed.requirements.append(_read_requirement(number, line))
        except ValueError as error:
            parsed.faults.append(RequirementFault(number, _shorten_line(line), str(error)))
        except RecursionError:
            reason = "its marker is nested too deeply: simplify it"
            parsed.faults.append(RequirementFault(number, _shorten_line(line), reason))
    return parsed


def decode_requirements(content: bytes) -> Requirements:
    """Read the bytes of a ``requirements.txt``: UTF-8, with or without a byte order mark.

    Raises:
        UnicodeDecodeError: the bytes are not UTF-8.
    """
    return read_requirements(content.decode("utf-8-sig"))


def _shorten_line(line: str) -> str:
    """Return the line in the form for messages: the beginning of its first physical line."""
    start = line[: _SHOWN_CHARACTERS + 1].partition("\n")[0]
    return f"{start[:_SHOWN_CHARACTERS]}…" if len(start) > _SHOWN_CHARACTERS else start


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not empty, without comments, and join continued lines.

    Yields:
        the number of the first physical line, and the joined text.
    """
    first_number = 0
    parts: list[str] = []
    for number, raw in enumerate([*text.splitlines(), ""], start=1):
        first_number = first_number if parts else number
        is_comment = raw.lstrip().startswith("#")
        if raw.endswith("\\") and not is_comment:
            parts.append(raw[:-1])
            continue
        line = _COMMENT.sub("", "".join([*parts, raw])).strip()
        parts = []
        if line:
            yield first_number, line


def _read_option(parsed: Requirements, number: int, words: Sequence[str]) -> None:
    pending = deque(words)
    while pending:
        option, has_value, value = pending.popleft().partition("=")
        if option in _FLAG_OPTIONS:
            parsed.options.append(option)
            continue
        if option not in {*_OPTIONS_WITH_VALUE, *_FILE_OPTIONS, *_EDITABLE_OPTIONS}:
            raise ValueError(f"pip has no option {option} for requirements.txt: remove it")
        if not has_value:
            if not pending:
                raise ValueError(f"the option {option} has no value: give one")
            value = pending.popleft()
        if option in _FILE_OPTIONS:
            raise ValueError(
                f"the file {value} is not uploaded with the plugin: copy its lines into "
                "requirements.txt"
            )
        if option in _EDITABLE_OPTIONS:
            parsed.requirements.append(_read_requirement(number, value))
        else:
            parsed.options += [_OPTIONS_WITH_VALUE[option], value]


def _read_requirement(number: int, line: str) -> Requirement:
    text = _REQUIREMENT_OPTIONS.sub("", line)
    if len(text) > LONGEST_REQUIREMENT:
        raise ValueError(
            f"the requirement has {len(text)} characters: give at most {LONGEST_REQUIREMENT}"
        )
    if _URL.match(text):
        return _read_url(number, text)
    try:
        specified = ParsedRequirement(text)
    except InvalidRequirement as error:
        if _PATH.match(text):
            raise ValueError(
                f"the file {text} is not uploaded with the plugin, only Python files and "
                "requirements.txt are: name a package or a web address"
            ) from None
        raise ValueError(f"this is no requirement: {str(error).splitlines()[0]}") from None
    return _make_requirement(number, text, specified)


def _make_requirement(number: int, text: str, specified: ParsedRequirement) -> Requirement:
    return Requirement(
        number,
        text,
        specified.name,
        specified.specifier,
        frozenset(specified.extras),
        specified.marker,
        specified.url,
    )


def _read_url(number: int, text: str) -> Requirement:
    """Read a bare URL; its fragment ``#egg=`` or its file name may name the distribution."""
    url, _, marker = text.partition(" ;")
    url = url.strip()
    url_parts = urlsplit(url)
    egg = re.search(r"(?:^|&)egg=([^&]+)", url_parts.fragment)
    try:
        specified = ParsedRequirement(unquote(egg[1])) if egg else None
        condition = Marker(marker) if marker.strip() else None
    except ValueError as error:
        raise ValueError(f"this is no requirement: {str(error).splitlines()[0]}") from None
    file_name = unquote(url_parts.path).rpartition("/")[2]
    name = specified.name if specified else _name_of_file(file_name)
    extras = frozenset(specified.extras) if specified else frozenset()
    return Requirement(number, text, name, extras=extras, marker=condition, url=url)


def _name_of_file(name: str) -> str | None:
    if len(name) > _LONGEST_NAME:
        return None
    try:
        return parse_wheel_filename(name)[0]
    except InvalidWheelFilename:
        pass
    try:
        return parse_sdist_filename(name)[0]
    except InvalidSdistFilename:
        return None


def is_same_url(one: str, other: str) -> bool:
    """Return whether two URLs name the same repository or file, in the same or another version."""
    return _normalize_url(one) == _normalize_url(other)


def _normalize_url(url: str) -> tuple[str, str]:
    parts = urlsplit(re.sub(r"^\w+\+", "", url))
    path = parts.path.rpartition("@")[0] or parts.path
    return parts.netloc.rpartition("@")[2], path.removesuffix("/").removesuffix(".git")


def explain_unmet(
    requirement: Requirement, find: FindDistribution, find_distribution_by_url: FindDistribution
) -> str | None:
    """Return why an environment does not meet a requirement; ``None`` if it does.

    A requirement with a URL is met by any version of the distribution, because the version behind
    the URL is unknown.

    Args:
        find: finds an installed distribution by its name.
        find_distribution_by_url: finds an installed distribution by the URL of its installation.
    """
    if not requirement.applies:
        return None
    if requirement.name is None:
        return (
            None if find_distribution_by_url(requirement.url or "") else "it is not installed here"
        )
    return _explain_unmet(requirement, find, set())


def _explain_unmet(
    requirement: Requirement, find: FindDistribution, visited: set[tuple[str, frozenset[str]]]
) -> str | None:
    assert requirement.name
    installed = find(requirement.name)
    if installed is None:
        return f"{requirement.name} is not installed here"
    if not requirement.specifier.contains(installed.version, prereleases=True):
        return f"version {installed.version} is installed here"
    key = (canonicalize_name(requirement.name), requirement.extras)
    if not requirement.extras or key in visited:
        return None
    visited.add(key)
    for each in _dependencies_of(installed, requirement.extras, only_extras=True):
        reason = _explain_unmet(each, find, visited)
        if reason:
            return f"of its extras, {reason}"
    return None


def _dependencies_of(
    installed: InstalledDistribution, extras: Iterable[str], *, only_extras: bool = False
) -> Iterator[Requirement]:
    """Yield the requirements of a distribution with some extras, on this Python and machine.

    Args:
        only_extras: leave out the requirements that the distribution has without the extras.
    """
    for text in installed.requires:
        try:
            specified = ParsedRequirement(text)
        except InvalidRequirement:  # in old metadata; pip ignores such a line, too
            continue
        marker = specified.marker
        always = marker is None or marker.evaluate({"extra": ""})
        with_extra = marker and any(marker.evaluate({"extra": each}) for each in extras)
        if (with_extra and not always) or (always and not only_extras):
            yield _make_requirement(0, text, specified)


def collect_dependencies(requirements: Iterable[Requirement], find: FindDistribution) -> set[str]:
    """Return the names of the required distributions, including their own dependencies."""
    names: set[str] = set()
    pending = [each for each in requirements if each.name]
    visited: set[tuple[str, frozenset[str]]] = set()
    while pending:
        each = pending.pop()
        assert each.name
        key = (canonicalize_name(each.name), each.extras)
        if key in visited:
            continue
        visited.add(key)
        names.add(key[0])
        installed = find(each.name)
        if installed:
            pending += _dependencies_of(installed, each.extras)
    return names
