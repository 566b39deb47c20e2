"""Each part of a ledger has a checksum of its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lnmbench.store.ledger.checksums import PARTS, find_mismatches, hash_part

Change = Callable[..., None]


def mismatches(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as database:
        return list(find_mismatches(database))


def test_a_new_ledger_agrees_with_its_checksums(run: Path) -> None:
    assert mismatches(run) == []


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("UPDATE cases SET truth = 1 - truth WHERE case_number = 3", "plan"),
        ("UPDATE cases SET patient = 0 WHERE case_number = 3", "plan"),
        ("UPDATE facts SET value = 'other' WHERE name = 'dataset'", "plan"),
        ("UPDATE splits SET inner_fold = 1 - inner_fold WHERE case_number = 3", "plan"),
        ("UPDATE methods SET label = 'other'", "method"),
        ("DELETE FROM units WHERE unit = 6", "method"),
        ("UPDATE labels SET value = 1 WHERE case_number = 3", "task"),
        ("UPDATE tasks SET title = 'other'", "task"),
        ("UPDATE probes SET record = replace(record, '64', '65')", "probe"),
        ("INSERT INTO probes VALUES ('another', '{}')", "probe"),
        ("UPDATE predictions SET value = .5 WHERE unit = 2 AND case_number % 2", "unit"),
        ("UPDATE validation SET probabilities = zeroblob(160) WHERE unit = 2", "unit"),
        ("UPDATE histories SET validation_loss = 0 WHERE unit = 2", "unit"),
        ("UPDATE search SET chosen = 1 - chosen WHERE unit = 2", "unit"),
        ("UPDATE units SET seconds = 1 WHERE unit = 2", "unit"),
        ("DELETE FROM checksums WHERE part = 'unit' AND key = '2'", "unit"),
        ("INSERT INTO checksums VALUES ('unit', '99', 'ab')", "unit"),
    ],
)
def test_a_change_of_any_table_is_found(
    run: Path, change: Change, statement: str, part: str
) -> None:
    change(run, statement, checksums=False)
    ((found_part, key),) = mismatches(run)
    assert found_part == part
    assert key == {"plan": "", "task": "pt"}.get(part, key)


def test_parts_have_different_checksums(run: Path) -> None:
    with closing(sqlite3.connect(run / "ledger.sqlite")) as database:
        hashes = {hash_part(database, "unit", number) for number in (1, 2, 3)}
    assert len(hashes) == 3
    parts = {"plan", "profile", "method", "task", "probe", "manifest", "unit"}
    parts |= {"permuted", "equations", "selections", "final_models"}
    assert set(PARTS) == parts
