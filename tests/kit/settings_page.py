"""Write ``docs/settings.md`` from the table of settings.

``python -m tests.kit.settings_page`` rewrites the page.
"""

from __future__ import annotations

from pathlib import Path

from kili_emulator.config import Setting, settings_table

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "settings.md"

INTRODUCTION = """\
# Settings

The emulator looks for the value of a setting in this order: the command line of
`kili-emulator start`, the environment, `[tool.kili-emulator]` in the `pyproject.toml` of the
current folder, the default:

```bash
kili-emulator start --sync-wait 5        # the option
KILI_EMULATOR_SYNC_WAIT=5 kili-emulator start
```

```toml
[tool.kili-emulator]
sync-wait = 5                            # or sync_wait
allow-host = ["a.example", "b.example"]
```

`Emulator()` in Python takes the same settings as keyword arguments (`Emulator(sync_wait=5)`), and
reads the environment and `pyproject.toml`, too. Settings *of the server* are for the server that
`kili-emulator start` starts. `Emulator()` reads them from its arguments only: without arguments, it
is `ephemeral` and listens on a free `port`.

An unknown option, key or argument is an error, and so is a value that a setting cannot have. An
unknown variable `KILI_EMULATOR_…` is a warning. In the environment, the values of a flag are `1`,
`true`, `yes` and `0`, `false`, `no`.
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
    """Render the page from the table of settings."""
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
