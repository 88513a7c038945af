"""Turn a capsule into the entries of a bundle."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kili_emulator import errors
from kili_emulator.clock import format_time
from kili_emulator.domain.documents import FileDoc
from kili_emulator.domain.world import View
from kili_emulator.plugins.build.build_error import BuildError
from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.plugins.build.plugin_archive import read_archive
from kili_emulator.python_source.imports import imports_of
from kili_emulator.replays import bundle_form, visible_state
from kili_emulator.replays.bundle_form import LeftOut, Manifest, Versions, emulator_version
from kili_emulator.replays.bundle_readme import make_readme
from kili_emulator.replays.capsule import Capsule, CapsuleSettings
from kili_emulator.replays.redaction import has_secret, may_have_secrets, redact
from kili_emulator.replays.table_lines import table_line
from kili_emulator.rules.masking import MASK, masked, masked_text
from kili_emulator.storage.snapshot import Row

MAX_MEDIA_MB = 100
_MB = 1024 * 1024
_WITH_PRIVATE_MEMBERS = ("users", "plugins", "pluginVersions")
_META = ("scenario", "start_position", "decisions_position", "epoch")


class BundleOptions(NamedTuple):
    """What a bundle is made of.

    Attributes:
        settings: the settings of the emulator.
        environment: the interpreter of the plugins.
        secrets: the texts to mask (:func:`kili_emulator.replays.redaction.secrets_of`).
        whole_world: pack all projects, instead of those that the run could see and named.
        media_mb: the most that the files of assets may have together.
    """

    settings: CapsuleSettings
    environment: Environment
    secrets: Sequence[bytes]
    whole_world: bool = False
    media_mb: int = MAX_MEDIA_MB


@dataclass
class _Content:
    """The entries of a bundle that is being made."""

    capsule: Capsule
    options: BundleOptions
    entries: dict[str, bytes] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def view(self) -> View:
        return self.capsule.state.view

    def add_text(self, name: str, content: bytes) -> bool:
        """Add an entry without its secrets; return whether it had any."""
        self.entries[name] = redact(content, self.options.secrets)
        return self.entries[name] != content

    def add_json(self, name: str, value: Any) -> None:
        self.add_text(name, json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n")


def make_entries(capsule: Capsule, options: BundleOptions) -> dict[str, bytes]:
    """Return the entries of the bundle of a run."""
    content = _Content(capsule, options, notes=list(capsule.notes))
    rows = visible_state.visible_rows(capsule, whole_world=options.whole_world)
    _add_payload(content)
    _add_record(content)
    imported = _add_code(content)
    for name, table_rows in visible_state.without_payloads(rows, capsule.run_id).items():
        lines = b"".join(_public_line(name, each) for each in table_rows)
        content.add_text(f"{bundle_form.WORLD}{name}.jsonl", lines)
    _add_files(content, [row.document for row in rows["files"]])
    manifest = _manifest(content, imported)
    content.add_json(bundle_form.MANIFEST, manifest)
    content.add_text(bundle_form.README, make_readme(manifest, capsule.record).encode())
    return dict(sorted(content.entries.items(), key=lambda each: ("/" in each[0], each[0])))


def _public_line(table: str, row: Row) -> bytes:
    """Return the line of a document, without secrets and without paths of this machine."""
    line = table_line(row.position, row.document)
    if table not in _WITH_PRIVATE_MEMBERS and not may_have_secrets(line):
        return line
    return table_line(row.position, _public_document(table, row))


def _public_document(table: str, row: Row) -> Any:
    document = masked(row.document)
    if table == "users":  # a mask is no password hash
        document["password"] = None
    elif table == "plugins":
        document["link"] = None
    elif table == "pluginVersions":
        document["origin"] = None
    return document


def _add_payload(content: _Content) -> None:
    payload = content.view.runs.require(content.capsule.run_id)["payload"]
    content.add_json(bundle_form.PAYLOAD, masked(payload))
    if masked(payload) != payload:
        content.notes.append(f"Secrets in the payload were replaced by {MASK}.")


def _add_record(content: _Content) -> None:
    record = content.capsule.record
    content.add_json(
        bundle_form.RECORD, {name: each for name, each in record.items() if name != "payload"}
    )
    lines = [f"{each['createdAt']} {each['logType']} {each['content']}" for each in record["lines"]]
    content.add_text(bundle_form.LOG, "".join(f"{each}\n" for each in lines).encode())


def _add_code(content: _Content) -> set[str]:
    """Add the code of the plugin, and of the plugins that its changes may call.

    Returns:
        the modules that the plugin of the run imports.
    """
    view, version_id = content.view, content.capsule.version_id
    imported: set[str] = set()
    active = [each["activeVersionId"] for each in view.plugins.all() if each["projectIds"]]
    projects = set(visible_state.named_projects(content.capsule))
    called = [
        each["activeVersionId"] for each in view.plugins.all() if projects & set(each["projectIds"])
    ]
    for each in dict.fromkeys([version_id, *(active if content.options.whole_world else called)]):
        version = view.plugin_versions.get(each or "")
        if version is None or version["webhook"]:
            continue
        folder = bundle_form.CODE if each == version_id else f"{bundle_form.OTHER_CODE}{each}/"
        for name, source in _read_code(content, version["digest"]).items():
            if content.add_text(f"{folder}{name}", source):
                content.notes.append(f"Secrets in {folder}{name} were replaced by {MASK}.")
            if each == version_id and name.endswith(".py"):
                imported |= _imported_modules(source)
    return imported


def _read_code(content: _Content, digest: str) -> dict[str, bytes]:
    try:
        return read_archive(content.capsule.blobs.get(digest))
    except (BuildError, errors.StorageError) as error:
        content.notes.append(f"The code of a plugin cannot be read: {error}.")
        return {}


def _imported_modules(source: bytes) -> set[str]:
    try:
        return {each.top for each in imports_of(source.decode("utf-8-sig"))}
    except (SyntaxError, ValueError):
        return set()


def _add_files(content: _Content, files: Sequence[dict[str, Any]]) -> None:
    """Add the files of assets, those of the run's own asset first, until the limit."""
    asset_id = content.capsule.record["assetId"] or "-"
    media = [each for each in files if each["projectId"]]
    room = content.options.media_mb * _MB
    for each in sorted(media, key=lambda each: asset_id not in each["id"]):
        name = f"{bundle_form.FILES}{each['digest']}"
        if name in content.entries:
            continue
        reason = _reason_to_leave_out(content, each, room)
        if reason:
            content.left_out.append({"file": each["id"], "size": each["size"], "reason": reason})
            continue
        content.entries[name] = content.capsule.blobs.get(each["digest"])
        room -= each["size"]


