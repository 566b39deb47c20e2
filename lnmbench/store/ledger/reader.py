"""Reader of a ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import (
    AuxLabels,
    Cost,
    Curve,
    EncoderProbe,
    FinalModel,
    Manifest,
    Method,
    PermutedPredictions,
    Plan,
    Profile,
    Protocol,
    Trial,
    UnitEquations,
    UnitSelections,
)
from lnmbench.store import serialization
from lnmbench.store.ledger.connection import (
    READER_SECONDS,
    Say,
    be_silent,
    closing_on_error,
    connect,
    hold,
    reading_ledger,
    wait_for,
)
from lnmbench.store.ledger.label_rows import read_labels
from lnmbench.store.ledger.loss_curve import summarize_losses
from lnmbench.store.ledger.schema import FILE, OUTCOMES, PROBABILITIES, find_optional
from lnmbench.store.ledger.stored_plan import read_fact, require_plan
from lnmbench.store.ledger.trial_rows import read_trial
from lnmbench.store.ledger.verification import require_format, require_sound, verify
from lnmbench.store.serialization import Record

if TYPE_CHECKING:
    import pandas as pd


class LedgerReader:
    """The ledger of a run directory, open for reading; made by `LedgerReader.open`."""

    def __init__(self, path: Path, database: sqlite3.Connection, plan: Plan) -> None:
        self.path = path
        self._database, self._plan = database, plan

    @classmethod
    def open(cls, folder: Path, say: Say = be_silent) -> LedgerReader:
        """Open the folder's ledger for reading, and verify all of it.

        Parameters
        ----------
        folder
            The run directory.
        say
            Receives notices for the user, e.g. while another program holds the ledger.

        Raises
        ------
        UserError
            If there is no ledger, it cannot be read, or a part of it was changed.
        """
        path = folder if folder.name == FILE else folder / FILE
        with reading_ledger(path):
            exists = path.is_file()
        if not exists:
            raise UserError(
                "no run here",
                where=str(folder),
                expected=f"a folder with {FILE}",
                then="start one with lnmbench run",
            )
        with reading_ledger(path):
            database = connect(path, writable=False, say=say)
            with closing_on_error(database):
                hold(database, path, say)
                require_format(database, path)
                plan, damaged = verify(database, path)
                require_sound(damaged, path)
                database.rollback()
        return LedgerReader(path, database, plan)

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
        return self._plan

    def require(self, plan: Plan) -> None:
        """Raise `UserError` if the ledger holds another plan."""
        require_plan(self._database, plan, self.path)

    def methods(self) -> tuple[Method, ...]:
        """Return all planned methods in the order in which they were added."""
        rows = self._read(
            "SELECT record FROM methods JOIN units USING (method)"
            " GROUP BY method ORDER BY min(unit)"
        )
        with reading_ledger(self.path):
            return tuple(serialization.unpack_method(record) for (record,) in rows)

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
                trials.setdefault((repeat, fold), []).append(read_trial(*row))
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
            repeats = serialization.unpack(Protocol, read_fact(self._database, "protocol")).repeats
            values = np.full((repeats, n, 1 + int(output.max(initial=0))), np.nan)
            values[repeat, case, output] = table[:, 3]
        return values

    def validation(self, method: str) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
        """Yield (repeat, fold, probabilities) of each finished unit of a method.

        The probabilities of the target, (t,) or with outcomes (t, m), are those of the training
        cases, in the order of the plan, each from the fit that did not train on it.
        """
        rows = self._read(
            "SELECT repeat, fold, probabilities FROM units JOIN validation USING (unit)"
            " WHERE method = ? ORDER BY repeat, fold",
            (method,),
        )
        (outcomes,) = self._read(f"SELECT {OUTCOMES}")[0]
        for repeat, fold, stored in rows:
            with reading_ledger(self.path):
                probabilities = np.frombuffer(stored, dtype=PROBABILITIES).astype(np.float64)
                if outcomes:
                    probabilities = probabilities.reshape(-1, outcomes)  # (t, m)
            yield repeat, fold, probabilities

    def permuted(self, method: str) -> Iterator[tuple[int, int, PermutedPredictions]]:
        """Yield (repeat, fold, predictions) of each permuted input of each unit of a method."""
        if "permuted" not in find_optional(self._database):
            return
        query = "SELECT unit, repeat, fold FROM units WHERE method = ? ORDER BY unit"
        outcomes = self._plan.endpoints.shape[1]
        for unit, repeat, fold in self._read(query, (method,)):
            cases = int((self._plan.splits.inner[repeat, fold] < 0).sum())
            # a unit at a time: those of all may take more than memory
            query = "SELECT kind, name, probabilities FROM permuted WHERE unit = ?"
            for kind, name, stored in self._read(query, (unit,)):
                with reading_ledger(self.path):
                    values = np.frombuffer(stored, dtype=PROBABILITIES).astype(np.float64)
                    values = values.reshape(-1, cases, outcomes)  # (permutations, t, m)
                yield repeat, fold, PermutedPredictions(kind=kind, name=name, values=values)

    def equations(self, method: str) -> tuple[UnitEquations, ...]:
        """Return the equations of each unit of a linear method that has them."""
        return self._read_units("equations", UnitEquations, method)

    def selections(self, method: str) -> tuple[UnitSelections, ...]:
        """Return the selected features of each unit of a baseline that has stored them."""
        return self._read_units("selections", UnitSelections, method)

    def final_model(self, method: str) -> FinalModel | None:
        """Return the model of all cases of a linear method, None if there is none."""
        if "final_models" not in find_optional(self._database):
            return None
        rows = self._read("SELECT record FROM final_models WHERE method = ?", (method,))
        with reading_ledger(self.path):
            return serialization.unpack(FinalModel, rows[0][0]) if rows else None

    def chosen_settings(self, method: str) -> tuple[str, ...]:
        """Return the settings of each finished unit of a method, as JSON."""
        query = "SELECT settings FROM units WHERE state = 'done' AND method = ? ORDER BY unit"
        return tuple(str(settings) for (settings,) in self._read(query, (method,)))

    def done_permuted(self, method: str) -> set[tuple[int, int]]:
        """Return the (repeat, fold) units of a method that have predictions of permuted inputs."""
        if "permuted" not in find_optional(self._database):
            return set()
        query = "SELECT DISTINCT repeat, fold FROM units JOIN permuted USING (unit)"
        return set(self._read(f"{query} WHERE method = ?", (method,)))

    def labels(self) -> dict[str, AuxLabels]:
        """Return the labels of each auxiliary task, by task."""
        labels = {}
        for row in self._read("SELECT * FROM tasks ORDER BY task"):
            query = "SELECT case_number, output, value FROM labels WHERE task = ?"
            rows = self._read(query, row[:1])
            with reading_ledger(self.path):
                labels[row[0]] = read_labels(row, rows)
        return labels

    def profile(self) -> Profile | None:
        """Return the profile of the cohort, or None if the ledger has none."""
        with reading_ledger(self.path):
            text = read_fact(self._database, "profile")
            return None if text == "none" else serialization.unpack(Profile, text)

    def probes(self) -> dict[str, EncoderProbe]:
        """Return the linear probes of encoders by the key of their features."""
        rows = self._read("SELECT probe, record FROM probes ORDER BY probe")
        with reading_ledger(self.path):
            return {key: serialization.unpack(EncoderProbe, text) for key, text in rows}

    def curve(self, method: str) -> Curve | None:
        """Return quartiles of the losses by epoch over a method's fits; None without epochs."""
        rows = self._read(
            "SELECT epoch, training_loss, validation_loss FROM units JOIN histories USING (unit)"
            " WHERE method = ?",
            (method,),
        )
        return summarize_losses(np.array(rows, dtype=np.float64)) if rows else None

    def frame(self, query: str) -> pd.DataFrame:
        """Return the rows of a query over the tables of the ledger."""
        import pandas as pd

        with reading_ledger(self.path):
            return pd.read_sql_query(query, self._database)

    def _read_units(self, table: str, kind: type[Record], method: str) -> tuple[Record, ...]:
        """Return the records of an optional table for each unit of a method, if it has them."""
        if table not in find_optional(self._database):
            return ()
        query = f"SELECT record FROM units JOIN {table} USING (unit) WHERE method = ? ORDER BY unit"
        rows = self._read(query, (method,))
        with reading_ledger(self.path):
            return tuple(serialization.unpack(kind, text) for (text,) in rows)

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[tuple]:  # type: ignore[type-arg]  # rows differ
        with reading_ledger(self.path):
            return wait_for(
                lambda: self._database.execute(query, values).fetchall(),
                self.path,
                seconds=READER_SECONDS,
            )
