"""Results that no run stores are found, also with matching checksums."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lnmbench.records import Plan
from lnmbench.store.ledger.bounds import find_units_out_of_bounds

Change = Callable[..., None]

NAN = "x'000000000000f87f'"


def test_sound_results_are_within_bounds(run: Path, plan: Plan) -> None:
    with closing(sqlite3.connect(run / "ledger.sqlite")) as database:
        assert list(find_units_out_of_bounds(database, plan)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE predictions SET value = 4.0 WHERE unit = 2 AND task = 'target'",
        "UPDATE predictions SET value = -1e-9 WHERE unit = 2 AND task = 'target'",
        "UPDATE predictions SET value = 9e999 WHERE unit = 2 AND task = 'pt'",
        "UPDATE predictions SET value = 'high' WHERE unit = 2",
        "UPDATE predictions SET case_number = case_number + 100 WHERE unit = 2",
        "UPDATE predictions SET output = output + 1000000000 WHERE unit = 2 AND output = 1",
        "UPDATE predictions SET output = 1 WHERE unit = 2 AND task = 'target'",
        "UPDATE predictions SET task = 'unknown' WHERE unit = 2 AND task = 'pt'",
        "DELETE FROM predictions WHERE unit = 2 AND task = 'target'",
        "UPDATE predictions SET unit = 5 WHERE unit = 2",
        "UPDATE validation SET probabilities = x'0102' WHERE unit = 2",
        "UPDATE validation SET probabilities = 'text' WHERE unit = 2",
        f"UPDATE validation SET probabilities = {NAN} || zeroblob(152) WHERE unit = 2",
        "DELETE FROM validation WHERE unit = 2",
        "UPDATE histories SET validation_loss = 'low' WHERE unit = 2",
        "UPDATE histories SET epoch = -3 WHERE unit = 2",
        "UPDATE search SET settings = '{' WHERE unit = 2",
        "UPDATE search SET settings = replace(hex(zeroblob(20000)), '00', '[') WHERE unit = 2",
        "UPDATE search SET inner_losses = '[1]' WHERE unit = 2",
        "UPDATE search SET inner_losses = '[1, NaN]' WHERE unit = 2",
        "UPDATE units SET seconds = -1 WHERE unit = 2",
        "UPDATE units SET epochs = 'many' WHERE unit = 2",
        "UPDATE units SET settings = '[]' WHERE unit = 2",
        "UPDATE units SET state = 'dome' WHERE unit = 2",
    ],
)
def test_the_unit_is_found(run: Path, plan: Plan, change: Change, statement: str) -> None:
    change(run, statement, checksums=True)
    with closing(sqlite3.connect(run / "ledger.sqlite")) as database:
        units = {unit for unit, _ in find_units_out_of_bounds(database, plan)}
    assert units
    assert units <= {2, 5}
