"""Writer of a ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from lnmbench.errors import UserError
from lnmbench.records import (
    AuxLabels,
    EncoderProbe,
    FinalModel,
    Manifest,
    Method,
    Plan,
    Profile,
    UnitResult,
)
from lnmbench.store import serialization
from lnmbench.store.atomic import replacing
from lnmbench.store.file_errors import writing
from lnmbench.store.ledger.checksums import store_checksum
from lnmbench.store.ledger.connection import (
    Say,
    be_silent,
    closing_on_error,
    connect,
    hold,
    reading_ledger,
    transaction,
)
from lnmbench.store.ledger.label_rows import label_rows, task_row
from lnmbench.store.ledger.lock import SUFFIX, acquire_lock
from lnmbench.store.ledger.reader import LedgerReader
from lnmbench.store.ledger.result_checks import require_valid
from lnmbench.store.ledger.schema import FILE, create_optional
from lnmbench.store.ledger.stored_plan import write_new
from lnmbench.store.ledger.unit_rows import discard_unit, store_permuted, store_unit
from lnmbench.store.ledger.verification import method_kind, require_format, verify


class LedgerWriter(LedgerReader):
    """The ledger of a run directory, open for reading and writing by this process alone.

    `LedgerWriter.create` makes one.
    """

    def __init__(
        self,
        path: Path,
        database: sqlite3.Connection,
        lock: filelock.BaseFileLock,
        plan: Plan,
        say: Say,
    ) -> None:
        super().__init__(path, database, plan)
        self._lock, self._say = lock, say
        self._state = _file_identity(path)

    @classmethod
    def create(cls, folder: Path, plan: Plan, say: Say = be_silent) -> LedgerWriter:
        """Open the folder's ledger for writing; create it with the plan if there is none.

        Units whose results are damaged are planned again.

        Parameters
        ----------
        folder
            The run directory.
        plan
            The plan of the run.
        say
            Receives notices for the user: damaged units, waiting for another program.

        Raises
        ------
        UserError
            If the folder holds another plan, another process writes to it, or it cannot be
            written; then no new file stays.
        """
        path = folder / FILE
        with writing(path):
            folder.mkdir(parents=True, exist_ok=True)
            lock = acquire_lock(path, say)
        try:
            if not path.exists():
                with replacing(path, private=True) as temporary_path:
                    write_new(temporary_path, plan)
            with reading_ledger(path):
                ledger = cls(path, connect(path, writable=True, say=say), lock, plan, say)
                with closing_on_error(ledger):
                    ledger._prepare()
        except BaseException:
            lock.release()
            if not path.exists():
                _remove_new_folder(folder)
            raise
        return ledger

    def _prepare(self) -> None:
        hold(self._database, self.path, self._say)
        require_format(self._database, self.path)
        self.require(self._plan)
        _, damaged = verify(self._database, self.path)
        self._database.rollback()
        for unit in damaged:
            self._say(f"{unit.name}: {unit.fault} in {self.path}; computing it again")
        if damaged:
            with self._transaction():
                for unit in damaged:
                    discard_unit(self._database, unit.number)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._require_same_file()
        with transaction(self._database, self.path, self._say):
            yield
        self._require_same_file()

    def _require_same_file(self) -> None:
        """Raise `UserError` if the ledger was moved or replaced since it was opened."""
        if _file_identity(self.path) != self._state:
            raise UserError(
                "the ledger was deleted, moved or replaced during the run",
                where=str(self.path),
                then="put it back, or rerun the same command to start again",
            )

    def close(self) -> None:
        """Close the file and admit the next writer."""
        super().close()
        self._lock.release()

    def add_methods(self, methods: Sequence[Method], units: Iterable[tuple[int, int]]) -> None:
        """Plan the (repeat, fold) units of the methods that the ledger does not have yet."""
        units = list(units)
        with self._transaction():
            for method in methods:
                name = method.fingerprint
                record = serialization.pack(method)
                if serialization.unpack_method(record).fingerprint != name:
                    raise TypeError(f"{method.label}: a setting is not of the type of its field")
                row = (name, method.label, method_kind(method), record)
                self._database.execute("INSERT OR IGNORE INTO methods VALUES (?, ?, ?, ?)", row)
                self._database.executemany(
                    "INSERT OR IGNORE INTO units (method, repeat, fold, state)"
                    " VALUES (?, ?, ?, 'planned')",
                    [(name, repeat, fold) for repeat, fold in units],
                )
                store_checksum(self._database, "method", name)

    def add_labels(self, labels: Iterable[AuxLabels]) -> None:
        """Add the labels of auxiliary tasks; labels that the ledger has stay as they are."""
        with self._transaction():
            for task_labels in labels:
                self._database.execute(
                    "INSERT OR IGNORE INTO tasks VALUES (?, ?, ?, ?, ?, ?)", task_row(task_labels)
                )
                self._database.executemany(
                    "INSERT OR IGNORE INTO labels VALUES (?, ?, ?, ?)", label_rows(task_labels)
                )
                store_checksum(self._database, "task", task_labels.task)

    def add_profile(self, profile: Profile) -> None:
        """Store the profile of the cohort."""
        with self._transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO facts VALUES ('profile', ?)", (serialization.pack(profile),)
            )
            store_checksum(self._database, "profile")

    def add_probe(self, probe: EncoderProbe) -> None:
        """Store the linear probe of an encoder."""
        with self._transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO probes VALUES (?, ?)",
                (probe.key, serialization.pack(probe)),
            )
            store_checksum(self._database, "probe", probe.key)

    def add_manifest(self, manifest: Manifest) -> int:
        """Add the manifest of an invocation and return its number."""
        with self._transaction():
            added = self._database.execute(
                "INSERT INTO manifests (created, manifest) VALUES (?, ?)",
                (manifest.created, serialization.pack(manifest)),
            )
            number = added.lastrowid or 0
            store_checksum(self._database, "manifest", number)
        return number

    def replace_manifest(self, number: int, manifest: Manifest) -> None:
        """Replace the manifest of this number, e.g. by one with the notes of the run's end."""
        with self._transaction():
            self._database.execute(
                "UPDATE manifests SET manifest = ? WHERE number = ?",
                (serialization.pack(manifest), number),
            )
            store_checksum(self._database, "manifest", number)

    def add_results(self, results: Sequence[UnitResult]) -> None:
        """Add the results of a chunk of units in one transaction.

        Units that have results keep them: a chunk is computed as a whole if one of its units was
        damaged, or lacks the predictions of permuted inputs, which are then added. Raises
        `UserError` if one cannot be a result of the plan; then none is stored.
        """
        methods = {method.fingerprint: method for method in self.methods()}
        for result in results:
            require_valid(result, self._plan, methods)
        done = {method: self.done(method) for method in {r.unit.method for r in results}}
        with self._transaction():
            for result in results:
                if (result.unit.repeat, result.unit.fold) not in done[result.unit.method]:
                    store_unit(self._database, result)
                store_permuted(self._database, result)

    def add_final_model(self, method: str, model: FinalModel) -> None:
        """Store the model of all cases of a linear method, instead of an earlier one."""
        with self._transaction():
            create_optional(self._database, "final_models")
            self._database.execute(
                "INSERT OR REPLACE INTO final_models VALUES (?, ?)",
                (method, serialization.pack(model)),
            )
            store_checksum(self._database, "final_models", method)


def _file_identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _remove_new_folder(folder: Path) -> None:
    """Remove a folder that was created for a ledger that could not be written."""
    (folder / f"{FILE}{SUFFIX}").unlink(missing_ok=True)
    for empty in (folder, folder.parent):
        with suppress(OSError):
            empty.rmdir()
