"""A result that cannot be one is refused before it is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import BaselineMethod, Choice, NetworkMethod, Plan, Unit, UnitResult
from lnmbench.store.ledger import LedgerReader, LedgerWriter

MakeResult = Callable[[Plan, int, int], UnitResult]
Damage = Callable[[UnitResult], UnitResult]


def with_prediction(value: float) -> Damage:
    def damage(result: UnitResult) -> UnitResult:
        target = result.test["target"].copy()
        target[np.flatnonzero(~np.isnan(target[:, 0]))[0]] = value
        return replace(result, test={**result.test, "target": target})

    return damage


def with_validation(value: float) -> Damage:
    return lambda result: replace(
        result, validation=np.where(np.isnan(result.validation), np.nan, value)
    )


DAMAGES: dict[str, tuple[Damage, str]] = {
    "NaN": (with_prediction(np.nan), "in [0, 1], got nan"),
    "infinite": (with_prediction(np.inf), "in [0, 1], got inf"),
    "above 1": (with_prediction(4.0), "in [0, 1], got 4"),
    "below 0": (with_prediction(-0.5), "in [0, 1], got -0.5"),
    "validation": (with_validation(1.5), "validation predictions in [0, 1], got 1.5"),
    "no validation": (with_validation(np.nan), "validation predictions in [0, 1], got nan"),
    "all cases": (
        lambda r: replace(r, test={**r.test, "target": np.full((30, 1), 0.5)}),
        "test cases alone, got some of other cases",
    ),
    "too short": (
        lambda r: replace(r, test={"target": r.test["target"][:7]}),
        "shape (30, 1), got shape (7, 1)",
    ),
    "two outputs": (
        lambda r: replace(r, test={"target": r.test["pt"]}),
        "shape (30, 1), got shape (30, 2)",
    ),
    "no target": (lambda r: replace(r, test={"pt": r.test["pt"]}), "of the target, got none"),
    "auxiliary": (
        lambda r: replace(r, test={**r.test, "pt": r.test["pt"] + np.inf}),
        "finite numbers for the test cases alone",
    ),
    "fold": (lambda r: replace(r, unit=replace(r.unit, fold=8)), "a result of another unit"),
    "method": (
        lambda r: replace(r, unit=Unit(method="x", repeat=0, fold=0)),
        "a result of another unit",
    ),
    "time": (lambda r: replace(r, seconds=-1.0), "times and counts of at least 0"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_nothing_of_the_chunk_is_stored(
    tmp_path: Path, plan: Plan, method: NetworkMethod, make_result: MakeResult, damage: str
) -> None:
    change, fault = DAMAGES[damage]
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([method], plan.splits.units())
        with pytest.raises(UserError) as refusal:
            ledger.add_results([make_result(plan, 0, 0), change(make_result(plan, 0, 1))])
    assert fault in str(refusal.value)
    assert "a result was not stored: " in str(refusal.value)
    with LedgerReader.open(tmp_path) as reader:
        assert reader.done(method.fingerprint) == set()


def test_a_partial_method_lacks_cases_and_validation_predictions(
    tmp_path: Path, plan: Plan, make_result: MakeResult
) -> None:
    reader = BaselineMethod(label="reader", baseline=Choice(name="reader"), partial=True)
    key = reader.fingerprint
    with LedgerWriter.create(tmp_path, plan, print) as ledger:
        ledger.add_methods([reader], plan.splits.units())
        results = []
        for repeat, fold in plan.splits.units():
            result = make_result(plan, repeat, fold)
            target = result.test["target"].copy()
            target[:7] = np.nan
            results.append(
                replace(
                    result,
                    unit=replace(result.unit, method=key),
                    test={"target": target},
                    validation=np.full(30, np.nan),
                )
            )
        ledger.add_results(results)
    with LedgerReader.open(tmp_path) as ledger:
        assert len(ledger.done(key)) == 6
        stored = ledger.predictions(key, "target")[..., 0]
        assert np.isnan(stored[:, :7]).all()
        assert not np.isnan(stored[:, 7:]).any()
        assert [p.size for _, _, p in ledger.validation(key)] == [0] * 6
