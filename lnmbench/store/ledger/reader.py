"""Reader of a ledger."""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import (
    AuxLabels,
    Card,
    Cost,
    Curve,
    Manifest,
    Method,
    Plan,
    Preprocessing,
    Profile,
    Protocol,
    Splits,
    Trial,
)
from lnmbench.store import serialization
from lnmbench.store.ledger.schema import FILE, FORMAT, PROBABILITIES, plan_facts
from lnmbench.store.serialization import DamagedRecordError

if TYPE_CHECKING:
    import pandas as pd

SECONDS_FOR_READERS = 60.0
"""How long a writer waits for a program that reads the ledger."""

IDENTITY = {
    "fingerprint": "cohort",
    "protocol": "protocol",
    "labels_and_folds": "version of the target: the labels or folds differ",
}
"""Facts that must agree for a plan to continue a ledger, and the words of the refusal."""


class LedgerReader:
    """The ledger of a run directory, open for reading; made by `LedgerReader.open`."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database

    @classmethod
    def open(cls, folder: Path) -> LedgerReader:
        """Open the folder's ledger for reading. Raises `UserError` if there is none."""
        path = folder if folder.name == FILE else folder / FILE
        if not path.is_file():
            raise UserError(
                "no run here",
                where=str(folder),
                expected=f"a folder with {FILE}",
                then="start one with lnmbench run",
            )
        with reading_ledger(path):
            ledger = LedgerReader(path, connect(path, writable=False))
            with closing_on_error(ledger):
                ledger.require_format()
        return ledger

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def plan(self) -> Plan:
        """Return the plan that every method of this ledger shares."""
        with reading_ledger(self.path):
            cases = self._database.execute(
                "SELECT case_id, truth, patient FROM cases ORDER BY case_number"
            )
            ids, truth, patients = zip(*cases.fetchall(), strict=True)
            protocol = serialization.unpack(Protocol, self._fact("protocol"))
            return Plan(
                dataset=self._fact("dataset"),
                fingerprint=self._fact("fingerprint"),
                card=serialization.unpack(Card, self._fact("card")),
                preprocessing=serialization.unpack(Preprocessing, self._fact("preprocessing")),
                protocol=protocol,
                ids=tuple(ids),
                truth=np.asarray(truth, dtype=np.float64),
                patients=np.asarray(patients, dtype=np.int64),
                splits=self._splits(protocol.repeats, protocol.folds, len(ids)),
                notes=serialization.unpack_texts(self._fact("notes")),
            )

    def require(self, plan: Plan) -> None:
        """Raise `UserError` if the ledger holds another plan."""
        required = plan_facts(plan)
        for name, noun in IDENTITY.items():
            if self._fact(name) != required[name]:
                raise UserError(
                    f"this run directory belongs to another {noun}",
                    where=str(self.path.parent),
                    expected=self._fact(name),
                    got=required[name],
                    then="choose another with --out",
                )

    def methods(self) -> tuple[Method, ...]:
        """Return all planned methods in the order in which they were added."""
        rows = self._read(
            "SELECT method, record FROM methods JOIN units USING (method)"
            " GROUP BY method ORDER BY min(unit)"
        )
        with reading_ledger(self.path):
            return tuple(_method(fingerprint, record) for fingerprint, record in rows)

    def manifests(self) -> tuple[Manifest, ...]:
        """Return the manifest of each invocation, oldest first."""
        rows = self._read("SELECT manifest FROM manifests ORDER BY number")
        with reading_ledger(self.path):
            return tuple(serialization.unpack(Manifest, text) for (text,) in rows)

    def done(self, method: str) -> set[tuple[int, int]]:
        """Return the (repeat, fold) units of a method that have results."""
        return set(
            self._read(
                "SELECT repeat, fold FROM units WHERE state = 'done' AND method = ?", (method,)
            )
        )

    def cost(self, method: str) -> Cost:
        """Return the cost of a method's finished units."""
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
        """Return the trials of each finished (repeat, fold) of a method; empty without a search."""
        rows = self._read(
            "SELECT repeat, fold, candidate, search.settings, inner_losses, chosen"
            " FROM units JOIN search USING (unit) WHERE method = ?"
            " ORDER BY repeat, fold, candidate",
            (method,),
        )
        trials: dict[tuple[int, int], list[Trial]] = {}
        with reading_ledger(self.path):
            for repeat, fold, *row in rows:
                trials.setdefault((repeat, fold), []).append(_trial(*row))
        return {unit: tuple(unit_trials) for unit, unit_trials in trials.items()}

    def predictions(self, method: str, task: str) -> NDArray[np.float64]:
        """Return test predictions (repeats, n, outputs), NaN where a unit has no result yet."""
        rows = self._read(
            "SELECT repeat, case_number, output, value FROM units JOIN predictions USING (unit)"
            " WHERE method = ? AND task = ?",
            (method, task),
        )
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)  # (rows, 4)
        repeat, case, output = table[:, :3].astype(np.int64).T
        n = int(self._read("SELECT count(*) FROM cases")[0][0])
        with reading_ledger(self.path):
            repeats = serialization.unpack(Protocol, self._fact("protocol")).repeats
            values = np.full((repeats, n, 1 + int(output.max(initial=0))), np.nan)
            values[repeat, case, output] = table[:, 3]
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
        for repeat, fold, stored in rows:
            with reading_ledger(self.path):
                probabilities = np.frombuffer(stored, dtype=PROBABILITIES).astype(np.float64)
            yield repeat, fold, probabilities

    def labels(self) -> dict[str, AuxLabels]:
        """Return the labels of each auxiliary task, by task."""
        labels = {}
        for task, title, kind, known, shape in self._read("SELECT * FROM tasks ORDER BY task"):
            rows = self._read(
                "SELECT case_number, output, value FROM labels WHERE task = ?", (task,)
            )
            with reading_ledger(self.path):
                n, *rest = json.loads(shape)
                values = np.full((n, math.prod(rest)), np.nan)
                for case, output, value in rows:
                    values[case, output] = value
            labels[task] = AuxLabels(
                task=task, title=title, kind=kind, known=known, values=values.reshape(n, *rest)
            )
        return labels

    def profile(self) -> Profile | None:
        """Return the profile of the cohort, or None if the ledger has none."""
        with reading_ledger(self.path):
            text = self._fact("profile")
            return None if text == "none" else serialization.unpack(Profile, text)

    def curve(self, method: str) -> Curve | None:
        """Return quartiles of the losses by epoch over a method's fits; None without epochs."""
        rows = self._read(
            "SELECT epoch, training_loss, validation_loss FROM units JOIN histories USING (unit)"
            " WHERE method = ?",
            (method,),
        )
        if not rows:
            return None
        table = np.array(rows, dtype=np.float64)
        epochs = np.unique(table[:, 0])
        losses = [table[table[:, 0] == epoch, 1:] for epoch in epochs]
        quartiles = np.stack([np.nanpercentile(pairs, (25, 50, 75), axis=0) for pairs in losses])
        return Curve(
            epochs=epochs.astype(np.int64),
            training=quartiles[:, :, 0],
            validation=quartiles[:, :, 1],
            fits=np.array([len(pairs) for pairs in losses]),
        )

    def frame(self, query: str) -> pd.DataFrame:
        """Return the rows of a query over the tables of the ledger."""
        import pandas as pd

        with reading_ledger(self.path):
            return pd.read_sql_query(query, self._database)

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[tuple]:  # type: ignore[type-arg]  # rows differ
        with reading_ledger(self.path):
            return self._database.execute(query, values).fetchall()

    def _fact(self, name: str) -> str:
        row = self._database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else "none"

    def _splits(self, repeats: int, folds: int, n: int) -> Splits:
        outer = np.full((repeats, n), -1, dtype=np.int16)
        inner = np.full((repeats, folds, n), -1, dtype=np.int16)
        rows = self._database.execute("SELECT repeat, fold, case_number, inner_fold FROM splits")
        for repeat, fold, case, inner_fold in rows:
            if inner_fold is None:
                outer[repeat, case] = fold
            else:
                inner[repeat, fold, case] = inner_fold
        return Splits(outer=outer, inner=inner)

    def require_format(self) -> None:
        """Raise `UserError` if another version of lnmbench wrote the ledger."""
        ledger_format = self._fact("format")
        if ledger_format != FORMAT:
            raise UserError(
                "unsupported ledger format",
                where=str(self.path),
                expected=FORMAT,
                got=ledger_format,
                then="read it with the version of lnmbench that wrote it, or choose another --out",
            )


