"""What the emulator knows about a failed test: its plugins, their runs and the last API calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kili_emulator.printable import CONTINUATION_PREFIX, one_line, printable_lines, shorten

if TYPE_CHECKING:
    from kili_emulator.app import Emulator
    from kili_emulator.domain.plugin_view import PluginView, VersionView
    from kili_emulator.domain.run_view import RunDetails
    from kili_emulator.services.calls import ApiCallView


_CHARACTERS = 300
_RUNS = 10
_CALLS = 10
# Of a log and of a traceback, the end is kept: it says most.
_LINES_OF_FAILURE = 20
_LINES_OF_OTHERS = 5

# A headline and the lines below it.
_Block = tuple[str, list[str]]


def describe_world(emulator: Emulator, lines: int) -> str:
    """Describe the failed builds, the runs and the last API calls of an emulator's world.

    Args:
        emulator: a running emulator.
        lines: the largest number of lines; what fails stays longest.
    """
    blocks = [*_failed_builds(emulator), *_runs(emulator), _calls(emulator)]
    kept: list[str] = []
    for headline, body in blocks:
        if headline:
            kept += [headline, *body]
    if len(kept) > lines:
        half = lines // 2
        kept = [*kept[: lines - half - 1], f"… ({len(kept) - lines + 1} more lines)", *kept[-half:]]
    return "\n".join(kept)


def _failed_builds(emulator: Emulator) -> Iterator[_Block]:
    for plugin in emulator.plugins.list():
        if plugin["isWebhook"]:
            continue
        for version in emulator.plugins.versions(plugin["name"]):
            if version["status"] == "FAILED":
                yield _failed_build(plugin, version)


def _failed_build(plugin: PluginView, version: VersionView) -> _Block:
    problems = [line for each in version["problems"] for line in _indented(each)]
    name = one_line(plugin["name"])
    return f"plugin {name!r} #{version['number']} could not be built:", _end_of(
        problems, _LINES_OF_FAILURE
    )


def _runs(emulator: Emulator) -> Iterator[_Block]:
    found = emulator.runs.list()
    if len(found) > _RUNS:
        yield f"{len(found)} runs, of which these are the last {_RUNS}:", []
    for run in found[-_RUNS:]:
        yield _run(emulator.runs.show(run["id"]))


def _run(run: RunDetails) -> _Block:
    version = "" if run["version"] is None else f" #{run['version']}"
    duration = "" if run["durationMs"] is None else f" after {run['durationMs']:.0f} ms"
    reason = run["headline"] or run["explanation"]
    name, text = one_line(run["plugin"]), shorten(one_line(reason or ""), _CHARACTERS)
    headline = f"run {run['id']} of plugin {name!r}{version}, {run['called']}: {run['outcome']}"
    texts = [f"{each['logType']}: {each['content']}" for each in run["lines"]]
    error = run["error"]
    if error and not any(error in each for each in texts):
        texts.append(error)
    size = _LINES_OF_FAILURE if error else _LINES_OF_OTHERS
    body = [line for each in texts for line in _indented(each)]
    return f"{headline}{duration}{': ' * bool(text)}{text}", _end_of(body, size)


def _calls(emulator: Emulator) -> _Block:
    calls = emulator.calls()
    if not calls:
        return "", []
    last = calls[-_CALLS:]
    of_all = f" of {len(calls)}" if len(calls) > len(last) else ""
    return f"the last {len(last)}{of_all} API calls:", [
        line for each in last for line in _call(each)
    ]


def _call(call: ApiCallView) -> Iterator[str]:
    duration = "" if call["durationMs"] is None else f" ({call['durationMs']:.0f} ms)"
    sender = f"plugin {call['plugin']!r}" if call["plugin"] else call["user"]
    operations = ", ".join(call["operations"]) or call["name"] or "an invalid document"
    subject = f"{call['createdAt']} {sender} {operations}: {call['outcome'] or 'not answered yet'}"
    yield CONTINUATION_PREFIX + shorten(one_line(f"{subject}{duration}"), _CHARACTERS)
    for error in call["errors"]:
        yield f"{CONTINUATION_PREFIX}    {shorten(one_line(error), _CHARACTERS)}"


def _indented(text: str) -> list[str]:
    first, *more = printable_lines(text)
    lines = [CONTINUATION_PREFIX + first, *more]
    return [shorten(each, _CHARACTERS) for each in lines]


def _end_of(lines: list[str], size: int) -> list[str]:
    if len(lines) <= size:
        return lines
    return [f"{CONTINUATION_PREFIX}… ({len(lines) - size} lines before)", *lines[-size:]]
