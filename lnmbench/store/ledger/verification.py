"""Verification of a ledger before anything of it is used: schema, structure, bounds, checksums."""

from __future__ import annotations

import json
import math
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.records import (
    EncoderProbe,
    FinalModel,
    Manifest,
    Method,
    NetworkMethod,
    Plan,
    Profile,
)
from lnmbench.store import serialization
from lnmbench.store.ledger.bounds import find_units_out_of_bounds
from lnmbench.store.ledger.checksums import find_mismatches
from lnmbench.store.ledger.connection import DAMAGED
from lnmbench.store.ledger.schema import FORMAT, expected_schema, find_optional, optional_schema
from lnmbench.store.ledger.stored_plan import read_fact, read_plan
from lnmbench.store.serialization import DamagedRecordError
from lnmbench.text import plural

MOST_LABELS = 2**26
"""Labels of one auxiliary task: cases times outputs."""

_STATISTICS = "sqlite_stat"
"""Beginning of the names of tables that SQLite's ANALYZE adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedUnit:
    """A unit whose results differ from those that were stored, or cannot be results at all.

    `name` says which one it is; `number` is its key in the ledger.
    """

    number: int
    name: str
    fault: str


def require_format(database: sqlite3.Connection, path: Path) -> None:
    """Raise `UserError` if the tables are not those of a ledger of this version."""
    schema = {
        row
        for row in database.execute("SELECT type, name, sql FROM sqlite_master LIMIT 1000")
        if not str(row[1]).startswith(_STATISTICS)
    }
    expected = expected_schema()
    facts = next(row for row in expected if row[:2] == ("table", "facts"))
    # a view in its place could run forever
    ledger_format = read_fact(database, "format") if facts in schema else "none"
    if ledger_format not in (FORMAT, "none"):
        raise UserError(
            f"the ledger is of {_describe_age(ledger_format)} version of lnmbench",
            where=str(path),
            expected=f"format {FORMAT}",
            got=ledger_format[:40],
            then="use that version for it, or run again with this version and another --out",
        )
    difference = (schema - optional_schema()) ^ expected
    if difference:
        names = sorted(str(name) for _, name, _ in difference)
        raise UserError(
            "the tables of the ledger were changed",
            where=str(path),
            got=f"a difference in {names[0][:40]!r}",
            then=DAMAGED,
        )


def _describe_age(ledger_format: str) -> str:
    try:
        return "a newer" if int(ledger_format) > int(FORMAT) else "an older"
    except ValueError:  # a number alone is written, and what is too long for one was changed
        return "another"


def verify(database: sqlite3.Connection, path: Path) -> tuple[Plan, tuple[DamagedUnit, ...]]:
    """Return the plan, and the units whose results are damaged; the rest is as it was written.

    Parameters
    ----------
    database
        The ledger, in its format.
    path
        Its file.

    Raises
    ------
    UserError
        If the file itself, the plan, a method, label or manifest is damaged.
    """
    (structure,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if structure != "ok":
        raise _damaged(
            path, " ".join(str(structure).replace("*** in database main ***", "").split())
        )
    plan = read_plan(database)
    faults: dict[int, str] = {}
    for part, key in find_mismatches(database):
        if part not in ("unit", "permuted", "equations", "selections"):
            raise _damaged(
                path, f"the {part} {key[:40]!r} was changed" if key else f"the {part} was changed"
            )
        if key.isdigit():
            faults[int(key)] = "its results were changed"
    methods = _verify_methods(database, plan, path)
    _verify_labels(database, plan)
    for (text,) in database.execute("SELECT manifest FROM manifests").fetchall():
        serialization.unpack(Manifest, text)
    for key, text in database.execute("SELECT probe, record FROM probes").fetchall():
        if serialization.unpack(EncoderProbe, text).key != key:
            raise _damaged(path, "a probe has another key")
    optional = find_optional(database)
    if "final_models" in optional:
        for method, text in database.execute("SELECT * FROM final_models").fetchall():
            serialization.unpack(FinalModel, text)
            if method not in methods:
                raise _damaged(path, "a final model is of no method")
    profile = read_fact(database, "profile")
    if profile != "none":
        serialization.unpack(Profile, profile)
    for number, fault in find_units_out_of_bounds(database, plan):
        faults.setdefault(number, fault)
    return plan, tuple(
        DamagedUnit(number=number, name=_unit_name(database, number, methods), fault=fault)
        for number, fault in sorted(faults.items())
    )


def require_sound(units: tuple[DamagedUnit, ...], path: Path) -> None:
    """Raise `UserError` if a unit is damaged; the same run computes it again."""
    if units:
        others = f" and {plural(len(units) - 1, 'other unit')}" if len(units) > 1 else ""
        raise UserError(
            f"the ledger has a damaged unit: {units[0].name}{others}",
            where=str(path),
            got=units[0].fault,
            then="rerun the same lnmbench run command to compute it again",
        )


def _verify_methods(database: sqlite3.Connection, plan: Plan, path: Path) -> dict[str, Method]:
    methods = {}
    # a run names a task as it was typed, the record of the method with sorted parameters
    tasks = {task.partition(":")[0] for (task,) in database.execute("SELECT task FROM tasks")}
    trained = {
        method
        for (method,) in database.execute("SELECT DISTINCT method FROM units WHERE state = 'done'")
    }
    for fingerprint, label, kind, record in database.execute("SELECT * FROM methods").fetchall():
        method = serialization.unpack_method(record)
        if method.fingerprint != fingerprint:
            raise DamagedRecordError(f"the settings of method {method.label[:40]!r} were changed")
        if (label, kind) != (method.label, method_kind(method)):
            raise DamagedRecordError(f"the label of method {method.label[:40]!r} was changed")
        choices = method.aux if isinstance(method, NetworkMethod) else ()
        # labels are stored after the methods and before any result
        if fingerprint in trained and not {choice.name for choice in choices} <= tasks:
            raise _damaged(path, f"the labels of method {method.label[:40]!r} are missing")
        methods[fingerprint] = method
    planned = set(database.execute("SELECT method, repeat, fold FROM units"))
    expected = {
        (method, repeat, fold) for method in methods for repeat, fold in plan.splits.units()
    }
    if planned != expected:
        raise _damaged(path, "the units are not those of the methods")
    return methods


def method_kind(method: Method) -> str:
    """Return the word of a method in table `methods`."""
    return "network" if isinstance(method, NetworkMethod) else "baseline"


def _verify_labels(database: sqlite3.Connection, plan: Plan) -> None:
    n = len(plan.ids)
    for task, known, shape in database.execute("SELECT task, known, shape FROM tasks").fetchall():
        sides = json.loads(shape)
        if (
            not isinstance(sides, list)
            or not all(type(side) is int and side > 0 for side in sides)
            or sides[:1] != [n]
            or math.prod(sides) > MOST_LABELS
            or not 0 <= known <= n
        ):
            raise DamagedRecordError(f"the labels of task {task[:40]!r} have another shape")
        (wrong,) = database.execute(
            "SELECT count(*) FROM labels WHERE task = ? AND (case_number NOT BETWEEN 0 AND ?"
            " OR output NOT BETWEEN 0 AND ? OR typeof(value) <> 'real'"
            " OR value NOT BETWEEN -1e300 AND 1e300)",
            (task, n - 1, math.prod(sides[1:]) - 1),
        ).fetchone()
        if wrong:
            raise DamagedRecordError(f"a label of task {task[:40]!r} is out of range")


def _unit_name(database: sqlite3.Connection, number: int, methods: dict[str, Method]) -> str:
    row = database.execute(
        "SELECT method, repeat, fold FROM units WHERE unit = ?", (number,)
    ).fetchone()
    if row is None:
        return f"unit {number}, which is not planned"
    method, repeat, fold = row
    label = methods[method].label if method in methods else "an unknown method"
    return f"{label[:60]}, repeat {repeat + 1}, fold {fold + 1}"


def _damaged(path: Path, fault: str) -> UserError:
    return UserError("cannot read the ledger", where=str(path), got=fault[:120], then=DAMAGED)