def connect(path: Path, *, writable: bool) -> sqlite3.Connection:
    """Return a connection to the ledger at `path`."""
    # a reader that may write rolls back an unfinished transaction of a killed writer
    mode = "rw" if writable or os.access(path, os.W_OK) else "ro"
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    database = sqlite3.connect(uri, uri=True, timeout=SECONDS_FOR_READERS)
    database.execute(f"PRAGMA query_only = {int(not writable)}")
    database.execute("PRAGMA foreign_keys = ON")
    return database


@contextmanager
def closing_on_error(ledger: LedgerReader) -> Iterator[None]:
    """Close the ledger if the block fails."""
    try:
        yield
    except BaseException:
        ledger.close()
        raise


@contextmanager
def reading_ledger(path: Path) -> Iterator[None]:
    """Raise `UserError` for a ledger that SQLite cannot read, and for damaged values in it."""
    try:
        yield
    except (sqlite3.DatabaseError, ValueError, TypeError, IndexError) as error:
        raise UserError(
            "cannot read the ledger",
            where=str(path),
            got=str(error)[:120],
            then="restore it from a copy, or run again with another --out",
        ) from error


def _method(fingerprint: str, record: str) -> Method:
    method = serialization.unpack_method(record)
    if method.fingerprint != fingerprint:
        raise DamagedRecordError(f"the settings of method {method.label!r} were changed")
    return method


def _trial(candidate: int, settings: str, losses: str, chosen: int) -> Trial:
    """Return the trial of a row of table `search`; its mean loss follows from the others."""
    return Trial(
        candidate=candidate,
        settings=json.loads(settings),
        losses=tuple(math.inf if loss is None else loss for loss in json.loads(losses)),
        chosen=bool(chosen),
    )
