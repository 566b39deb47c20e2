"""The ledger (SQLite): plan, manifests, methods, units and predictions of one run directory.

Any SQLite tool reads it. One process at a time writes it; what a unit made appears in one
transaction, so that a unit is either whole in the ledger or not there.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import filelock
import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import (
    AuxLabels,
    Cost,
    Curve,
    Manifest,
    Method,
    Plan,
    Profile,
    Splits,
    Trial,
    UnitResult,
)
from lnmbench.store import serialization
from lnmbench.store.atomic import replacing, writing
from lnmbench.store.ledger.search_rows import from_row, to_row

if TYPE_CHECKING:
    import pandas as pd

FILE = "ledger.sqlite"
FORMAT = "4"
SECONDS_FOR_READERS = 60.0
"""How long a writer waits for a program that reads the ledger."""

_STORED = np.dtype("<f8")

SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE manifests (number INTEGER PRIMARY KEY, created TEXT NOT NULL, manifest TEXT NOT NULL);
CREATE TABLE cases (case_number INTEGER PRIMARY KEY, case_id TEXT NOT NULL UNIQUE,
                    truth INTEGER NOT NULL, patient INTEGER NOT NULL);
-- part: test, or training with the inner fold in which the case validates
CREATE TABLE splits (repeat INTEGER, fold INTEGER, case_number INTEGER, part TEXT NOT NULL,
                     inner_fold INTEGER, PRIMARY KEY (repeat, fold, case_number)) WITHOUT ROWID;
CREATE TABLE methods (method TEXT PRIMARY KEY, label TEXT NOT NULL, kind TEXT NOT NULL,
                      record TEXT NOT NULL) WITHOUT ROWID;
-- what auxiliary tasks should predict: classes by number, or measures
CREATE TABLE tasks (task TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL,
                    known INTEGER NOT NULL, shape TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE labels (task TEXT NOT NULL REFERENCES tasks, output INTEGER NOT NULL,
                     case_number INTEGER NOT NULL, value REAL NOT NULL,
                     PRIMARY KEY (task, output, case_number)) WITHOUT ROWID;
CREATE TABLE units (unit INTEGER PRIMARY KEY, method TEXT NOT NULL REFERENCES methods,
                    repeat INTEGER NOT NULL, fold INTEGER NOT NULL, state TEXT NOT NULL,
                    seconds REAL, device_seconds REAL, memory_mb REAL, fits INTEGER,
                    epochs INTEGER, settings TEXT, UNIQUE (method, repeat, fold));
-- of the cases of the outer test fold
CREATE TABLE predictions (unit INTEGER NOT NULL REFERENCES units, task TEXT NOT NULL,
                          output INTEGER NOT NULL, case_number INTEGER NOT NULL,
                          value REAL NOT NULL,
                          PRIMARY KEY (unit, task, output, case_number)) WITHOUT ROWID;
-- of the training cases, by number: the target's probability from the fit that stopped by the case;
-- float64, little-endian, as these are nine tenths of all predictions and are read as a whole
CREATE TABLE validation (unit INTEGER PRIMARY KEY REFERENCES units, probabilities BLOB NOT NULL);
CREATE TABLE histories (unit INTEGER NOT NULL REFERENCES units, inner_fold INTEGER NOT NULL,
                        epoch INTEGER NOT NULL, training_loss REAL, validation_loss REAL,
                        PRIMARY KEY (unit, inner_fold, epoch)) WITHOUT ROWID;
-- what inner folds chose among; the losses are the target's, null where a fit diverged
CREATE TABLE search (unit INTEGER NOT NULL REFERENCES units, candidate INTEGER NOT NULL,
                     settings TEXT NOT NULL, mean_loss REAL, inner_losses TEXT NOT NULL,
                     chosen INTEGER NOT NULL, PRIMARY KEY (unit, candidate)) WITHOUT ROWID;
"""


