"""Learning curves of a ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from lnmbench.records import (
    BaselineMethod,
    Epoch,
    NetworkMethod,
    Plan,
    UnitResult,
)
from lnmbench.store.ledger import LedgerWriter

MakeResult = Callable[[Plan, int, int], UnitResult]
Change = Callable[..., None]


def test_curves_are_quartiles_over_the_fits_that_were_still_training(
    tmp_path: Path,
    plan: Plan,
    method: NetworkMethod,
    baseline: BaselineMethod,
    make_result: MakeResult,
) -> None:
    losses = {1: [4.0, 2.0, 3.0], 2: [1.0]}
    history = tuple(
        Epoch(inner=inner, epoch=epoch, training_loss=loss, validation_loss=loss + 1)
        for epoch, each in losses.items()
        for inner, loss in enumerate(each)
    )
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([method, baseline], plan.splits.units())
        ledger.add_results([replace(make_result(plan, 0, 0), history=history)])
        curve = ledger.curve(method.fingerprint)
        assert ledger.curve(baseline.fingerprint) is None
    assert curve is not None
    assert curve.epochs.tolist() == [1, 2]
    assert curve.fits.tolist() == [3, 1]
    np.testing.assert_allclose(curve.training, [[2.5, 3.0, 3.5], [1, 1, 1]])
    np.testing.assert_allclose(curve.validation, [[3.5, 4.0, 4.5], [2, 2, 2]])
