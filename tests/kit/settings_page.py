"""Write ``docs/settings.md`` from the table of settings.

``python -m tests.kit.settings_page`` writes it.
"""

from __future__ import annotations

from pathlib import Path

from kili_emulator.config import Setting, settings_table

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "settings.md"

INTRODUCTION = """\
# Settings

A setting comes from the command line of `kili-emulator start`, else from the environment, else from
`[tool.kili-emulator]` in the `pyproject.toml` of the current folder; else it has its default:

```bash
kili-emulator start --sync-wait 5        # the option
KILI_EMULATOR_SYNC_WAIT=5 kili-emulator start
```

```toml
[tool.kili-emulator]
sync-wait = 5                            # sync_wait is read, too
allow-host = ["a.example", "b.example"]
```

`Emulator()` in Python takes the same settings as keyword arguments (`Emulator(sync_wait=5)`), and
those of the environment and the `pyproject.toml`. Settings *of the server* are read from its
arguments only, as they are about the server that `kili-emulator start` starts: an emulator in
Python is `ephemeral` and listens on a free `port` unless an argument says otherwise.

An unknown option, key or argument, and a value that a setting cannot have, is an error; an unknown
variable `KILI_EMULATOR_…` is a warning. In the environment, `1`, `true`, `yes` and `0`, `false`,
`no` are the values of a flag.
"""

_TYPES = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "flag",
    "Path": "path",
    "tuple[str, ...]": "list of texts",
}


def render_page() -> str:
    """The page as the table of settings has it now."""
    return "\n".join([INTRODUCTION, *(_section(each) for each in settings_table().values())])


def _section(row: Setting) -> str:
    details = [
        ("environment", f"`{row.variable}`"),
        ("`pyproject.toml`", f"`{row.key}`"),
        ("value", _values(row)),
        ("default", f"`{row.default_text}`" if row.default_text else "not set"),
    ]
    if row.details.is_server_only:
        details.append(("of the server", "`Emulator()` reads it from its arguments only"))
    lines = [f"## `{row.option}`", "", row.details.help]
    lines += [row.details.note] if row.details.note else []
    return "\n".join([*lines, "", *(f"- {name}: {value}" for name, value in details), ""])


def _values(row: Setting) -> str:
    if row.details.choices:
        return ", ".join(f"`{each}`" for each in row.details.choices)
    if row.details.range:
        return row.details.range.text
    return _TYPES[row.type.removesuffix(" | None")]


def main() -> None:
    PAGE.write_text(render_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
