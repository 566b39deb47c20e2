"""Rows of a unit: its predictions, losses, search and costs in the tables of the ledger."""

from __future__ import annotations

import json
import sqlite3

import numpy as np

from lnmbench.errors import UserError
from lnmbench.records import TARGET, UnitResult
from lnmbench.store import serialization
from lnmbench.store.ledger.checksums import store_checksum
from lnmbench.store.ledger.label_rows import iterate_known
from lnmbench.store.ledger.schema import PROBABILITIES, create_optional, find_optional
from lnmbench.store.ledger.trial_rows import trial_row

LARGEST_DIFFERENCE = 1e-3
"""Difference between the predictions of a unit and those when it is computed again."""


def store_unit(database: sqlite3.Connection, result: UnitResult) -> None:
    """Store the result of a planned unit, in a transaction of the caller."""
    key = _find_unit(database, result)
    rows = [
        (key, task, output, case, value)
        for task, values in result.test.items()
        for case, output, value in iterate_known(values)
    ]
    database.executemany("INSERT INTO predictions VALUES (?, ?, ?, ?, ?)", rows)
    validation = result.validation[~np.isnan(result.validation)]
    database.execute(
        "INSERT INTO validation VALUES (?, ?)",
        (key, validation.astype(PROBABILITIES).tobytes()),
    )
    database.executemany(
        "INSERT INTO histories VALUES (?, ?, ?, ?, ?)",
        [(key, e.inner, e.epoch, e.training_loss, e.validation_loss) for e in result.history],
    )
    database.executemany(
        "INSERT INTO search VALUES (?, ?, ?, ?, ?, ?)",
        [(key, *trial_row(trial)) for trial in result.search],
    )
    database.execute(
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
    store_checksum(database, "unit", key)
    if result.selections is not None:
        create_optional(database, "selections")
        record = serialization.pack(result.selections)
        database.execute("INSERT INTO selections VALUES (?, ?)", (key, record))
        store_checksum(database, "selections", key)


def store_permuted(database: sqlite3.Connection, result: UnitResult) -> None:
    """Store the predictions of permuted inputs and equations, unless the unit has some."""
    if not result.permuted:
        return
    create_optional(database, "permuted")
    key = _find_unit(database, result)
    query = "SELECT count(*) FROM permuted WHERE unit = ?"
    if database.execute(query, (key,)).fetchone()[0]:
        return
    _require_same_predictions(database, key, result)
    database.executemany(
        "INSERT INTO permuted VALUES (?, ?, ?, ?)",
        [
            (key, each.kind, each.name, each.values.astype(PROBABILITIES).tobytes())
            for each in result.permuted
        ],
    )
    store_checksum(database, "permuted", key)
    if result.equations is not None:
        create_optional(database, "equations")
        record = serialization.pack(result.equations)
        database.execute("INSERT INTO equations VALUES (?, ?)", (key, record))
        store_checksum(database, "equations", key)


def discard_unit(database: sqlite3.Connection, unit: int) -> None:
    """Delete the results of a unit, so that it is missing."""
    tables = ["predictions", "validation", "histories", "search"]
    optional = find_optional(database) & {"permuted", "equations", "selections"}
    for table in [*tables, *sorted(optional)]:
        database.execute(f"DELETE FROM {table} WHERE unit = ?", (unit,))
    database.execute(
        "UPDATE units SET state = 'planned', seconds = NULL, device_seconds = NULL,"
        " memory_mb = NULL, fits = NULL, epochs = NULL, settings = NULL WHERE unit = ?",
        (unit,),
    )
    database.execute(
        "DELETE FROM checksums"
        " WHERE part IN ('unit', 'permuted', 'equations', 'selections') AND key = ?",
        (str(unit),),
    )


def _require_same_predictions(database: sqlite3.Connection, key: int, result: UnitResult) -> None:
    """Raise `UserError` if a unit that was computed again predicts something else."""
    query = "SELECT case_number, output, value FROM predictions WHERE unit = ? AND task = ?"
    for case, output, value in database.execute(query, (key, TARGET)).fetchall():
        if abs(result.test[TARGET][case, output] - value) > LARGEST_DIFFERENCE:
            raise UserError(
                "a finished unit has other predictions when it is computed again",
                where=f"repeat {result.unit.repeat + 1}, fold {result.unit.fold + 1}",
                expected=f"a difference of at most {LARGEST_DIFFERENCE:g}",
                got=f"{abs(result.test[TARGET][case, output] - value):.2g}",
                then="run with --importance and another --out: hardware or libraries differ",
            )


def _find_unit(database: sqlite3.Connection, result: UnitResult) -> int:
    unit = result.unit
    row = database.execute(
        "SELECT unit FROM units WHERE method = ? AND repeat = ? AND fold = ?",
        (unit.method, unit.repeat, unit.fold),
    ).fetchone()
    return int(row[0])
