"""The repair of the folder of a world: examine it, make a backup, and replace the documents."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

from kili_emulator import errors, private_files
from kili_emulator.clock import format_time
from kili_emulator.domain import world_folder
from kili_emulator.domain.api_key import authenticate, create_api_key, scenario_key
from kili_emulator.domain.consistency import find_inconsistencies
from kili_emulator.domain.repair.findings import Findings
from kili_emulator.domain.repair.mending import Mending
from kili_emulator.domain.repair.placeholders import make_placeholder
from kili_emulator.domain.world import Actor, World
from kili_emulator.domain.world_folder import WorldError
from kili_emulator.storage import file_check
from kili_emulator.storage.blobs import BlobStore
from kili_emulator.storage.journal import Change
from kili_emulator.storage.layouts import DECISIONS_POSITION, database_files
from kili_emulator.storage.salvage import Salvage, read_documents

_UNKNOWN_SCENARIO = "recovered"
_REPAIR_ADMIN = "crepairadmin0000000000000"


class WorldRepair:
    """The repair of one world.

    Args:
        folder: the folder of the world; no emulator uses it.
        moment: the time of the repair.

    Attributes:
        findings: what is wrong, and what :meth:`apply` changes.

    Raises:
        WorldError: nothing can be read, or another version of the emulator wrote the documents.
        OSError: a file cannot be read.
    """

    def __init__(self, folder: Path, moment: datetime) -> None:
        self._folder = folder
        self._file = folder / world_folder.DOCUMENTS
        self._moment = moment
        if file_check.has_other_layout(self._file):
            raise WorldError(errors.WORLD_OF_OTHER_VERSION.format(file=self._file))
        self._salvage: Salvage = read_documents(self._file)
        if not self._salvage.rows:
            raise WorldError(errors.WORLD_NOT_REPAIRABLE.format(file=self._file, folder=folder))
        self._mending = Mending(self._salvage.rows, format_time(moment))
        self._mending.run()
        self.findings: Findings = self._mending.findings
        self.findings.unreadable.update(self._salvage.unreadable)
        self._note_faults()
        self._note_files()

    @property
    def is_needed(self) -> bool:
        """Whether there is something that :meth:`apply` repairs."""
        return bool(self._must_replace or self._lost_commits)

    @property
    def _must_replace(self) -> bool:
        """Whether the documents have to be replaced."""
        return bool(self.findings.concern_documents or self._fault)

    def _note_faults(self) -> None:
        fault = self._salvage.fault
        self._fault = f"cannot be read as a whole ({fault})" if fault else None
        if self._fault is None:
            self._fault = file_check.find_fault(self._file, World.START)
        if self._fault is None and not self._mending.tables["apiKeys"]:
            self._fault = "has no API key"
        self._lost_commits = None if self._fault else file_check.find_lost_commits(self._file)
        for each in filter(None, (self._fault, self._lost_commits)):
            self.findings.faults.append(f"{self._file} {each}")

    def _note_files(self) -> None:
        """Note the files whose bytes are missing or damaged; a repair cannot bring them back."""
        blobs = BlobStore(self._folder / world_folder.BLOBS)
        for row in self._mending.tables["files"].values():
            try:
                blobs.get(row.document["digest"])
            except errors.StorageError as error:
                self.findings.unrepaired.append(f"file {row.document['id']}: {error.message}")

    def apply(self, backups: Path) -> Path:
        """Copy the folder of the world, and replace its documents; return the path of the copy.

        Args:
            backups: the folder of the backups.

        Raises:
            WorldError: the documents cannot be made consistent; nothing has changed.
            OSError: the disk is full or cannot be written. The world or its backup is whole.
        """
        private_files.make_folder(backups)
        backup = _free_path(backups / f"{self._folder.name}-{self._moment:%Y%m%d-%H%M%S}")
        shutil.copytree(self._folder, backup, symlinks=True)
        if self._must_replace:
            self._replace_documents(backups)
        else:
            file_check.forget_lost_commits(self._file)
        return backup

    def _replace_documents(self, backups: Path) -> None:
        """Write a new file of documents beside the backups, and move it to its place."""
        with tempfile.TemporaryDirectory(prefix=".repair-", dir=backups) as name:
            rebuilt = Path(name) / self._folder.name
            self._write_documents(rebuilt)
            with contextlib.closing(World(self._folder.name, rebuilt)) as world:
                self._complete(world)
            for path in database_files(self._file):
                if path != self._file:  # its replacement leaves no moment without a file
                    path.unlink(missing_ok=True)
            (rebuilt / world_folder.DOCUMENTS).replace(self._file)

    def _write_documents(self, folder: Path) -> None:
        """Write the documents as a new history: its only mark is the one of the end of the repair.

        The journal is not kept. All earlier marks are void.
        """
        meta, world = self._salvage.meta, World(self._folder.name, folder)
        epoch = meta.get("epoch", 0)
        kept: dict[str, Any] = {
            name: meta[name]
            for name in ("ids", "clock", "clock_offset", DECISIONS_POSITION)
            if name in meta
        }
        with contextlib.closing(world):
            world.documents.storage.next_position = self._mending.next_position
            changes = [
                Change(table, document_id, None, row)
                for table, rows in self._mending.tables.items()
                for document_id, row in rows.items()
            ]
            history = {"epoch": epoch + 1, "returns": [[epoch, 0]]}
            world.documents.commit(changes, {"ids": world.ids.state(), **kept, **history})

    def _complete(self, world: World) -> None:
        """Let an administrator use the world, check it, and make its state the start.

        Raises:
            WorldError: the documents are not consistent.
        """
        admins = [
            key
            for key in world.view.api_keys.all()
            if (actor := authenticate(world, key["key"]))
            and actor.user["organizationRole"] == "ADMIN"
        ]
        if not admins:
            self._add_admin(world)
        found = find_inconsistencies(world.documents.snapshot)
        if found:
            details = {"file": self._file, "folder": self._folder, "fault": found[0]}
            raise WorldError(errors.WORLD_STAYS_INCONSISTENT.format(**details))
        world.set_start(self._salvage.meta.get("scenario", _UNKNOWN_SCENARIO))

    def _add_admin(self, world: World) -> None:
        """Add an administrator with the key of the administrator of a scenario."""
        key = scenario_key("admin", world.name)
        now = format_time(self._moment)
        with world.transaction(Actor.system()) as tx:
            for each in tx.api_keys.find("key", key):
                tx.api_keys.delete(each)
            for make, table in ((tx.organizations, "organizations"), (tx.users, "users")):
                if table == "users" or not tx.organizations.all():
                    document = make_placeholder(self._mending.tables, table, _REPAIR_ADMIN, now)
                    assert document is not None
                    make.insert(document)  # type: ignore[arg-type]
            admin = tx.users.change(
                tx.users.require(_REPAIR_ADMIN),
                organizationRole="ADMIN",
                organizationId=tx.organizations.all()[0]["id"],
            )
            create_api_key(tx, admin, name="admin", key=key)
        self.findings.notes.append(errors.REPAIR_NEW_ADMIN.format(key=key))


def _free_path(path: Path) -> Path:
    """Return a path, with a number if there is a file of this name."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(each for each in chain([path], numbered) if not each.exists())
