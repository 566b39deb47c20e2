"""A ledger is verified before anything of it is used."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import NetworkMethod, Plan, UnitResult
from lnmbench.store.ledger import LedgerReader, LedgerWriter

Change = Callable[..., None]
MakeResult = Callable[[Plan, int, int], UnitResult]

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"


def refusal(folder: Path) -> str:
    with pytest.raises(UserError) as error:
        LedgerReader.open(folder)
    line = str(error.value)
    assert "\n" not in line
    assert str(folder) in line
    assert len(line.replace(str(folder), "…")) < 300
    return line


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE predictions",),
        ("DROP TABLE facts",),
        ("ALTER TABLE units DROP COLUMN epochs",),
        ("CREATE TABLE more (a)",),
        ("CREATE INDEX more ON predictions (value)",),
        ("DROP TABLE predictions", f"CREATE VIEW predictions AS {ENDLESS} i FROM n"),
        (
            "DROP TABLE facts",
            f"CREATE VIEW facts AS {ENDLESS} 'format' AS name, '5' AS value FROM n",
        ),
        ("CREATE TRIGGER t AFTER UPDATE ON units BEGIN DELETE FROM units; END",),
        ("DROP TABLE search", "CREATE TABLE search AS SELECT * FROM histories"),
    ],
)
def test_other_tables_are_refused(run: Path, change: Change, statements: tuple[str, ...]) -> None:
    change(run, *statements, checksums=False)
    assert "the tables of the ledger were changed" in refusal(run)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE cases SET truth = 2 WHERE case_number = 0", "a label is not 0 or 1"),
        (
            "UPDATE cases SET truth = 1 - truth WHERE case_number = 0",
            "labels or folds were changed",
        ),
        ("UPDATE cases SET case_number = 10000000000 WHERE case_number = 29", "have gaps"),
        ("UPDATE cases SET patient = 0 WHERE case_number = 1", "in training and test part"),
        ("UPDATE cases SET case_id = '' WHERE case_number = 1", "no id"),
        (
            "UPDATE splits SET part = 'training', inner_fold = 0 WHERE part = 'test' AND repeat = 1"
            " AND case_number = 3",
            "tested twice in a repeat, or never",
        ),
        (
            "UPDATE splits SET part = 'test', inner_fold = NULL WHERE case_number = 3",
            "tested twice in a repeat, or never",
        ),
        ("UPDATE splits SET inner_fold = 7 WHERE inner_fold = 1", "a fold is out of range"),
        ("UPDATE splits SET inner_fold = 0.5 WHERE inner_fold = 1", "a fold is out of range"),
        ("UPDATE splits SET fold = -1 WHERE fold = 1", "a fold is out of range"),
        ("UPDATE splits SET part = 'tset' WHERE part = 'test'", "neither test nor training"),
        ("DELETE FROM splits WHERE case_number = 3", "have gaps"),
        (
            "UPDATE facts SET value = replace(value, '\"repeats\": 2', '\"repeats\": 2000000000')"
            " WHERE name = 'protocol'",
            "have gaps",
        ),
        ("UPDATE tasks SET shape = '[30, 999999999999]'", "another shape"),
        ("UPDATE tasks SET shape = '[30, -1]'", "another shape"),
        ("UPDATE labels SET output = 10", "a label of task 'pt' is out of range"),
        ("UPDATE labels SET value = 'x'", "a label of task 'pt' is out of range"),
        ("UPDATE methods SET label = 'x'", "the label of method"),
        ("UPDATE units SET fold = 9 WHERE unit = 6", "the units are not those of the methods"),
        ("DELETE FROM tasks", "the labels of method"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    run: Path, change: Change, statement: str, fault: str
) -> None:
    change(run, statement, checksums=True)
    assert fault in refusal(run)


def test_a_damaged_unit_is_named_and_computed_again(
    run: Path, plan: Plan, change: Change, method: NetworkMethod, make_result: MakeResult
) -> None:
    change(run, "UPDATE predictions SET value = .123 WHERE unit = 2", checksums=False)
    line = refusal(run)
    assert "a damaged unit: resnet50 + pt, repeat 1, fold 2" in line
    assert line.endswith(
        "got its results were changed; rerun the same lnmbench run command to compute it again"
    )
    notices: list[str] = []
    with LedgerWriter.create(run, plan, notices.append) as ledger:
        assert ledger.done(method.fingerprint) == {(0, 0), (0, 2)}
        # a chunk is computed as a whole: the other units keep their results
        ledger.add_results([make_result(plan, 0, fold) for fold in range(3)])
    assert len(notices) == 1
    assert "repeat 1, fold 2: its results were changed in" in notices[0]
    with LedgerReader.open(run) as reader:
        values = reader.predictions(method.fingerprint, "target")[0, :, 0]
    np.testing.assert_array_equal(values, np.arange(30) / 100)


def test_every_flipped_byte_is_found_or_without_effect(run: Path, method: NetworkMethod) -> None:
    path = run / "ledger.sqlite"
    whole, expected = path.read_bytes(), contents(run, method)
    random = np.random.default_rng(5)
    found = 0
    for position in random.integers(0, len(whole), 60).tolist():
        raw = bytearray(whole)
        raw[position] ^= 1 << int(random.integers(8))
        path.write_bytes(bytes(raw))
        try:
            assert contents(run, method) == expected, position
        except UserError:
            found += 1
    assert found > 10


def contents(folder: Path, method: NetworkMethod) -> str:
    with LedgerReader.open(folder) as ledger:
        name = method.fingerprint
        plan = ledger.plan()
        curve = ledger.curve(name)
        assert curve is not None
        return repr(
            (
                *(plan.ids, plan.truth.tolist(), plan.splits.inner.tolist(), plan.notes),
                ledger.predictions(name, "target").tolist(),
                ledger.predictions(name, "pt").tolist(),
                [(*key, values.tolist()) for *key, values in ledger.validation(name)],
                *(curve.training.tolist(), ledger.search(name), ledger.cost(name)),
                ledger.labels()["pt"].values.tolist(),
            )
        )


def test_a_file_with_crossed_pages_is_refused(run: Path) -> None:
    """A page that is referenced twice could be read again and again."""
    path = run / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as database:
        roots = dict(database.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage"))
    raw = bytearray(path.read_bytes())
    size = int.from_bytes(raw[16:18], "big")
    first, second = (roots[name] - 1 for name in ("histories", "search"))
    raw[first * size : (first + 1) * size] = raw[second * size : (second + 1) * size]
    path.write_bytes(bytes(raw))
    assert "ledger" in refusal(run)
