"""Generate ``docs/lint-rules.md``: the texts come from the rules, the examples from the page.

``python -m tests.kit.lint_rules_page`` rewrites the page and keeps its examples. For a new rule,
add a line ``### <code>`` to the page, then ``Fails:`` and ``Passes:`` with code below each.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kili_emulator.lint.catalogue import GROUPS, RULES
from kili_emulator.lint.lint_plugin import lint_plugin
from kili_emulator.lint.rule import Finding, Rule
from kili_emulator.rules.plugin_policy import Policy

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "lint-rules.md"

ENTRY = re.compile(r"^### (?P<code>KP\d{3})\b.*\n", re.M)
EXAMPLE = re.compile(
    r"^(?P<kind>Fails|Passes)(?: with `--plugin-policy (?P<policy>[\w-]+)`)?:\n\n"
    r"(?P<blocks>(?:```\w+\n.*?^```\n\n?)+)",
    re.M | re.S,
)
BLOCK = re.compile(r"^```\w+\n(?P<text>.*?)^```$", re.M | re.S)
FILE = re.compile(r"# (?P<name>[\w./-]+\.\w+)(?:, saved as (?P<encoding>[\w-]+))?\n")
MARK = re.compile(r"# (?P<code>KP\d{3})$")

INTRODUCTION = """\
# The rules of `kili-emulator lint`

The problems that the command finds in a plugin, with the reason for each rule. How to use the
command, and how to suppress a finding: [Lint a plugin](how-to/lint-a-plugin.md).

An **error** certainly fails on the platform. A **warning** probably fails, or has an effect that
the author does not expect. A **note** works on the platform: it is advice, or it is about something
that your machine lacks. If the source does not show a problem, there is no finding. The line below
each title has the severity, and how we know the behaviour of the platform: recorded, documented,
inferred or chosen, as in [the contract](contract/README.md#the-basis-of-a-rule).

In the examples, a comment with a code marks the line of the finding. A finding without a mark is
about a whole file. The examples of deprecated and missing methods are for the newest SDK.
"""


@dataclass(frozen=True)
class Example:
    """A plugin on the page that violates or follows a rule.

    Attributes:
        fails: whether the plugin violates the rule.
        files: name → text and encoding of the file.
        text: the text of the example on the page.
    """

    code: str
    fails: bool
    policy: Policy
    files: dict[str, tuple[str, str]]
    text: str

    @property
    def place(self) -> tuple[str | None, int]:
        """Return file and line of the finding; ``None`` and 1 for a finding about a whole file."""
        for name, (text, _) in self.files.items():
            for number, line in enumerate(text.splitlines(), start=1):
                if MARK.search(line):
                    return name, number
        return None, 1

    def write(self, folder: Path) -> None:
        """Write the files into a folder."""
        for name, (text, encoding) in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode(encoding))

    def lint(self, folder: Path) -> list[Finding]:
        """Write the files into a folder, and lint them."""
        self.write(folder)
        return lint_plugin(folder, policy=self.policy)


def examples(page: str) -> Iterator[Example]:
    """Yield the examples of a page, in order."""
    entries = list(ENTRY.finditer(page))
    ends = [*(each.start() for each in entries[1:]), len(page)]
    for entry, end in zip(entries, ends, strict=True):
        for found in EXAMPLE.finditer(page[entry.end() : end] + "\n"):
            policy: Policy = found["policy"] or "saas"
            files = dict(map(parse_file, BLOCK.finditer(found["blocks"])))
            text = found[0].strip() + "\n"
            yield Example(entry["code"], found["kind"] == "Fails", policy, files, text)


def parse_file(block: re.Match[str]) -> tuple[str, tuple[str, str]]:
    """Return the name, text and encoding of the file in a block of code."""
    named = FILE.match(block["text"])
    if named is None:
        return "main.py", (block["text"], "utf-8")
    return named["name"], (block["text"], named["encoding"] or "utf-8")


def render_page(page: str) -> str:
    """Return the page with the current texts of the rules and the same examples."""
    parts = [INTRODUCTION]
    group = ""
    for rule in RULES:
        if rule.code[:3] != group:
            group = rule.code[:3]
            parts.append(f"## {GROUPS[group]}\n")
        parts += render_entry(rule, [each for each in examples(page) if each.code == rule.code])
    return "\n".join(parts)


def render_entry(rule: Rule, found: list[Example]) -> list[str]:
    title = f"### {rule.code} {escape_markdown(rule.summary)}\n"
    entry = [title, f"*{rule.severity}, {rule.basis}*\n", wrap_reason(rule)]
    for each in found:
        entry.append(each.text)
        if each.fails:
            entry.append(f"{example_output(each)}\n")
    return entry


def wrap_reason(rule: Rule) -> str:
    text = escape_markdown(rule.why)
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False) + "\n"


def escape_markdown(text: str) -> str:
    """Escape underscores outside of code spans."""
    parts = text.split("`")
    return "`".join(
        part if number % 2 else part.replace("__", r"\_\_") for number, part in enumerate(parts)
    )


def example_output(example: Example) -> str:
    """Return the finding of an example, without the parts that depend on the machine."""
    with TemporaryDirectory() as folder:
        findings = [each for each in example.lint(Path(folder)) if each.code == example.code]
    assert findings, f"the example of {example.code} has no such finding"
    reason, remedy = escape_markdown(findings[0].reason), escape_markdown(findings[0].remedy)
    return f"> {reason}\\\n> {remedy}".replace(sys.executable, "python")


def main() -> None:
    PAGE.write_text(render_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
