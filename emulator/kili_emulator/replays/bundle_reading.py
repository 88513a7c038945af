"""Turn the entries of a bundle into a capsule."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

from kili_emulator import errors
from kili_emulator.clock import ClockState, parse_time
from kili_emulator.domain.run_view import RunDetails
from kili_emulator.domain.tables import TABLES
from kili_emulator.domain.world_copy import Moment, PastState
from kili_emulator.plugins.build.installed_packages import Environment
from kili_emulator.plugins.links.packing import zip_files
from kili_emulator.replays import bundle_form
from kili_emulator.replays.bundle_file import Entries, read_file
from kili_emulator.replays.bundle_form import Manifest, Versions, emulator_version
from kili_emulator.replays.capsule import Capsule
from kili_emulator.replays.table_lines import loaded_rows, without_collections
from kili_emulator.rules.json_text import parse_json
from kili_emulator.storage.blobs import BlobStore
from kili_emulator.storage.documents import StoreState
from kili_emulator.storage.snapshot import TableSnapshot, TableSpec

# The errors that a value of another form than expected causes.
_FORM_ERRORS = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    AssertionError,
    RecursionError,
)


class Bundle(NamedTuple):
    """The content of a bundle."""

    manifest: Manifest
    capsule: Capsule


def read_bundle(path: Path) -> Bundle:
    """Read the file of a bundle.

    Raises:
        KiliError: the file cannot be read, is damaged, or is of another version.
    """
    return open_bundle(read_file(path), str(path))


def open_bundle(entries: Entries, name: str) -> Bundle:
    """Return the content of a bundle.

    Args:
        name: the name of the file, for errors.

    Raises:
        KiliError: an entry is missing or has not the expected content, or the format is another.
    """
    reader = _Reader(entries, name)
    found = reader.json(bundle_form.MANIFEST)
    if not isinstance(found, dict) or found.get("format") != bundle_form.FORMAT:
        raise errors.bundle_damaged(name, errors.BUNDLE_NOT_OURS)
    version = found.get("formatVersion")
    if version != bundle_form.VERSION:
        raise errors.bundle_of_other_version(name, version, bundle_form.VERSION)
    manifest = cast("Manifest", found)
    blobs = BlobStore(None)
    for entry, content in entries.items():
        if entry.startswith(bundle_form.FILES):
            blobs.put(content)
    try:
        with without_collections():
            capsule = _capsule(reader, manifest, blobs)
    except _FORM_ERRORS as error:
        raise reader.invalid(bundle_form.MANIFEST, error) from None
    return Bundle(manifest, capsule)


def _capsule(reader: _Reader, manifest: Manifest, blobs: BlobStore) -> Capsule:
    state = PastState(
        StoreState(
            {each.name: reader.table(each) for each in TABLES},
            manifest["store"]["sequence"],
            manifest["store"]["nextPosition"],
            manifest["store"]["meta"],
        ),
        manifest["ids"],
        ClockState.parse(manifest["clock"]),
        tuple(
            Moment(number, parse_time(time), draws, is_own)
            for number, time, draws, is_own in manifest["moments"]
        ),
        tuple(manifest["waiting"]),
    )
    state = _with_code(reader.entries, manifest, state, blobs)
    payload = reader.json(bundle_form.PAYLOAD)
    run = state.view.runs.require(manifest["run"])
    state = state.change("runs", {**run, "payload": payload})
    record = cast("RunDetails", {**reader.json(bundle_form.RECORD), "payload": payload})
    notes = (*manifest["notes"], *_differences(manifest["versions"]))
    return Capsule(manifest["run"], state, blobs, record, notes)


def _with_code(
    entries: Entries, manifest: Manifest, state: PastState, blobs: BlobStore
) -> PastState:
    """Store the code of the plugins, and put its digests into their versions."""
    folders = {manifest["versionId"]: bundle_form.CODE}
    for entry in entries:
        if entry.startswith(bundle_form.OTHER_CODE):
            version_id = entry.split("/")[1]
            folders[version_id] = f"{bundle_form.OTHER_CODE}{version_id}/"
    for version_id, folder in folders.items():
        files = {
            name.removeprefix(folder): content
            for name, content in entries.items()
            if name.startswith(folder)
        }
        version = state.view.plugin_versions.require(version_id)
        digest = blobs.put(zip_files(files))
        document = cast("dict[str, Any]", {**version, "digest": digest, "origin": None})
        state = state.change("pluginVersions", document)
    return state


def _differences(recorded: Versions) -> Iterator[str]:
    """Yield a sentence for each version that is another one on this machine."""
    here = Environment()
    found = {each: here.find(each) for each in recorded["packages"]}
    pairs = [
        ("Kili Emulator", recorded["emulator"], emulator_version()),
        ("Python", recorded["python"], platform.python_version()),
        ("the SDK", recorded["sdk"], here.sdk_version()),
        *(
            (name, version, each.version if (each := found[name]) else None)
            for name, version in recorded["packages"].items()
            if name != "kili"
        ),
    ]
    for name, there, present in pairs:
        if there != present:
            yield f"The run was recorded with {name} {there}; here, it is {present or 'missing'}."


class _Reader:
    """The entries of a bundle, with errors that name them."""

    def __init__(self, entries: Entries, name: str) -> None:
        self.entries = entries
        self._name = name

    def json(self, entry: str) -> Any:
        """Return the value of a JSON entry."""
        content = self.entries.get(entry)
        if content is None:
            reason = errors.BUNDLE_ENTRY_MISSING.format(name=entry)
            raise errors.bundle_damaged(self._name, reason)
        try:
            return parse_json(content)
        except ValueError as error:
            raise self.invalid(entry, error) from None

    def table(self, spec: TableSpec) -> TableSnapshot:
        """Return a table of the world; one without an entry is empty."""
        entry = f"{bundle_form.WORLD}{spec.name}.jsonl"
        try:
            return TableSnapshot.of(spec, list(loaded_rows(self.entries.get(entry, b""))))
        except _FORM_ERRORS as error:
            raise self.invalid(entry, error) from None

    def invalid(self, entry: str, error: Exception) -> errors.KiliError:
        reason = errors.BUNDLE_ENTRY_INVALID.format(name=entry, reason=repr(error))
        return errors.bundle_damaged(self._name, reason)