class Ledger:
    """One run directory's ledger; made by `Ledger.create` or `Ledger.open`."""

    def __init__(self, path: Path, *, lock: filelock.BaseFileLock | None = None) -> None:
        self.path = path
        self._lock = lock
        # a reader that may write rolls back what a killed writer left in the middle
        mode = "rw" if lock is not None or os.access(path, os.W_OK) else "ro"
        uri = f"{path.resolve().as_uri()}?mode={mode}"
        self._db = sqlite3.connect(uri, uri=True, timeout=SECONDS_FOR_READERS)
        self._db.execute(f"PRAGMA query_only = {int(lock is None)}")
        self._db.execute("PRAGMA foreign_keys = ON")

    @classmethod
    def create(cls, folder: Path, plan: Plan) -> Ledger:
        """Open the folder's ledger for writing; a new one starts with the plan.

        Raises `UserError` where the folder holds another plan, another process writes to it, or
        it cannot be written; then nothing new stays.
        """
        path = folder / FILE
        with writing(path):
            folder.mkdir(parents=True, exist_ok=True)
            lock = _locked(path)
        try:
            if not path.exists():
                with replacing(path) as beside:
                    _begin(beside, plan)
            with _readable(path):
                ledger = cls(path, lock=lock)
                ledger._same_format()
                ledger.require(plan)
        except BaseException:
            lock.release()
            if not path.exists():
                _leave_nothing(folder)
            raise
        return ledger

    @classmethod
    def open(cls, folder: Path) -> Ledger:
        """Open the folder's ledger for reading. Raises `UserError` where there is none."""
        path = folder if folder.name == FILE else folder / FILE
        if not path.is_file():
            raise UserError(
                "no run here",
                where=str(folder),
                expected=f"a folder with {FILE}",
                then="start one with lnmbench run",
            )
        with _readable(path):
            ledger = cls(path)
            ledger._same_format()
        return ledger

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let the next writer in."""
        self._db.close()
        if self._lock is not None:
            self._lock.release()

    # What is written

    def add_methods(self, methods: Sequence[Method], units: Iterable[tuple[int, int]]) -> None:
        """Plan the (repeat, fold) units of the methods that the ledger does not have yet."""
        units = list(units)
        with writing(self.path), self._db:
            for method in methods:
                name = method.fingerprint
                row = (name, method.label, method.kind, serialization.pack(method))
                self._db.execute("INSERT OR IGNORE INTO methods VALUES (?, ?, ?, ?)", row)
                self._db.executemany(
                    "INSERT OR IGNORE INTO units (method, repeat, fold, state)"
                    " VALUES (?, ?, ?, 'planned')",
                    [(name, repeat, fold) for repeat, fold in units],
                )

    def add_labels(self, labels: Iterable[AuxLabels]) -> None:
        """Keep the labels of auxiliary tasks; those that are there stay as they are."""
        with writing(self.path), self._db:
            for one in labels:
                shape = json.dumps(one.values.shape)
                row = (one.task, one.title, one.kind, one.known, shape)
                self._db.execute("INSERT OR IGNORE INTO tasks VALUES (?, ?, ?, ?, ?)", row)
                flat = one.values.reshape(len(one.values), -1)
                self._db.executemany(
                    "INSERT OR IGNORE INTO labels VALUES (?, ?, ?, ?)",
                    [(one.task, output, case, value) for case, output, value in _known(flat)],
                )

    def add_profile(self, profile: Profile) -> None:
        """Keep what is known of the cohort in numbers."""
        with writing(self.path), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO facts VALUES ('profile', ?)", (serialization.pack(profile),)
            )

    def add_manifest(self, manifest: Manifest) -> None:
        """Keep the passport of an invocation."""
        with writing(self.path), self._db:
            self._db.execute(
                "INSERT INTO manifests (created, manifest) VALUES (?, ?)",
                (manifest.created, serialization.pack(manifest)),
            )

    def add_results(self, results: Sequence[UnitResult]) -> None:
        """Keep the results of a chunk of units, all or none."""
        with writing(self.path), self._db:
            for result in results:
                self._add_result(result)

    def _add_result(self, result: UnitResult) -> None:
        unit = result.unit
        key = self._db.execute(
            "SELECT unit FROM units WHERE method = ? AND repeat = ? AND fold = ?",
            (unit.method, unit.repeat, unit.fold),
        ).fetchone()[0]
        rows = [
            (key, task, output, case, value)
            for task, values in result.test.items()
            for case, output, value in _known(values)
        ]
        self._db.executemany("INSERT INTO predictions VALUES (?, ?, ?, ?, ?)", rows)
        validation = result.validation[~np.isnan(result.validation)]
        self._db.execute(
            "INSERT INTO validation VALUES (?, ?)", (key, validation.astype(_STORED).tobytes())
        )
        self._db.executemany(
            "INSERT INTO histories VALUES (?, ?, ?, ?, ?)",
            [(key, e.inner, e.epoch, e.training_loss, e.validation_loss) for e in result.history],
        )
        self._db.executemany(
            "INSERT INTO search VALUES (?, ?, ?, ?, ?, ?)",
            [(key, *to_row(tried)) for tried in result.search],
        )
        self._db.execute(
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

    # What is read

    def plan(self) -> Plan:
        """Return the plan that every method of this ledger shares."""
        with _readable(self.path):
            cases = self._db.execute(
                "SELECT case_id, truth, patient FROM cases ORDER BY case_number"
            )
            ids, truth, patients = zip(*cases.fetchall(), strict=True)
            protocol = serialization.protocol(self._fact("protocol"))
            return Plan(
                dataset=self._fact("dataset"),
                fingerprint=self._fact("fingerprint"),
                card=serialization.card(self._fact("card")),
                preprocessing=serialization.preprocessing(self._fact("preprocessing")),
                protocol=protocol,
                ids=tuple(ids),
                truth=np.asarray(truth, dtype=np.float64),
                patients=np.asarray(patients, dtype=np.int64),
                splits=self._splits(protocol.repeats, protocol.folds, len(ids)),
                notes=tuple(json.loads(self._fact("notes"))),
            )

    def require(self, plan: Plan) -> None:
        """Raise `UserError` where the ledger holds another plan."""
        asked = _facts(plan)
        for name in ("fingerprint", "protocol", "labels_and_folds"):
            if self._fact(name) != asked[name]:
                raise UserError(
                    f"this run directory belongs to another {WORDS[name]}",
                    where=str(self.path.parent),
                    expected=self._fact(name),
                    got=asked[name],
                    then="choose another with --out",
                )

    def methods(self) -> tuple[Method, ...]:
        """Return every method that was ever planned here, in the order in which they came."""
        rows = self._read(
            "SELECT record FROM methods JOIN units USING (method)"
            " GROUP BY method ORDER BY min(unit)"
        )
        return tuple(serialization.method(row[0]) for row in rows)

    def manifests(self) -> list[dict[str, Any]]:
        """Return the manifest of each invocation, oldest first."""
        rows = self._read("SELECT manifest FROM manifests ORDER BY number")
        return [json.loads(row[0]) for row in rows]

    def done(self, method: str) -> set[tuple[int, int]]:
        """Return the (repeat, fold) units of a method that have results."""
        return set(
            self._read(
                "SELECT repeat, fold FROM units WHERE state = 'done' AND method = ?", (method,)
            )
        )

    def cost(self, method: str) -> Cost:
        """Return what a method's finished units took."""
        (row,) = self._read(
            "SELECT total(fits), total(epochs), total(seconds), total(device_seconds),"
            " coalesce(max(memory_mb), 0) FROM units WHERE method = ?",
            (method,),
        )
        return Cost(
            fits=int(row[0]),
            epochs=int(row[1]),
            seconds=row[2],
            device_seconds=row[3],
            memory_mb=row[4],
        )

    def search(self, method: str) -> dict[tuple[int, int], tuple[Trial, ...]]:
        """Return what each finished (repeat, fold) of a method tried; empty without a search."""
        rows = self._read(
            "SELECT repeat, fold, candidate, search.settings, inner_losses, chosen"
            " FROM units JOIN search USING (unit) WHERE method = ?"
            " ORDER BY repeat, fold, candidate",
            (method,),
        )
        found: dict[tuple[int, int], list[Trial]] = {}
        for repeat, fold, *row in rows:
            found.setdefault((repeat, fold), []).append(from_row(*row))
        return {place: tuple(tried) for place, tried in found.items()}

    def predictions(self, method: str, task: str) -> NDArray[np.float64]:
        """Return test predictions (repeats, n, outputs), NaN where a unit has no result yet."""
        rows = self._read(
            "SELECT repeat, case_number, output, value FROM units JOIN predictions USING (unit)"
            " WHERE method = ? AND task = ?",
            (method, task),
        )
        found = np.array(rows, dtype=np.float64).reshape(-1, 4)
        repeat, case, output = found[:, :3].astype(np.int64).T
        repeats = serialization.protocol(self._fact("protocol")).repeats
        n = int(self._read("SELECT count(*) FROM cases")[0][0])
        values = np.full((repeats, n, 1 + int(output.max(initial=0))), np.nan)
        values[repeat, case, output] = found[:, 3]
        return values

    def validation(self, method: str) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
        """Yield (repeat, fold, probabilities) of each finished unit of a method.

        The probabilities (t,) of the target are those of the training cases, in the order of the
        plan, each from the fit that did not train on it.
        """
        rows = self._read(
            "SELECT repeat, fold, probabilities FROM units JOIN validation USING (unit)"
            " WHERE method = ? ORDER BY repeat, fold",
            (method,),
        )
        for repeat, fold, probabilities in rows:
            yield repeat, fold, np.frombuffer(probabilities, dtype=_STORED).astype(np.float64)

    def labels(self) -> dict[str, AuxLabels]:
        """Return what each auxiliary task should have predicted, by the task."""
        found = {}
        for task, title, kind, known, shape in self._read("SELECT * FROM tasks ORDER BY task"):
            n, *rest = json.loads(shape)
            values = np.full((n, math.prod(rest)), np.nan)
            rows = self._read(
                "SELECT case_number, output, value FROM labels WHERE task = ?", (task,)
            )
            for case, output, value in rows:
                values[case, output] = value
            found[task] = AuxLabels(
                task=task, title=title, kind=kind, known=known, values=values.reshape(n, *rest)
            )
        return found

    def profile(self) -> Profile | None:
        """Return what is known of the cohort in numbers, if it was kept."""
        with _readable(self.path):
            text = self._fact("profile")
        return None if text == "none" else serialization.profile(text)

    def curve(self, method: str) -> Curve | None:
        """Return how the losses of a method's fits went; None where they have no epochs."""
        rows = self._read(
            "SELECT epoch, training_loss, validation_loss FROM units JOIN histories USING (unit)"
            " WHERE method = ?",
            (method,),
        )
        if not rows:
            return None
        found = np.array(rows, dtype=np.float64)
        epochs = np.unique(found[:, 0])
        by_epoch = [found[found[:, 0] == epoch, 1:] for epoch in epochs]
        quartiles = np.stack([np.nanpercentile(one, (25, 50, 75), axis=0) for one in by_epoch])
        return Curve(
            epochs=epochs.astype(np.int64),
            training=quartiles[:, :, 0],
            validation=quartiles[:, :, 1],
            fits=np.array([len(one) for one in by_epoch]),
        )

    def frame(self, query: str) -> pd.DataFrame:
        """Return the rows of a query over the tables above."""
        import pandas as pd

        with _readable(self.path):
            return pd.read_sql_query(query, self._db)

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[tuple]:  # type: ignore[type-arg]  # rows differ
        with _readable(self.path):
            return self._db.execute(query, values).fetchall()

    def _fact(self, name: str) -> str:
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else "none"

    def _splits(self, repeats: int, folds: int, n: int) -> Splits:
        outer = np.full((repeats, n), -1, dtype=np.int16)
        inner = np.full((repeats, folds, n), -1, dtype=np.int16)
        rows = self._db.execute("SELECT repeat, fold, case_number, inner_fold FROM splits")
        for repeat, fold, case, inner_fold in rows:
            if inner_fold is None:
                outer[repeat, case] = fold
            else:
                inner[repeat, fold, case] = inner_fold
        return Splits(outer=outer, inner=inner)

    def _same_format(self) -> None:
        found = self._fact("format")
        if found != FORMAT:
            raise UserError(
                "ledger of another format",
                where=str(self.path),
                expected=FORMAT,
                got=found,
                then="read it with the lnmbench that wrote it, or run with another --out",
            )


