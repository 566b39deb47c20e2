"""Writer of a ledger."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock
import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import (
    TARGET,
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
    connect,
    reading_ledger,
    transaction,
)
from lnmbench.store.ledger.lock import SUFFIX, acquire_lock
from lnmbench.store.ledger.reader import LedgerReader, closing_on_error, hold
from lnmbench.store.ledger.result_checks import require_valid
from lnmbench.store.ledger.schema import FILE, OPTIONAL_TABLES, PROBABILITIES, find_optional
from lnmbench.store.ledger.stored_plan import write_new
from lnmbench.store.ledger.trial_rows import trial_row
from lnmbench.store.ledger.verification import method_kind, require_format, verify

LARGEST_DIFFERENCE = 1e-3
"""Difference between the predictions of a unit and those when it is computed again."""


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
                    self._discard(unit.number)

    def _discard(self, unit: int) -> None:
        """Delete the results of a unit, so that it is missing."""
        tables = ["predictions", "validation", "histories", "search"]
        optional = find_optional(self._database) & {"permuted", "equations", "selections"}
        for table in [*tables, *sorted(optional)]:
            self._database.execute(f"DELETE FROM {table} WHERE unit = ?", (unit,))
        self._database.execute(
            "UPDATE units SET state = 'planned', seconds = NULL, device_seconds = NULL,"
            " memory_mb = NULL, fits = NULL, epochs = NULL, settings = NULL WHERE unit = ?",
            (unit,),
        )
        self._database.execute(
            "DELETE FROM checksums"
            " WHERE part IN ('unit', 'permuted', 'equations', 'selections') AND key = ?",
            (str(unit),),
        )

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
                task, values = task_labels.task, task_labels.values
                self._database.execute(
                    "INSERT OR IGNORE INTO tasks VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        task,
                        task_labels.title,
                        task_labels.kind,
                        task_labels.known,
                        json.dumps(values.shape),
                        task_labels.from_examples,
                    ),
                )
                flat = values.reshape(len(values), -1)  # (n, outputs)
                self._database.executemany(
                    "INSERT OR IGNORE INTO labels VALUES (?, ?, ?, ?)",
                    [(task, output, case, value) for case, output, value in _iterate_known(flat)],
                )
                store_checksum(self._database, "task", task)

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
                    self._add_result(result)
                self._add_permuted(result)

    def _add_result(self, result: UnitResult) -> None:
        key = self._find_unit(result)
        rows = [
            (key, task, output, case, value)
            for task, values in result.test.items()
            for case, output, value in _iterate_known(values)
        ]
        self._database.executemany("INSERT INTO predictions VALUES (?, ?, ?, ?, ?)", rows)
        validation = result.validation[~np.isnan(result.validation)]
        self._database.execute(
            "INSERT INTO validation VALUES (?, ?)",
            (key, validation.astype(PROBABILITIES).tobytes()),
        )
        self._database.executemany(
            "INSERT INTO histories VALUES (?, ?, ?, ?, ?)",
            [(key, e.inner, e.epoch, e.training_loss, e.validation_loss) for e in result.history],
        )
        self._database.executemany(
            "INSERT INTO search VALUES (?, ?, ?, ?, ?, ?)",
            [(key, *trial_row(trial)) for trial in result.search],
        )
        self._database.execute(
            "UPDATE units SET state = 'done', seconds = ?, device_seconds = ?, memory_mb = ?,"
            " fits = ?, epochs = ?, settings = ? WHERE unit = ?",
            (
                result.seconds,
                result.device_seconds,
                result.memory_mb,
                result.fits,
                result.epochs,
                json.dumps(dict(result.settings), sort_keys=True),
                key,
            ),
        )
        store_checksum(self._database, "unit", key)
        if result.selections is not None:
            self._require_table("selections")
            record = serialization.pack(result.selections)
            self._database.execute("INSERT INTO selections VALUES (?, ?)", (key, record))
            store_checksum(self._database, "selections", key)

    def _add_permuted(self, result: UnitResult) -> None:
        """Add the predictions of permuted inputs and equations, unless the unit has some."""
        if not result.permuted:
            return
        self._require_table("permuted")
        key = self._find_unit(result)
        query = "SELECT count(*) FROM permuted WHERE unit = ?"
        if self._database.execute(query, (key,)).fetchone()[0]:
            return
        self._require_same_predictions(key, result)
        self._database.executemany(
            "INSERT INTO permuted VALUES (?, ?, ?, ?)",
            [
                (key, each.kind, each.name, each.values.astype(PROBABILITIES).tobytes())
                for each in result.permuted
            ],
        )
        store_checksum(self._database, "permuted", key)
        if result.equations is not None:
            self._require_table("equations")
            record = serialization.pack(result.equations)
            self._database.execute("INSERT INTO equations VALUES (?, ?)", (key, record))
            store_checksum(self._database, "equations", key)

    def _require_table(self, name: str) -> None:
        """Create an optional table that the ledger does not have yet."""
        if name not in find_optional(self._database):
            self._database.execute(OPTIONAL_TABLES[name])

    def add_final_model(self, method: str, model: FinalModel) -> None:
        """Store the model of all cases of a linear method, instead of an earlier one."""
        with self._transaction():
            self._require_table("final_models")
            self._database.execute(
                "INSERT OR REPLACE INTO final_models VALUES (?, ?)",
                (method, serialization.pack(model)),
            )
            store_checksum(self._database, "final_models", method)

    def _require_same_predictions(self, key: int, result: UnitResult) -> None:
        """Raise `UserError` if a unit that was computed again predicts something else."""
        query = "SELECT case_number, output, value FROM predictions WHERE unit = ? AND task = ?"
        for case, output, value in self._database.execute(query, (key, TARGET)).fetchall():
            if abs(result.test[TARGET][case, output] - value) > LARGEST_DIFFERENCE:
                raise UserError(
                    "a finished unit has other predictions when it is computed again",
                    where=f"repeat {result.unit.repeat + 1}, fold {result.unit.fold + 1}",
                    expected=f"a difference of at most {LARGEST_DIFFERENCE:g}",
                    got=f"{abs(result.test[TARGET][case, output] - value):.2g}",
                    then="run with --importance and another --out: hardware or libraries differ",
                )

    def _find_unit(self, result: UnitResult) -> int:
        unit = result.unit
        row = self._database.execute(
            "SELECT unit FROM units WHERE method = ? AND repeat = ? AND fold = ?",
            (unit.method, unit.repeat, unit.fold),
        ).fetchone()
        return int(row[0])


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


def _iterate_known(values: NDArray[np.float64]) -> Iterator[tuple[int, int, float]]:
    """Yield (case, output, value) of each number of (n, outputs) that is not NaN."""
    for case, output in np.argwhere(~np.isnan(values)).tolist():
        yield case, output, float(values[case, output])