def _reason_to_leave_out(content: _Content, file: FileDoc | Any, room: int) -> str | None:
    if file["size"] > room:
        return f"the files would have more than {content.options.media_mb} MB together"
    try:
        found = content.capsule.blobs.get(file["digest"])
    except errors.StorageError as error:
        return error.message
    return "it has a secret" if has_secret(found, content.options.secrets) else None


def _manifest(content: _Content, imported: set[str]) -> Manifest:
    capsule, options = content.capsule, content.options
    state, record = capsule.state, capsule.record
    documents = state.documents
    if content.left_out:
        content.notes.append(
            f"{len(content.left_out)} files are not in the bundle: bundle.json lists them. "
            "A plugin that reads one of them gets an error."
        )
    return {
        "format": bundle_form.FORMAT,
        "formatVersion": bundle_form.VERSION,
        "run": capsule.run_id,
        "plugin": record["plugin"],
        "called": record["called"],
        "versionId": capsule.version_id,
        "versions": _versions(options.environment, imported),
        "settings": options.settings,
        "start": format_time(state.clock.moment),
        "clock": state.clock.stored(),
        "moments": [
            [each.number, format_time(each.time), each.draws, each.is_own] for each in state.moments
        ],
        "waiting": list(state.waiting),
        "ids": state.id_state,
        "store": {
            "sequence": documents.sequence,
            "nextPosition": documents.next_position,
            "meta": {name: documents.meta[name] for name in _META if name in documents.meta},
        },
        "projects": [] if options.whole_world else visible_state.named_projects(capsule),
        "leftOut": content.left_out,
        "notes": [masked_text(each) for each in content.notes],
    }


def _versions(environment: Environment, imported: set[str]) -> Versions:
    return {
        "emulator": emulator_version(),
        "python": platform.python_version(),
        "sdk": environment.sdk_version(),
        "system": platform.system(),
        "packages": dict(sorted(_package_versions(environment, imported))),
    }


def _package_versions(environment: Environment, imported: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the names and versions of the packages that provide modules."""
    names_by_module = environment.distributions_by_module()
    for module in imported:
        for name in names_by_module.get(module, ()):
            found = environment.find(name)
            if found:
                yield name, found.version
