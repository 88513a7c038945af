"""Commands and options that messages and documentation name exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from kili_emulator import Emulator, errors
from kili_emulator.cli import main
from kili_emulator.domain.simulated_user.actions import ACTIONS
from kili_emulator.domain.simulated_user.queue import QUEUED_LABEL_TYPES
from kili_emulator.errors import KiliError
from kili_emulator.errors.simulated_user import _REASONS
from tests.kit.responses import EASY

SOURCES = Path(main.callback.__code__.co_filename).parent.parent  # type: ignore[union-attr]
COMMAND = re.compile(r"kili-emulator ((?:--?)?[a-z][^`\n;:,\")]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
PLACEHOLDER = "X"


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a module, docstrings included, with an X for each placeholder."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                each.value if isinstance(each, ast.Constant) else PLACEHOLDER
                for each in node.values
                if isinstance(each, ast.Constant | ast.FormattedValue)
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"\{[^}]*\}", PLACEHOLDER, node.value)


def command_mentions() -> Iterator[tuple[str, str]]:
    """Yield each command that the sources mention, with its file."""
    for path in sorted(SOURCES.rglob("*.py")):
        for text in texts(path):
            for found in COMMAND.finditer(text.replace("\n", " ")):
                yield path.relative_to(SOURCES).as_posix(), found[1]


def options_of(command: click.Command) -> set[str]:
    return {name for each in command.params for name in (*each.opts, *each.secondary_opts)}


def all_commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from all_commands(each)


def find_mistake(mention: str) -> str | None:
    """Return the part of a mentioned command that does not exist, or None."""
    command: click.Command = main
    words = mention.split()
    while words and isinstance(command, click.Group) and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    if command is main and words[0] not in ("--help", "--version"):
        return mention
    named = OPTION.findall(" ".join(words))
    unknown = set(named) - options_of(command) - {"--help"}
    return f"{command.name}: {unknown}" if unknown else None


def test_commands_in_messages_exist_with_their_options() -> None:
    found = list(command_mentions())
    assert len(found) > 15
    assert [(path, mistake) for path, each in found if (mistake := find_mistake(each))] == []


def test_commands_in_documentation_exist_with_their_options() -> None:
    root = SOURCES.parents[1]
    pages = [root / "README.md", root / "CONTRIBUTING.md", *(root / "docs").rglob("*.md")]
    found = [
        (page.name, mention[1])
        for page in pages
        for mention in COMMAND.finditer(page.read_text(encoding="utf-8"))
    ]
    assert len(found) > 20
    assert [(page, mistake) for page, each in found if (mistake := find_mistake(each))] == []


def test_options_in_messages_exist() -> None:
    known = {name for each in all_commands(main) for name in options_of(each)}
    modules = [
        SOURCES / "messages.py",
        SOURCES / "domain" / "why" / "texts.py",
        *(SOURCES / "errors").glob("*.py"),
    ]
    named = {
        (path.name, option)
        for path in modules
        for text in texts(path)
        for option in OPTION.findall(text)
    }
    assert len(named) >= 10
    assert {each for each in named if each[1] not in known} == set()


@pytest.mark.parametrize("verb", ACTIONS)
def test_refusal_of_a_simulated_user_names_only_options_of_its_command(verb: str) -> None:
    known = options_of(main.commands[verb])
    refusals = [errors.user_locked_out(verb, "a", "b", reason) for reason in _REASONS]
    refusals += [errors.queue_empty(verb, "b", "c")] if verb in QUEUED_LABEL_TYPES else []
    for each in refusals:
        assert set(OPTION.findall(each.message)) <= known
        assert not re.search(r"[{}]|: ,|, \(", each.message)


@pytest.mark.parametrize("verb", ["skip", "save"])
def test_refusal_of_skip_or_save_does_not_advise_to_correct(
    kili_emulator: Emulator, verb: str
) -> None:
    act: dict[str, Any] = {"save": {"label": EASY}, "skip": {}}
    project = kili_emulator.world.view.projects.all()[0]["id"]
    done = kili_emulator.submit(project, label=EASY)["assetId"]
    with pytest.raises(KiliError, match="cannot work on asset") as refused:
        getattr(kili_emulator, verb)(project, done, **act[verb])
    assert "--correct" not in refused.value.message
    while "TODO" in [each["status"] for each in kili_emulator.world.view.assets.all()]:
        kili_emulator.submit(project, label=EASY)
    with pytest.raises(KiliError, match="--correct"):
        kili_emulator.submit(project, label=EASY)
    with pytest.raises(KiliError, match="send one back") as empty:
        getattr(kili_emulator, verb)(project, None, **act[verb])
    assert "--correct" not in empty.value.message
