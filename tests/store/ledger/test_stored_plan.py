"""A new ledger."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from lnmbench.records import (
    Plan,
)
from lnmbench.store.ledger import LedgerReader, LedgerWriter
from lnmbench.store.ledger.schema import FORMAT
from lnmbench.store.ledger.stored_plan import plan_facts, write_new


def test_a_hostile_id_is_data(tmp_path: Path, plan: Plan) -> None:
    hostile = "'); DROP TABLE cases; --"
    LedgerWriter.create(tmp_path, replace(plan, ids=(hostile, *plan.ids[1:]))).close()
    with LedgerReader.open(tmp_path) as ledger:
        assert ledger.plan().ids[0] == hostile


def test_a_new_ledger_holds_each_case_of_each_fold(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "new.sqlite"
    write_new(path, plan)
    with sqlite3.connect(path) as database:
        (cases,) = database.execute("SELECT count(*) FROM cases").fetchone()
        rows = database.execute(
            "SELECT repeat, fold, count(*), sum(part = 'test'), count(inner_fold) FROM splits"
            " GROUP BY repeat, fold"
        ).fetchall()
    database.close()
    assert cases == 30
    assert [row[:2] for row in rows] == list(plan.splits.units())
    for repeat, fold, total, tested, validated in rows:
        assert (total, validated) == (30, 30 - tested)
        assert tested == (plan.splits.outer[repeat] == fold).sum()


def test_facts_identify_cohort_protocol_labels_and_folds(plan: Plan) -> None:
    facts = plan_facts(plan)
    assert (facts["format"], facts["fingerprint"]) == (FORMAT, plan.fingerprint)
    assert (
        plan_facts(replace(plan, truth=1 - plan.truth))["labels_and_folds"]
        != (facts["labels_and_folds"])
    )
    assert plan_facts(replace(plan, notes=())) == {**facts, "notes": "[]"}
