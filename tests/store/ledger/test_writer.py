from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import (
    AuxLabels,
    BaselineMethod,
    Choice,
    Epoch,
    Method,
    NetworkMethod,
    Plan,
    Training,
    Trial,
    Unit,
    UnitResult,
    Weights,
)
from lnmbench.store import serialization
from lnmbench.store.ledger import LedgerReader, LedgerWriter

METHOD = NetworkMethod(
    label="resnet50 + pt",
    encoder=Choice(name="resnet50", parameters={"weights": "auto", "seed": 0}),
    level="slice",
    weights=Weights(source="random:0", sha256="ab"),
    aux=(Choice(name="pt"),),
    weighting=Choice(name="fixed", parameters={"aux": 1.0}),
    training=Training(),
    plugins={"lnmbench_tnm": "0.1.0"},
)
BASELINE = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))


def result(plan: Plan, repeat: int, fold: int, method: Method = METHOD) -> UnitResult:
    test = plan.splits.inner[repeat, fold] < 0
    p = np.where(test, np.arange(30) / 100 + repeat, np.nan)
    return UnitResult(
        unit=Unit(method=method.fingerprint, repeat=repeat, fold=fold),
        test={"target": p[:, None], "pt": np.stack([p, 1 - p], axis=1)},
        validation=np.where(test, np.nan, 0.5),
        seconds=1.5,
        memory_mb=100.0,
        fits=2,
        epochs=7,
        settings={"C": 0.1},
        history=(Epoch(inner=0, epoch=1, training_loss=0.7, validation_loss=0.6),),
    )


def test_a_method_is_read_as_it_was_written() -> None:
    for method in (METHOD, BASELINE):
        again = serialization.method(serialization.pack(method))
        assert again == method
        assert again.fingerprint == method.fingerprint


def test_every_setting_makes_another_method_and_a_label_does_not() -> None:
    changed = [
        replace(METHOD, training=replace(Training(), learning_rate=3e-3)),
        replace(METHOD, weights=Weights(source="imagenet", sha256="cd")),
        replace(METHOD, aux=()),
        replace(METHOD, window_hu=(-900.0, 400.0)),
        replace(METHOD, plugins={"lnmbench_tnm": "0.2.0"}),
    ]
    assert len({method.fingerprint for method in [METHOD, *changed]}) == 6
    assert replace(METHOD, label="other").fingerprint == METHOD.fingerprint


def test_the_plan_is_read_as_it_was_written(tmp_path: Path, plan: Plan) -> None:
    LedgerWriter.create(tmp_path, plan).close()
    with LedgerReader.open(tmp_path) as ledger:
        again = ledger.plan()
    assert (again.ids, again.protocol, again.card) == (plan.ids, plan.protocol, plan.card)
    assert again.notes == ("a note",)
    np.testing.assert_array_equal(again.truth, plan.truth)
    np.testing.assert_array_equal(again.splits.outer, plan.splits.outer)
    np.testing.assert_array_equal(again.splits.inner, plan.splits.inner)


def test_results_appear_unit_by_unit(tmp_path: Path, plan: Plan) -> None:
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([METHOD, BASELINE], plan.splits.units())
        ledger.add_results([result(plan, 0, 1), result(plan, 0, 2)])
    with LedgerReader.open(tmp_path) as ledger:
        assert ledger.methods() == (METHOD, BASELINE)
        assert ledger.done(METHOD.fingerprint) == {(0, 1), (0, 2)}
        assert ledger.done(BASELINE.fingerprint) == set()
        assert ledger.cost(METHOD.fingerprint).seconds == 3.0
        read = ledger.predictions(METHOD.fingerprint, "pt")
        expected = result(plan, 0, 1).test["pt"]
        test = plan.splits.outer[0] == 1
        np.testing.assert_array_equal(read[0, test], expected[test])
        assert np.isnan(read[0, plan.splits.outer[0] == 0]).all()
        assert np.isnan(read[1]).all()


SEARCH = (
    Trial(candidate=1, settings={"C": 1.0, "solver": "lbfgs"}, losses=(0.7, np.inf)),
    Trial(candidate=2, settings={"C": 0.1, "solver": None}, losses=(0.6, 0.5), chosen=True),
)


def test_a_search_is_read_as_it_was_written(tmp_path: Path, plan: Plan) -> None:
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([METHOD, BASELINE], plan.splits.units())
        ledger.add_results([replace(result(plan, 1, 2), search=SEARCH, device_seconds=2.5)])
        ledger.add_results([result(plan, 0, 0)])
    with LedgerReader.open(tmp_path) as ledger:
        assert ledger.search(METHOD.fingerprint) == {(1, 2): SEARCH}
        assert ledger.search(BASELINE.fingerprint) == {}
        rows = ledger.frame("SELECT candidate, mean_loss, chosen FROM search ORDER BY candidate")
        assert np.isnan(rows["mean_loss"][0])
        assert rows["mean_loss"][1] == pytest.approx(0.55)
        assert rows["chosen"].tolist() == [0, 1]
        assert ledger.frame("SELECT total(device_seconds) AS s FROM units")["s"][0] == 2.5


def test_a_ledger_of_another_format_is_neither_read_nor_written(tmp_path: Path, plan: Plan) -> None:
    LedgerWriter.create(tmp_path, plan).close()
    with sqlite3.connect(tmp_path / "ledger.sqlite") as db:
        db.execute("UPDATE facts SET value = '1' WHERE name = 'format'")
    db.close()
    for opened in (LedgerReader.open, lambda folder: LedgerWriter.create(folder, plan)):
        with pytest.raises(UserError, match="another format.*expected 4, got 1; .*--out"):
            opened(tmp_path)


