"""Reading of a ledger, and damaged ledgers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import (
    AuxLabels,
    BaselineMethod,
    Estimate,
    Manifest,
    NetworkMethod,
    Outcomes,
    Plan,
    Trial,
    UnitResult,
)
from lnmbench.store.ledger import LedgerReader, LedgerWriter

MakeResult = Callable[[Plan, int, int], UnitResult]
Change = Callable[..., None]

LABELS = AuxLabels(task="pt", title="pT", kind="ordinal", known=30, values=np.zeros(30))


def test_the_plan_is_read_as_it_was_written(tmp_path: Path, plan: Plan) -> None:
    LedgerWriter.create(tmp_path, plan).close()
    with LedgerReader.open(tmp_path) as ledger:
        again = ledger.plan()
    assert (again.ids, again.protocol, again.card) == (plan.ids, plan.protocol, plan.card)
    assert again.notes == ("a note",)
    np.testing.assert_array_equal(again.truth, plan.truth)
    np.testing.assert_array_equal(again.splits.outer, plan.splits.outer)
    np.testing.assert_array_equal(again.splits.inner, plan.splits.inner)


def test_results_appear_unit_by_unit(
    tmp_path: Path,
    plan: Plan,
    method: NetworkMethod,
    baseline: BaselineMethod,
    make_result: MakeResult,
) -> None:
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([method, baseline], plan.splits.units())
        ledger.add_labels([LABELS])
        ledger.add_results([make_result(plan, 0, 1), make_result(plan, 0, 2)])
    with LedgerReader.open(tmp_path) as ledger:
        assert ledger.methods() == (method, baseline)
        assert ledger.done(method.fingerprint) == {(0, 1), (0, 2)}
        assert ledger.done(baseline.fingerprint) == set()
        assert ledger.cost(method.fingerprint).seconds == 3.0
        read = ledger.predictions(method.fingerprint, "pt")
        expected = make_result(plan, 0, 1).test["pt"]
        test = plan.splits.outer[0] == 1
        np.testing.assert_array_equal(read[0, test], expected[test])
        assert np.isnan(read[0, plan.splits.outer[0] == 0]).all()
        assert np.isnan(read[1]).all()


SEARCH = (
    Trial(candidate=1, settings={"C": 1.0, "solver": "lbfgs"}, losses=(0.7, np.inf)),
    Trial(candidate=2, settings={"C": 0.1, "solver": None}, losses=(0.6, 0.5), chosen=True),
)


def test_a_search_is_read_as_it_was_written(
    tmp_path: Path,
    plan: Plan,
    method: NetworkMethod,
    baseline: BaselineMethod,
    make_result: MakeResult,
) -> None:
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([method, baseline], plan.splits.units())
        ledger.add_labels([LABELS])
        ledger.add_results([replace(make_result(plan, 1, 2), search=SEARCH, device_seconds=2.5)])
        ledger.add_results([make_result(plan, 0, 0)])
    with LedgerReader.open(tmp_path) as ledger:
        assert ledger.search(method.fingerprint) == {(1, 2): SEARCH}
        assert ledger.search(baseline.fingerprint) == {}
        rows = ledger.frame("SELECT candidate, mean_loss, chosen FROM search ORDER BY candidate")
        assert np.isnan(rows["mean_loss"][0])
        assert rows["mean_loss"][1] == pytest.approx(0.55)
        assert rows["chosen"].tolist() == [0, 1]
        assert ledger.frame("SELECT total(device_seconds) AS s FROM units")["s"][0] == 2.5


@pytest.mark.parametrize(
    ("stored", "age"),
    [("6", "an older"), ("10", "a newer"), ("x", "another"), ("9" * 5000, "another")],
    ids=["older", "newer", "no number", "a long number"],
)
def test_a_ledger_of_another_version_is_neither_read_nor_written(
    tmp_path: Path, plan: Plan, stored: str, age: str
) -> None:
    LedgerWriter.create(tmp_path, plan).close()
    with sqlite3.connect(tmp_path / "ledger.sqlite") as db:
        db.execute("UPDATE facts SET value = ? WHERE name = 'format'", (stored,))
    db.close()
    refused = (
        f"the ledger is of {age} version of lnmbench .*expected format 9, got {stored[:40]}; "
        "use that version for it, or run again with this version and another --out$"
    )
    with pytest.raises(UserError, match=refused):
        LedgerReader.open(tmp_path)
    with pytest.raises(UserError, match=refused):
        LedgerWriter.create(tmp_path, plan)


def test_what_is_no_ledger_is_one_line(tmp_path: Path, plan: Plan) -> None:
    with pytest.raises(UserError, match="no run here.*lnmbench run"):
        LedgerReader.open(tmp_path)
    (tmp_path / "ledger.sqlite").write_bytes(b"SQLite it is not" * 100)
    with pytest.raises(UserError, match="cannot read the ledger"):
        LedgerReader.open(tmp_path)
    with pytest.raises(UserError, match="cannot read the ledger"):
        LedgerWriter.create(tmp_path, plan)


def test_validation_predictions_come_unit_by_unit_in_the_order_of_the_plan(
    tmp_path: Path, plan: Plan, method: NetworkMethod, make_result: MakeResult
) -> None:
    written = make_result(plan, 1, 2)
    training = plan.splits.inner[1, 2] >= 0
    observed = np.where(training, np.arange(30) / 30, np.nan)
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([method], plan.splits.units())
        ledger.add_results([replace(written, validation=observed)])
        ((repeat, fold, values),) = ledger.validation(method.fingerprint)
    assert (repeat, fold) == (1, 2)
    np.testing.assert_array_equal(values, observed[training])


@pytest.mark.parametrize("fact", ["card", "preprocessing", "protocol", "notes"])
@pytest.mark.parametrize("value", ["", "{}", "[1", '{"title": 1}'])
def test_a_damaged_fact_of_the_plan_is_one_line(
    tmp_path: Path, plan: Plan, change: Change, fact: str, value: str
) -> None:
    LedgerWriter.create(tmp_path, plan).close()
    change(tmp_path, f"UPDATE facts SET value = '{value}' WHERE name = '{fact}'", checksums=True)
    with pytest.raises(UserError, match=r"the ledger .*; restore it from a copy") as refusal:
        LedgerReader.open(tmp_path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("tune", "3", "network.tune: Input should be a valid integer"),
        ("level", None, "network.level: Input should be"),
        ("licence", "", "licence: missing, unknown or changed field"),
        ("tune", 3, "the settings of method 'resnet50 .* pt' were changed"),
    ],
)
def test_a_damaged_method_is_one_line(
    tmp_path: Path,
    plan: Plan,
    method: NetworkMethod,
    change: Change,
    field: str,
    value: object,
    fault: str,
) -> None:
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([method], plan.splits.units())
        ((record,),) = ledger.frame("SELECT record FROM methods").values.tolist()
    text = json.dumps({**json.loads(record), field: value})
    escaped = text.replace("'", "''")
    change(tmp_path, f"UPDATE methods SET record = '{escaped}'", checksums=True)
    with pytest.raises(UserError, match=f"cannot read the ledger .*{fault}"):
        LedgerReader.open(tmp_path)


def test_a_damaged_manifest_is_one_line(tmp_path: Path, plan: Plan, change: Change) -> None:
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_manifest(
            Manifest(
                created="2026-01-02",
                options={},
                cohort=plan.dataset,
                cohort_fingerprint=plan.fingerprint,
                card=plan.card,
                preprocessing=plan.preprocessing,
                protocol=plan.protocol,
                methods=(),
            )
        )
        assert [manifest.protocol for manifest in ledger.manifests()] == [plan.protocol]
    change(
        tmp_path,
        "UPDATE manifests SET manifest = replace(manifest, '\"methods\": []', '\"methods\": [{}]')",
        checksums=True,
    )
    with pytest.raises(UserError, match=r"cannot read the ledger .*got methods\.0"):
        LedgerReader.open(tmp_path)


def test_probes_are_read_as_they_were_written(run: Path, change: Change) -> None:
    with LedgerReader.open(run) as ledger:
        probes = ledger.probes()
    (key,) = probes
    assert probes[key].key == key
    assert probes[key].labels[0].auc == Estimate(value=0.6, low=0.5, high=0.7)
    assert probes[key].ideal is not None
    change(run, "UPDATE probes SET probe = 'another'", checksums=True)
    with pytest.raises(UserError, match="a probe has another key"):
        LedgerReader.open(run)


def test_the_outcomes_of_a_target_are_read_as_they_were_written(
    tmp_path: Path, plan: Plan, method: NetworkMethod, make_result: MakeResult
) -> None:
    values = np.column_stack([plan.truth, np.where(np.arange(30) % 4, 0.0, np.nan)])
    outcomes = Outcomes(kind="multilabel", names=("II", "III"), values=values)
    plan = replace(plan, outcomes=outcomes)
    written = make_result(plan, 1, 2)
    test = plan.splits.inner[1, 2] < 0
    p = np.linspace(0.01, 0.99, 60).reshape(30, 2)
    result = replace(
        written,
        test={"target": np.where(test[:, None], p, np.nan)},
        validation=np.where(test[:, None], np.nan, p),
    )
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([method], plan.splits.units())
        ledger.add_labels([LABELS])
        with pytest.raises(UserError, match=r"expected predictions of the test cases of shape"):
            ledger.add_results([written])
        ledger.add_results([result])
    with LedgerReader.open(tmp_path) as ledger:
        stored = ledger.plan()
        ((_, _, validation),) = ledger.validation(method.fingerprint)
        predicted = ledger.predictions(method.fingerprint, "target")[1, test]
    assert stored.outcomes is not None
    assert (stored.kind, stored.outcomes.names) == ("multilabel", ("II", "III"))
    np.testing.assert_array_equal(stored.outcomes.values, values)
    np.testing.assert_array_equal(validation, p[~test])
    np.testing.assert_array_equal(predicted, p[test])
    with sqlite3.connect(tmp_path / "ledger.sqlite") as db:
        db.execute("UPDATE outcome_labels SET value = 1 WHERE outcome = 1 AND case_number = 1")
    db.close()
    with pytest.raises(UserError, match="an outcome differs from the label"):
        LedgerReader.open(tmp_path)
