"""Sources with marks: a comment with codes is on each line with an expected finding."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any

from kili_emulator.lint.installed_sdk import Method, Surface
from kili_emulator.lint.plugin import Source
from kili_emulator.lint.rule import Finding
from kili_emulator.lint.run_checks import check, filter_suppressed, read
from kili_emulator.rules.handler_methods import unsupported_client
from kili_emulator.rules.handlers import BY_METHOD, BY_TYPE

HANDLERS = {each.method: each.arguments for each in BY_METHOD.values()}
VERSION = "26.2.4"
LABELS = ("asset_id_array", "json_response_array", "label_type")
SURFACE = Surface(
    VERSION,
    {
        "append_labels": Method(LABELS),
        "labels": Method(("project_id", "asset_id"), required=("project_id",)),
        "send_back_to_queue": Method(("asset_ids", "external_ids", "project_id")),
        "update_properties_in_assets": Method(("asset_ids", "json_metadatas")),
        "upload_plugin": Method(("plugin_path", "plugin_name", "event_matcher"), collects=True),
    },
    frozenset({"graphql_client", "llm"}),
    frozenset(
        each.method for each in BY_TYPE.values() if not unsupported_client(each.type, VERSION)
    ),
    typed_events=True,
)
_MARK = re.compile(r"# ((?:KP\d{3} ?)+)$")

Files = str | Mapping[str, str | bytes]


def lint(files: Files, **options: Any) -> list[Finding]:
    """Return the findings of a plugin.

    Args:
        files: path → content, or the content of ``main.py``.
        options: further members of :class:`Source`.
    """
    sources = {"main.py": files} if isinstance(files, str) else files
    content = {
        path: text.encode() if isinstance(text, str) else text for path, text in sources.items()
    }
    plugin, lint_findings = read(Source(content, HANDLERS, **{"surface": SURFACE, **options}))
    texts = {module.path: module.text for module in plugin.modules.values()}
    return filter_suppressed([*lint_findings, *check(plugin)], texts)


def lint_findings(files: Files, **options: Any) -> list[tuple[str, int, str]]:
    """Return file, line and code of each finding."""
    return [(each.file, each.line, each.code) for each in lint(files, **options)]


def expected_findings(files: Files) -> list[tuple[str, int, str]]:
    """Return file, line and code of each mark."""
    sources = {"main.py": files} if isinstance(files, str) else files
    return sorted(
        (path, number, code)
        for path, text in sources.items()
        if isinstance(text, str)
        for number, line in enumerate(text.splitlines(), start=1)
        for code in " ".join(_MARK.findall(line)).split()
    )


def in_handler(body: str, top: str = "", name: str = "on_submit") -> str:
    """Return a plugin with this body of a handler.

    Args:
        top: the source before the class.
        name: the handler.
    """
    arguments = ", ".join(("self", *HANDLERS[name]))
    return (
        f"from kili.plugins import PluginCore\n{textwrap.dedent(top)}\n"
        f"class PluginHandler(PluginCore):\n    def {name}({arguments}):\n"
        f"{textwrap.indent(textwrap.dedent(body).strip(), '        ')}\n"
    )


def in_class(body: str, top: str = "") -> str:
    """Return a plugin whose class has a handler and this body."""
    return in_handler("pass", top) + "\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ")
