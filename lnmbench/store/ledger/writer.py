"""Writer of a ledger."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import filelock
import numpy as np
from numpy.typing import NDArray

from lnmbench.records import (
    AuxLabels,
    Manifest,
    Method,
    NetworkMethod,
    Plan,
    Profile,
    Trial,
    UnitResult,
)
from lnmbench.store import serialization
from lnmbench.store.atomic import replacing, writing
from lnmbench.store.ledger.lock import SUFFIX, acquire_lock
from lnmbench.store.ledger.reader import LedgerReader, closing_on_error, connect, reading_ledger
from lnmbench.store.ledger.schema import FILE, PROBABILITIES, write_new


class LedgerWriter(LedgerReader):
    """The ledger of a run directory, open for reading and writing by this process alone.

    `LedgerWriter.create` makes one.
    """

    def __init__(
        self, path: Path, database: sqlite3.Connection, lock: filelock.BaseFileLock
    ) -> None:
        super().__init__(path, database)
        self._lock = lock

    @classmethod
    def create(cls, folder: Path, plan: Plan) -> LedgerWriter:
        """Open the folder's ledger for writing; create it with the plan if there is none.

        Raises `UserError` if the folder holds another plan, another process writes to it, or it
        cannot be written; then no new file stays.
        """
        path = folder / FILE
        with writing(path):
            folder.mkdir(parents=True, exist_ok=True)
            lock = acquire_lock(path)
        try:
            if not path.exists():
                with replacing(path) as temporary_path:
                    write_new(temporary_path, plan)
            with reading_ledger(path):
                ledger = cls(path, connect(path, writable=True), lock)
                with closing_on_error(ledger):
                    ledger.require_format()
                    ledger.require(plan)
        except BaseException:
            lock.release()
            if not path.exists():
                _remove_new_folder(folder)
            raise
        return ledger

    def close(self) -> None:
        """Close the file and admit the next writer."""
        super().close()
        self._lock.release()

    def add_methods(self, methods: Sequence[Method], units: Iterable[tuple[int, int]]) -> None:
        """Plan the (repeat, fold) units of the methods that the ledger does not have yet."""
        units = list(units)
        with writing(self.path), self._database:
            for method in methods:
                name = method.fingerprint
                kind = "network" if isinstance(method, NetworkMethod) else "baseline"
                record = serialization.pack(method)
                if serialization.unpack_method(record).fingerprint != name:
                    raise TypeError(f"{method.label}: a setting is not of the type of its field")
                row = (name, method.label, kind, record)
                self._database.execute("INSERT OR IGNORE INTO methods VALUES (?, ?, ?, ?)", row)
                self._database.executemany(
                    "INSERT OR IGNORE INTO units (method, repeat, fold, state)"
                    " VALUES (?, ?, ?, 'planned')",
                    [(name, repeat, fold) for repeat, fold in units],
                )

    def add_labels(self, labels: Iterable[AuxLabels]) -> None:
        """Add the labels of auxiliary tasks; labels that the ledger has stay as they are."""
        with writing(self.path), self._database:
            for task_labels in labels:
                task, values = task_labels.task, task_labels.values
                self._database.execute(
                    "INSERT OR IGNORE INTO tasks VALUES (?, ?, ?, ?, ?)",
                    (
                        task,
                        task_labels.title,
                        task_labels.kind,
                        task_labels.known,
                        json.dumps(values.shape),
                    ),
                )
                flat = values.reshape(len(values), -1)  # (n, outputs)
                self._database.executemany(
                    "INSERT OR IGNORE INTO labels VALUES (?, ?, ?, ?)",
                    [(task, output, case, value) for case, output, value in _iterate_known(flat)],
                )

    def add_profile(self, profile: Profile) -> None:
        """Store the profile of the cohort."""
        with writing(self.path), self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO facts VALUES ('profile', ?)", (serialization.pack(profile),)
            )

    def add_manifest(self, manifest: Manifest) -> None:
        """Add the manifest of an invocation."""
        with writing(self.path), self._database:
            self._database.execute(
                "INSERT INTO manifests (created, manifest) VALUES (?, ?)",
                (manifest.created, serialization.pack(manifest)),
            )

    def add_results(self, results: Sequence[UnitResult]) -> None:
        """Add the results of a chunk of units in one transaction."""
        with writing(self.path), self._database:
            for result in results:
                self._add_result(result)

    def _add_result(self, result: UnitResult) -> None:
        unit = result.unit
        key = self._database.execute(
            "SELECT unit FROM units WHERE method = ? AND repeat = ? AND fold = ?",
            (unit.method, unit.repeat, unit.fold),
        ).fetchone()[0]
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
            [(key, *_trial_row(trial)) for trial in result.search],
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


def _trial_row(trial: Trial) -> tuple[int, str, float | None, str, int]:
    """Return candidate, settings, mean loss, losses and whether chosen; null for infinity."""
    settings = json.dumps(dict(trial.settings), sort_keys=True)
    losses = json.dumps([_finite(loss) for loss in trial.losses])
    return (trial.candidate, settings, _finite(trial.loss), losses, int(trial.chosen))


def _finite(loss: float) -> float | None:
    return loss if math.isfinite(loss) else None
