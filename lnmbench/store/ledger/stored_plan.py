"""The plan in the tables `facts`, `cases` and `splits`: written once, read with all its bounds."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import (
    Card,
    Outcomes,
    Plan,
    Preprocessing,
    Protocol,
    Splits,
    mark_positive,
)
from lnmbench.store import serialization
from lnmbench.store.ledger.checksums import store_checksum
from lnmbench.store.ledger.connection import connect_new
from lnmbench.store.ledger.schema import FORMAT, TABLES
from lnmbench.store.serialization import DamagedRecordError

IDENTITY = {
    "fingerprint": "cohort",
    "protocol": "protocol",
    "labels_and_folds": "version of the target: the labels or folds differ",
}
"""Facts that must agree for a plan to continue a ledger, and the words of the refusal."""


def plan_facts(plan: Plan) -> dict[str, str]:
    """Return the rows of table `facts` that identify a plan, by name."""
    digest = hashlib.sha256("\x00".join(plan.ids).encode())
    outcomes = () if plan.outcomes is None else (plan.outcomes.values,)
    for array in (plan.truth, *outcomes, plan.splits.outer, plan.splits.inner):
        digest.update(array.tobytes())
    return {
        "format": FORMAT,
        "dataset": plan.dataset,
        "fingerprint": plan.fingerprint,
        "card": serialization.pack(plan.card),
        "preprocessing": serialization.pack(plan.preprocessing),
        "protocol": serialization.pack(plan.protocol),
        "notes": json.dumps(plan.notes),
        "kind": plan.kind,
        "outcomes": json.dumps([] if plan.outcomes is None else plan.outcomes.names),
        "labels_and_folds": digest.hexdigest()[:32],
    }


def require_plan(database: sqlite3.Connection, plan: Plan, path: Path) -> None:
    """Raise `UserError` if a ledger holds another plan.

    Parameters
    ----------
    database
        The ledger.
    plan
        The plan that it must hold.
    path
        Its file.
    """
    required = plan_facts(plan)
    for name, noun in IDENTITY.items():
        if read_fact(database, name) != required[name]:
            raise UserError(
                f"this run directory belongs to another {noun}",
                where=str(path.parent),
                expected=read_fact(database, name),
                got=required[name],
                then="choose another with --out",
            )


def write_new(path: Path, plan: Plan) -> None:
    """Write a ledger with the plan and nothing else."""
    cases = [
        (number, case, int(plan.truth[number]), int(plan.patients[number]))
        for number, case in enumerate(plan.ids)
    ]
    with closing(connect_new(path)) as database, database:
        database.executescript(TABLES)
        database.executemany("INSERT INTO facts VALUES (?, ?)", plan_facts(plan).items())
        database.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", cases)
        if plan.outcomes is not None:
            known = np.argwhere(~np.isnan(plan.outcomes.values)).tolist()
            database.executemany(
                "INSERT INTO outcome_labels VALUES (?, ?, ?)",
                [(outcome, n, int(plan.outcomes.values[n, outcome])) for n, outcome in known],
            )
        database.executemany("INSERT INTO splits VALUES (?, ?, ?, ?, ?)", _split_rows(plan))
        store_checksum(database, "plan")


def _split_rows(plan: Plan) -> Iterator[tuple[int, int, int, str, int | None]]:
    for repeat, fold in plan.splits.units():
        for case, inner in enumerate(plan.splits.inner[repeat, fold].tolist()):
            part = "test" if inner < 0 else "training"
            yield repeat, fold, case, part, None if inner < 0 else inner


def read_fact(database: sqlite3.Connection, name: str) -> str:
    """Return a value of table `facts`, "none" if it is not there."""
    row = database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else "none"


def read_plan(database: sqlite3.Connection) -> Plan:
    """Return the plan of a ledger.

    Raises `DamagedRecordError` if its labels or folds cannot be those of a plan: a number out of
    its range, a case that is tested twice or never, or one that is in the training part of the fold
    that tests it.
    """
    protocol = serialization.unpack(Protocol, read_fact(database, "protocol"))
    query = "SELECT case_number, case_id, truth, patient FROM cases ORDER BY 1"
    rows = database.execute(query).fetchall()
    _require(bool(rows), "there are no cases")
    numbers, ids, truth, patients = zip(*rows, strict=True)
    _require(numbers == tuple(range(len(ids))), "the case numbers have gaps")
    _require(all(isinstance(case, str) and case for case in ids), "a case has no id")
    _require(
        all(type(value) is int and value in (0, 1) for value in truth), "a label is not 0 or 1"
    )
    _require(all(type(value) is int and value >= 0 for value in patients), "a patient is no number")
    plan = Plan(
        dataset=read_fact(database, "dataset"),
        fingerprint=read_fact(database, "fingerprint"),
        card=serialization.unpack(Card, read_fact(database, "card")),
        preprocessing=serialization.unpack(Preprocessing, read_fact(database, "preprocessing")),
        protocol=protocol,
        ids=tuple(ids),
        truth=np.asarray(truth, dtype=np.float64),
        patients=np.asarray(patients, dtype=np.int64),
        splits=_read_splits(database, protocol, len(ids)),
        notes=serialization.unpack_texts(read_fact(database, "notes")),
        outcomes=_read_outcomes(database, len(ids)),
    )
    if plan.outcomes is not None:
        positive = mark_positive(plan.outcomes.values)
        _require(np.array_equal(positive, plan.truth), "an outcome differs from the label")
    _require_separate_folds(plan)
    stored = read_fact(database, "labels_and_folds")
    _require(plan_facts(plan)["labels_and_folds"] == stored, "labels or folds were changed")
    return plan


def _read_outcomes(database: sqlite3.Connection, n: int) -> Outcomes | None:
    kind = read_fact(database, "kind")
    names = serialization.unpack_texts(read_fact(database, "outcomes"))
    labels = database.execute("SELECT outcome, case_number, value FROM outcome_labels").fetchall()
    if kind == "binary":
        _require(not names and not labels, "a binary target has outcomes")
        return None
    _require(kind in ("multilabel", "ordinal"), "the target is of no known kind")
    _require(bool(names), "a target with several outcomes has none")
    values = np.full((n, len(names)), np.nan)
    for outcome, case, value in labels:
        numbers = all(type(number) is int for number in (outcome, case, value))
        _require(numbers and value in (0, 1), "an outcome is not 0 or 1")
        _require(0 <= outcome < len(names) and 0 <= case < n, "an outcome is of no case")
        values[case, outcome] = value
    return Outcomes(
        kind="ordinal" if kind == "ordinal" else "multilabel",
        names=names,
        values=values,
    )


def _read_splits(database: sqlite3.Connection, protocol: Protocol, n: int) -> Splits:
    repeats, folds, inner = protocol.repeats, protocol.folds, protocol.inner
    (count,) = database.execute("SELECT count(*) FROM splits").fetchone()
    # before anything of that size is allocated; the keys of the rows are unique
    _require(count == repeats * folds * n, "the folds have gaps")
    types = "typeof(repeat), typeof(fold), typeof(case_number), typeof(coalesce(inner_fold, 0))"
    (wrong,) = database.execute(
        "SELECT count(*) FROM splits WHERE repeat NOT BETWEEN 0 AND ? OR fold NOT BETWEEN 0 AND ?"
        " OR case_number NOT BETWEEN 0 AND ? OR inner_fold NOT BETWEEN 0 AND ?"
        f" OR ({types}) <> ('integer', 'integer', 'integer', 'integer')",
        (repeats - 1, folds - 1, n - 1, inner - 1),
    ).fetchone()
    _require(not wrong, "a fold is out of range")
    rows = database.execute(
        "SELECT CASE WHEN part = 'test' AND inner_fold IS NULL THEN -1"
        " WHEN part = 'training' THEN coalesce(inner_fold, -2) ELSE -2 END"
        " FROM splits ORDER BY repeat, fold, case_number"
    )
    inner_of = np.fromiter((row[0] for row in rows), dtype=np.int16, count=count)
    inner_of = inner_of.reshape(repeats, folds, n)
    _require(bool((inner_of > -2).all()), "a part is neither test nor training")
    tested = inner_of == -1
    _require(bool((tested.sum(axis=1) == 1).all()), "a case is tested twice in a repeat, or never")
    return Splits(outer=tested.argmax(axis=1).astype(np.int16), inner=inner_of)


def _require_separate_folds(plan: Plan) -> None:
    """Raise `DamagedRecordError` if the cases of one patient are in several folds."""
    _, first, patient = np.unique(plan.patients, return_index=True, return_inverse=True)
    for folds in (plan.splits.outer[:, None], plan.splits.inner):
        of_patient: NDArray[np.int16] = folds[..., first][..., patient]
        _require(bool((of_patient == folds).all()), "a patient is in training and test part")


def _require(fulfilled: bool, fault: str) -> None:
    if not fulfilled:
        raise DamagedRecordError(fault)
