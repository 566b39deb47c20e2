"""Bounds of the stored results: each query returns the units that break one."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator, Mapping
from typing import get_args

import numpy as np

from lnmbench.records import InputKind, Plan, UnitEquations, UnitSelections
from lnmbench.store import serialization
from lnmbench.store.ledger.schema import OUTCOMES, PROBABILITIES, find_optional

TEST_PREDICTIONS = (
    "a test prediction is missing, outside 0 to 1, or of a case outside the test fold"
)
PERMUTED = "a prediction of permuted inputs is missing or outside 0 to 1"
VALIDATION = "a validation prediction is missing or outside 0 to 1"

_PARTIAL = (
    "(SELECT method FROM methods WHERE json_valid(record) AND json_extract(record, '$.partial'))"
)
_NO_RESULT = "coalesce(u.state, '') <> 'done'"
_QUERIES: Mapping[str, str] = {
    "a result is of no planned unit": (
        "SELECT unit FROM units WHERE state NOT IN ('planned', 'done')"
        " OR method NOT IN (SELECT method FROM methods)"
    ),
    "a time, memory or count is not a number of at least 0": (
        "SELECT unit FROM units WHERE"
        + " OR".join(
            f" ({name} IS NOT NULL AND NOT (typeof({name}) IN ('real', 'integer')"
            f" AND {name} BETWEEN 0 AND 1e300))"
            for name in ("seconds", "device_seconds", "memory_mb", "fits", "epochs")
        )
    ),
    TEST_PREDICTIONS: (
        "SELECT DISTINCT p.unit FROM predictions p LEFT JOIN units u USING (unit)"
        " LEFT JOIN splits s ON s.repeat = u.repeat AND s.fold = u.fold"
        "  AND s.case_number = p.case_number"
        f" WHERE {_NO_RESULT} OR s.part IS NOT 'test' OR typeof(p.value) <> 'real'"
        "  OR p.value NOT BETWEEN -1e300 AND 1e300"
        "  OR (p.task = 'target' AND (p.output NOT BETWEEN 0 AND max(1,"
        f"   {OUTCOMES}) - 1 OR p.value NOT BETWEEN 0 AND 1))"
        "  OR (p.task <> 'target' AND p.task NOT IN (SELECT task FROM tasks))"
    ),
    "a test prediction is missing": (
        f"SELECT unit FROM units u WHERE state = 'done' AND method NOT IN {_PARTIAL} AND"
        " (SELECT count(*) FROM predictions p WHERE p.unit = u.unit AND task = 'target') <>"
        " (SELECT count(*) FROM splits s WHERE s.repeat = u.repeat AND s.fold = u.fold"
        "  AND part = 'test') * max(1, "
        f"{OUTCOMES})"
    ),
    "the outputs of a task have gaps": (
        "SELECT DISTINCT unit FROM predictions WHERE task <> 'target' GROUP BY unit, task"
        " HAVING min(output) <> 0 OR max(output) + 1 <> count(DISTINCT output)"
    ),
    "a loss is not a number": (
        "SELECT DISTINCT h.unit FROM histories h LEFT JOIN units u USING (unit)"
        f" WHERE {_NO_RESULT} OR typeof(epoch) <> 'integer' OR epoch < 0"
        "  OR typeof(training_loss) NOT IN ('real', 'null')"
        "  OR typeof(validation_loss) NOT IN ('real', 'null')"
    ),
    "a trial is of no unit": (
        "SELECT DISTINCT t.unit FROM search t LEFT JOIN units u USING (unit)"
        f" WHERE {_NO_RESULT} OR typeof(candidate) <> 'integer' OR chosen NOT IN (0, 1)"
    ),
    VALIDATION: (
        "SELECT u.unit FROM units u LEFT JOIN validation v USING (unit) WHERE state = 'done'"
        " AND coalesce(typeof(probabilities), '') <> 'blob'"
        " UNION SELECT v.unit FROM validation v LEFT JOIN units u USING (unit)"
        f" WHERE {_NO_RESULT}"
    ),
}


def find_units_out_of_bounds(database: sqlite3.Connection, plan: Plan) -> Iterator[tuple[int, str]]:
    """Yield (unit, fault) for each unit whose results cannot be those of the plan.

    Parameters
    ----------
    database
        The ledger.
    plan
        Its plan.
    """
    for fault, query in _QUERIES.items():
        for (unit,) in database.execute(query).fetchall():
            yield unit, fault
    yield from _find_wrong_validation(database, plan)
    yield from _find_wrong_settings(database, plan)
    if "permuted" in find_optional(database):
        yield from _find_wrong_permuted(database, plan)
    if "equations" in find_optional(database):
        yield from _find_wrong_equations(database, plan)
    if "selections" in find_optional(database):
        yield from _find_wrong_selections(database, plan)


def _find_wrong_validation(database: sqlite3.Connection, plan: Plan) -> Iterator[tuple[int, str]]:
    numbers = (plan.splits.inner >= 0).sum(axis=2) * plan.endpoints.shape[1]  # (repeats, folds)
    rows = database.execute(
        f"SELECT unit, repeat, fold, probabilities, method IN {_PARTIAL}"
        " FROM validation JOIN units USING (unit) WHERE typeof(probabilities) = 'blob'"
    )
    for unit, repeat, fold, stored, is_partial in rows:
        if not (0 <= repeat < numbers.shape[0] and 0 <= fold < numbers.shape[1]):
            yield unit, "a unit is of no fold"
            continue
        number = 0 if is_partial else numbers[repeat, fold]
        sound = len(stored) == PROBABILITIES.itemsize * number
        values = np.frombuffer(stored, PROBABILITIES) if sound else np.empty(0)
        # NaN compares as False
        if not sound or not ((values >= 0) & (values <= 1)).all():
            yield unit, VALIDATION


def _find_wrong_permuted(database: sqlite3.Connection, plan: Plan) -> Iterator[tuple[int, str]]:
    numbers = (plan.splits.inner < 0).sum(axis=2) * plan.endpoints.shape[1]  # (repeats, folds)
    rows = database.execute(
        "SELECT p.unit, repeat, fold, state, kind, name, probabilities"
        " FROM permuted p LEFT JOIN units u USING (unit)"
    )
    for unit, repeat, fold, state, kind, name, stored in rows:
        sound = state == "done" and kind in get_args(InputKind) and isinstance(name, str)
        if sound and 0 <= repeat < numbers.shape[0] and 0 <= fold < numbers.shape[1]:
            size = PROBABILITIES.itemsize * int(numbers[repeat, fold])
            sound = isinstance(stored, bytes) and len(stored) > 0 and len(stored) % size == 0
        values = np.frombuffer(stored, PROBABILITIES) if sound else np.empty(0)
        # NaN compares as False
        if not sound or not ((values >= 0) & (values <= 1)).all():
            yield unit, PERMUTED


def _find_wrong_equations(database: sqlite3.Connection, plan: Plan) -> Iterator[tuple[int, str]]:
    query = "SELECT unit, state, record FROM equations LEFT JOIN units USING (unit)"
    for unit, state, text in database.execute(query).fetchall():
        try:
            fits = serialization.unpack(UnitEquations, text).fits
        except serialization.DamagedRecordError:
            fits = ()
        counts = {len(equations) for equations in fits}
        if state != "done" or counts != {plan.endpoints.shape[1]}:
            yield unit, "the equations of its fits are not readable"


def _find_wrong_selections(database: sqlite3.Connection, plan: Plan) -> Iterator[tuple[int, str]]:
    query = "SELECT unit, state, record FROM selections LEFT JOIN units USING (unit)"
    for unit, state, text in database.execute(query).fetchall():
        try:
            modalities = serialization.unpack(UnitSelections, text).modalities
        except serialization.DamagedRecordError:
            modalities = ()
        is_valid = all(
            len(each.fits) == plan.protocol.inner
            and {len(outcomes) for outcomes in each.fits} == {plan.endpoints.shape[1]}
            and all(
                len(set(names)) == len(names) <= each.candidates
                for outcomes in each.fits
                for names in outcomes
                if names is not None
            )
            for each in modalities
        )
        if state != "done" or not modalities or not is_valid:
            yield unit, "the selected features of its fits are not readable"


def _find_wrong_settings(database: sqlite3.Connection, plan: Plan) -> Iterator[tuple[int, str]]:
    for unit, settings in database.execute("SELECT unit, settings FROM units").fetchall():
        if settings is not None and not _are_settings(settings):
            yield unit, "the settings are not readable"
    query = "SELECT unit, settings, inner_losses FROM search"
    for unit, settings, losses in database.execute(query).fetchall():
        if not _are_settings(settings) or not _are_losses(losses, plan.protocol.inner):
            yield unit, "a trial is not readable"


def _are_settings(text: object) -> bool:
    value = _parse(text)
    return isinstance(value, dict) and not any(
        isinstance(setting, dict | list) for setting in value.values()
    )


def _are_losses(text: object, inner: int) -> bool:
    value = _parse(text)
    return (
        isinstance(value, list)
        and len(value) in (0, inner)  # a dropped candidate has no losses
        and all(loss is None or _is_finite_number(loss) for loss in value)
    )


def _is_finite_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _parse(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