WORDS = {
    "fingerprint": "cohort",
    "protocol": "protocol",
    "labels_and_folds": "version of the target: the labels or folds differ",
}


def _facts(plan: Plan) -> dict[str, str]:
    digest = hashlib.sha256("\x00".join(plan.ids).encode())
    for array in (plan.truth, plan.splits.outer, plan.splits.inner):
        digest.update(array.tobytes())
    return {
        "format": FORMAT,
        "dataset": plan.dataset,
        "fingerprint": plan.fingerprint,
        "card": serialization.pack(plan.card),
        "preprocessing": serialization.pack(plan.preprocessing),
        "protocol": serialization.pack(plan.protocol),
        "notes": json.dumps(plan.notes),
        "labels_and_folds": digest.hexdigest()[:32],
    }


def _begin(path: Path, plan: Plan) -> None:
    """A new ledger with the plan and nothing else."""
    cases = [
        (number, case, int(plan.truth[number]), int(plan.patients[number]))
        for number, case in enumerate(plan.ids)
    ]
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(SCHEMA)
        db.executemany("INSERT INTO facts VALUES (?, ?)", _facts(plan).items())
        db.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", cases)
        db.executemany("INSERT INTO splits VALUES (?, ?, ?, ?, ?)", _split_rows(plan))


