"""Results of units: chunks, permuted inputs, equations and selections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import (
    FinalModel,
    LinearEquation,
    LinearTerm,
    ModalitySelection,
    NetworkMethod,
    PermutedPredictions,
    Plan,
    UnitEquations,
    UnitResult,
    UnitSelections,
)
from lnmbench.store.ledger import LedgerReader, LedgerWriter

Change = Callable[..., None]
MakeResult = Callable[[Plan, int, int], UnitResult]

EQUATION = LinearEquation(
    intercept=-1.0, terms=(LinearTerm(feature="age", coefficient=0.05, sd=9.0, missing=60.0),)
)
FINAL = FinalModel(settings={"C": 0.1}, chosen=2, units=3, cases=30, equations=(EQUATION,))


def permuted(plan: Plan, result: UnitResult, value: float = 0.25) -> UnitResult:
    """Return a result with predictions of two permutations of two inputs."""
    cases = int((plan.splits.inner[result.unit.repeat, result.unit.fold] < 0).sum())
    values = np.full((2, cases, 1), value)
    values[1] += np.arange(cases)[:, None] / 100
    inputs = (
        PermutedPredictions(kind="feature", name="age", values=values),
        PermutedPredictions(kind="modality", name="age", values=values / 2),
    )
    return replace(result, permuted=inputs)


def test_predictions_of_permuted_inputs_are_added_to_finished_units(
    run: Path, plan: Plan, method: NetworkMethod, make_result: MakeResult
) -> None:
    result = permuted(plan, make_result(plan, 0, 1))
    with LedgerReader.open(run) as ledger:  # written before there was such a table
        assert list(ledger.permuted(method.fingerprint)) == []
        assert ledger.done_permuted(method.fingerprint) == set()
    with LedgerWriter.create(run, plan) as ledger:
        ledger.add_results([result])
        ledger.add_results([permuted(plan, make_result(plan, 0, 1), value=0.5)])  # has some
    with LedgerReader.open(run) as ledger:
        stored = list(ledger.permuted(method.fingerprint))
        assert ledger.done_permuted(method.fingerprint) == {(0, 1)}
        assert ledger.done(method.fingerprint) == {(0, fold) for fold in range(3)}
    for (repeat, fold, each), expected in zip(stored, result.permuted, strict=True):
        assert (repeat, fold) == (0, 1)
        assert (each.kind, each.name) == (expected.kind, expected.name)
        np.testing.assert_array_equal(each.values, expected.values)


def test_a_unit_that_predicts_something_else_when_computed_again_is_refused(
    run: Path, plan: Plan, make_result: MakeResult
) -> None:
    result = permuted(plan, make_result(plan, 0, 1))
    other = {**result.test, "target": result.test["target"] + 0.002}
    with (
        LedgerWriter.create(run, plan) as ledger,
        pytest.raises(UserError, match="has other predictions when it is computed again"),
    ):
        ledger.add_results([replace(result, test=other)])
    with LedgerReader.open(run) as ledger:
        assert ledger.done_permuted(result.unit.method) == set()


def test_wrong_predictions_of_permuted_inputs_are_not_stored(
    run: Path, plan: Plan, make_result: MakeResult
) -> None:
    result = make_result(plan, 1, 0)
    for values in (np.full((2, 10, 1), np.nan), np.full((2, 9, 1), 0.5), np.full((2, 10, 1), 1.1)):
        wrong = PermutedPredictions(kind="feature", name="age", values=values)
        with (
            LedgerWriter.create(run, plan) as ledger,
            pytest.raises(UserError, match="predictions of permuted inputs"),
        ):
            ledger.add_results([replace(result, permuted=(wrong,))])


@pytest.mark.parametrize(
    ("statement", "checksums"),
    [
        ("UPDATE permuted SET name = 'sex' WHERE kind = 'feature'", False),
        ("UPDATE permuted SET kind = 'other' WHERE kind = 'feature'", True),
        ("UPDATE permuted SET probabilities = x'00' WHERE kind = 'feature'", True),
        ("UPDATE permuted SET probabilities = 'text' WHERE kind = 'feature'", True),
    ],
)
def test_a_unit_whose_permuted_predictions_were_changed_is_computed_again(
    run: Path,
    plan: Plan,
    change: Change,
    make_result: MakeResult,
    statement: str,
    checksums: bool,
) -> None:
    result = permuted(plan, make_result(plan, 0, 1))
    with LedgerWriter.create(run, plan) as ledger:
        ledger.add_results([result])
    change(run, statement, checksums=checksums)
    with pytest.raises(UserError, match="damaged unit"):
        LedgerReader.open(run)
    with LedgerWriter.create(run, plan) as ledger:
        assert ledger.done(result.unit.method) == {(0, 0), (0, 2)}
        ledger.add_results([result])
    with LedgerReader.open(run) as ledger:
        assert ledger.done_permuted(result.unit.method) == {(0, 1)}


def test_equations_are_stored_with_permuted_inputs(
    run: Path, plan: Plan, method: NetworkMethod, make_result: MakeResult, change: Change
) -> None:
    equations = UnitEquations(fits=((EQUATION,), (EQUATION,)))
    result = replace(permuted(plan, make_result(plan, 0, 1)), equations=equations)
    with LedgerWriter.create(run, plan) as ledger:
        assert ledger.final_model(method.fingerprint) is None
        ledger.add_results([result])
        ledger.add_final_model(method.fingerprint, FINAL)
        ledger.add_final_model(method.fingerprint, FINAL)
    with LedgerReader.open(run) as ledger:
        assert ledger.equations(method.fingerprint) == (equations,)
        assert ledger.final_model(method.fingerprint) == FINAL
        assert ledger.chosen_settings(method.fingerprint) == ('{"C": 0.1}',) * 3
    change(run, "UPDATE equations SET record = '{}'", checksums=True)
    with LedgerWriter.create(run, plan) as ledger:
        assert ledger.done(method.fingerprint) == {(0, 0), (0, 2)}
    change(run, "UPDATE final_models SET record = '{}'", checksums=False)
    with pytest.raises(UserError, match="was changed"):
        LedgerReader.open(run)


def test_selected_features_are_stored_with_their_unit(
    run: Path, plan: Plan, method: NetworkMethod, make_result: MakeResult, change: Change
) -> None:
    inner = plan.protocol.inner
    each = ModalitySelection(modality="cfdna", candidates=9, fits=((("b", "a"),),) * inner)
    selections = UnitSelections(modalities=(each,))
    with LedgerWriter.create(run, plan) as ledger:
        assert ledger.selections(method.fingerprint) == ()
    change(run, "UPDATE units SET state = 'planned' WHERE fold = 1 AND repeat = 0", checksums=True)
    with LedgerWriter.create(run, plan) as ledger:
        ledger.add_results([replace(make_result(plan, 0, 1), selections=selections)])
    with LedgerReader.open(run) as ledger:
        assert ledger.selections(method.fingerprint) == (selections,)
    change(run, "UPDATE selections SET record = replace(record, '9', '1')", checksums=True)
    with LedgerWriter.create(run, plan) as ledger:
        assert ledger.done(method.fingerprint) == {(0, 0), (0, 2)}
        assert ledger.selections(method.fingerprint) == ()
