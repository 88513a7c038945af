"""Reads a ``requirements.txt``, and tells what of it an environment does not have.

The grammar is pip's: lines continued by a backslash, comments, options, hashes, markers, extras,
addresses. Each requirement itself is read by :mod:`packaging`, as pip does.
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
from packaging.requirements import Requirement as Specified
from packaging.specifiers import SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

# In characters. Reading takes time in proportion to the file, but what reads a single requirement
# is not ours, and versions of it that backtrack are still in use.
LONGEST_FILE = 1_000_000
LONGEST_REQUIREMENT = 2_000
_SHOWN = 80

# File systems allow no longer name; the tags of a wheel's name multiply.
_LONGEST_NAME = 255

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_PER_REQUIREMENT = re.compile(r"\s--(hash|global-option|config-settings)\b.*$")
_ADDRESS = re.compile(r"(\w+\+)?(https?|ssh|git|file)://|\w+\+\w+:", re.I)
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
        line: where it begins, counted from 1.
        text: as pip takes it on its command line.
        name: the distribution; ``None`` where only an address is given that does not say it.
        url: where it is to be taken from, if that is given.
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
        """Whether its marker, if it has one, is about this Python and machine."""
        return self.marker is None or self.marker.evaluate({"extra": ""})


@dataclass(frozen=True)
class RequirementFault:
    """A line that cannot be followed.

    Attributes:
        line: counted from 1.
        reason: why, and what to do about it.
    """

    line: int
    text: str
    reason: str


@dataclass
class Requirements:
    """What a ``requirements.txt`` says.

    Attributes:
        options: those for pip that are about all requirements, as on its command line.
        faults: the lines that cannot be followed.
    """

    requirements: list[Requirement] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    faults: list[RequirementFault] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The distributions that are named."""
        return [each.name for each in self.requirements if each.name]


@dataclass(frozen=True)
class InstalledDistribution:
    """A distribution of an environment.

    Attributes:
        requires: the requirements of its own, as its metadata have them.
        url: where it was taken from, if that was no index.
    """

    name: str
    version: str
    requires: tuple[str, ...] = ()
    url: str | None = None


# The distribution of a name, if an environment has it.
FindDistribution = Callable[[str], InstalledDistribution | None]


def read_requirements(text: str) -> Requirements:
    """Read a ``requirements.txt``; one that is too long has a fault and nothing else."""
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


def _shorten_line(line: str) -> str:
    """The line as messages show it: the beginning of a long one."""
    begun = line[: _SHOWN + 1].partition("\n")[0]
    return f"{begun[:_SHOWN]}…" if len(begun) > _SHOWN else begun


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, without comments, those that are continued as one."""
    begun = 0
    parts: list[str] = []
    for number, raw in enumerate([*text.splitlines(), ""], start=1):
        begun = begun if parts else number
        is_comment = raw.lstrip().startswith("#")
        if raw.endswith("\\") and not is_comment:
            parts.append(raw[:-1])
            continue
        line = _COMMENT.sub("", "".join([*parts, raw])).strip()
        parts = []
        if line:
            yield begun, line


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
                f"the file {value} does not arrive with the plugin: write what it says into "
                "requirements.txt itself"
            )
        if option in _EDITABLE_OPTIONS:
            parsed.requirements.append(_read_requirement(number, value))
        else:
            parsed.options += [_OPTIONS_WITH_VALUE[option], value]


def _read_requirement(number: int, line: str) -> Requirement:
    text = _PER_REQUIREMENT.sub("", line)
    if len(text) > LONGEST_REQUIREMENT:
        raise ValueError(
            f"the requirement has {len(text)} characters: give at most {LONGEST_REQUIREMENT}"
        )
    if _ADDRESS.match(text):
        return _read_address(number, text)
    try:
        specified = Specified(text)
    except InvalidRequirement as error:
        if _PATH.match(text):
            raise ValueError(
                f"the file {text} does not arrive with the plugin, of which only Python files and "
                "requirements.txt are uploaded: name a package or a web address"
            ) from None
        raise ValueError(f"this is no requirement: {str(error).splitlines()[0]}") from None
    return _make_requirement(number, text, specified)


def _make_requirement(number: int, text: str, specified: Specified) -> Requirement:
    return Requirement(
        number,
        text,
        specified.name,
        specified.specifier,
        frozenset(specified.extras),
        specified.marker,
        specified.url,
    )


def _read_address(number: int, text: str) -> Requirement:
    """A bare address, which may say the name in ``#egg=`` or as the name of the file."""
    address, _, marker = text.partition(" ;")
    named = urlsplit(address.strip())
    egg = re.search(r"(?:^|&)egg=([^&]+)", named.fragment)
    try:
        specified = Specified(unquote(egg[1])) if egg else None
        condition = Marker(marker) if marker.strip() else None
    except ValueError as error:
        raise ValueError(f"this is no requirement: {str(error).splitlines()[0]}") from None
    name = specified.name if specified else _name_of_file(unquote(named.path).rpartition("/")[2])
    extras = frozenset(specified.extras) if specified else frozenset()
    url = address.strip()
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


def is_same_address(one: str, other: str) -> bool:
    """Whether two addresses are of one repository or file, in whatever version of it."""
    return _normalize_url(one) == _normalize_url(other)


def _normalize_url(url: str) -> tuple[str, str]:
    parts = urlsplit(re.sub(r"^\w+\+", "", url))
    path = parts.path.rpartition("@")[0] or parts.path
    return parts.netloc.rpartition("@")[2], path.removesuffix("/").removesuffix(".git")


def explain_unmet(
    requirement: Requirement, find: FindDistribution, find_distribution_by_url: FindDistribution
) -> str | None:
    """Why an environment does not meet a requirement; ``None`` if it does.

    Of what is to be taken from an address, any version of that name is good enough: which one is
    installed there cannot be told.

    Args:
        find: finds what is installed by name.
        find_distribution_by_url: finds what is installed by where it was taken from.
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
    """What a distribution requires, with some of its extras, on this Python and machine."""
    for text in installed.requires:
        try:
            specified = Specified(text)
        except InvalidRequirement:  # of old metadata; pip goes on, too
            continue
        marker = specified.marker
        always = marker is None or marker.evaluate({"extra": ""})
        with_extra = marker and any(marker.evaluate({"extra": each}) for each in extras)
        if (with_extra and not always) or (always and not only_extras):
            yield _make_requirement(0, text, specified)


def collect_dependencies(requirements: Iterable[Requirement], find: FindDistribution) -> set[str]:
    """The distributions that come with requirements, those that these require included."""
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