def _leave_nothing(folder: Path) -> None:
    """Remove a folder that was made for a ledger that did not come to be."""
    (folder / f"{FILE}.lock").unlink(missing_ok=True)
    for empty in (folder, folder.parent):
        with suppress(OSError):
            empty.rmdir()


def _split_rows(plan: Plan) -> Iterator[tuple[int, int, int, str, int | None]]:
    for repeat, fold in plan.splits.units():
        for case, inner in enumerate(plan.splits.inner[repeat, fold].tolist()):
            part = "test" if inner < 0 else "training"
            yield repeat, fold, case, part, None if inner < 0 else inner


def _known(values: NDArray[np.float64]) -> Iterator[tuple[int, int, float]]:
    """(case, output, value) of every number of (n, outputs) that is there."""
    for case, output in np.argwhere(~np.isnan(values)).tolist():
        yield case, output, float(values[case, output])


def _locked(path: Path) -> filelock.BaseFileLock:
    lock = filelock.FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise UserError(
            "another lnmbench run writes to this ledger",
            where=str(path),
            then="wait for it to end, or choose another directory with --out",
        ) from error
    return lock


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise UserError(
            "unreadable ledger",
            where=str(path),
            got=str(error)[:120],
            then="restore it from a copy, or run again with another --out",
        ) from error