def test_a_chunk_is_kept_whole_or_not_at_all(tmp_path: Path, plan: Plan) -> None:
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([METHOD], plan.splits.units())
        twice = [replace(result(plan, 0, 1), search=SEARCH)] * 2
        with pytest.raises(sqlite3.IntegrityError):
            ledger.add_results(twice)
        assert ledger.done(METHOD.fingerprint) == set()
        assert ledger.search(METHOD.fingerprint) == {}


def test_methods_planned_again_keep_their_results(tmp_path: Path, plan: Plan) -> None:
    for _ in range(2):
        with LedgerWriter.create(tmp_path, plan) as ledger:
            ledger.add_methods([METHOD], plan.splits.units())
            if not ledger.done(METHOD.fingerprint):
                ledger.add_results([result(plan, 1, 0)])
    with LedgerReader.open(tmp_path) as ledger:
        assert ledger.done(METHOD.fingerprint) == {(1, 0)}
        assert len(ledger.frame("SELECT * FROM units")) == 6


def test_another_protocol_or_cohort_does_not_mix(tmp_path: Path, plan: Plan) -> None:
    LedgerWriter.create(tmp_path, plan).close()
    for other in (
        replace(plan, protocol=replace(plan.protocol, seed=1)),
        replace(plan, fingerprint="e" * 32),
        replace(plan, truth=1 - plan.truth),
    ):
        with pytest.raises(
            UserError, match="another (cohort|protocol|version of the target).*--out"
        ):
            LedgerWriter.create(tmp_path, other)


def test_one_process_writes(tmp_path: Path, plan: Plan) -> None:
    with (
        LedgerWriter.create(tmp_path, plan),
        pytest.raises(UserError, match="another lnmbench run writes"),
    ):
        LedgerWriter.create(tmp_path, plan)
    LedgerWriter.create(tmp_path, plan).close()


def test_what_is_no_ledger_is_one_line(tmp_path: Path, plan: Plan) -> None:
    with pytest.raises(UserError, match="no run here.*lnmbench run"):
        LedgerReader.open(tmp_path)
    (tmp_path / "ledger.sqlite").write_bytes(b"SQLite it is not" * 100)
    with pytest.raises(UserError, match="unreadable ledger"):
        LedgerReader.open(tmp_path)
    with pytest.raises(UserError, match="unreadable ledger"):
        LedgerWriter.create(tmp_path, plan)


def test_a_hostile_id_is_data(tmp_path: Path, plan: Plan) -> None:
    hostile = "'); DROP TABLE cases; --"
    LedgerWriter.create(tmp_path, replace(plan, ids=(hostile, *plan.ids[1:]))).close()
    with LedgerReader.open(tmp_path) as ledger:
        assert ledger.plan().ids[0] == hostile


def test_the_labels_of_auxiliary_tasks_are_read_as_they_were_written(
    tmp_path: Path, plan: Plan
) -> None:
    classes = np.where(np.arange(30) % 4, np.arange(30) % 7, np.nan)
    boxes = np.arange(60.0).reshape(30, 2)
    given = [
        AuxLabels(task="pt:a=1", title="pT", kind="ordinal", known=22, values=classes),
        AuxLabels(task="box", title="box", kind="continuous", known=30, values=boxes),
    ]
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_labels(given)
        # what was learned is what is scored: a later version of the task changes nothing here
        ledger.add_labels([replace(given[1], values=boxes + 1)])
        found = ledger.labels()
    assert list(found) == ["box", "pt:a=1"]
    np.testing.assert_array_equal(found["pt:a=1"].values, classes)
    np.testing.assert_array_equal(found["box"].values, boxes)
    assert (found["pt:a=1"].kind, found["pt:a=1"].known) == ("ordinal", 22)


def test_validation_predictions_come_unit_by_unit_in_the_order_of_the_plan(
    tmp_path: Path, plan: Plan
) -> None:
    given = result(plan, 1, 2)
    training = plan.splits.inner[1, 2] >= 0
    own = np.where(training, np.arange(30) / 30, np.nan)
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([METHOD], plan.splits.units())
        ledger.add_results([replace(given, validation=own)])
        ((repeat, fold, values),) = ledger.validation(METHOD.fingerprint)
    assert (repeat, fold) == (1, 2)
    np.testing.assert_array_equal(values, own[training])


def test_curves_are_quartiles_over_the_fits_that_were_still_training(
    tmp_path: Path, plan: Plan
) -> None:
    losses = {1: [4.0, 2.0, 3.0], 2: [1.0]}
    history = tuple(
        Epoch(inner=inner, epoch=epoch, training_loss=loss, validation_loss=loss + 1)
        for epoch, each in losses.items()
        for inner, loss in enumerate(each)
    )
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([METHOD, BASELINE], plan.splits.units())
        ledger.add_results([replace(result(plan, 0, 0), history=history)])
        curve = ledger.curve(METHOD.fingerprint)
        assert ledger.curve(BASELINE.fingerprint) is None
    assert curve is not None
    assert curve.epochs.tolist() == [1, 2]
    assert curve.fits.tolist() == [3, 1]
    np.testing.assert_allclose(curve.training, [[2.5, 3.0, 3.5], [1, 1, 1]])
    np.testing.assert_allclose(curve.validation, [[3.5, 4.0, 4.5], [2, 2, 2]])
