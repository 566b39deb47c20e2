"""Methods and results for the ledger's tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lnmbench.records import (
    BaselineMethod,
    Choice,
    Epoch,
    NetworkMethod,
    Plan,
    Training,
    Unit,
    UnitResult,
    Weights,
)

MakeResult = Callable[[Plan, int, int], UnitResult]


@pytest.fixture
def method() -> NetworkMethod:
    """A network with an auxiliary task."""
    return NetworkMethod(
        label="resnet50 + pt",
        encoder=Choice(name="resnet50", parameters={"weights": "auto", "seed": 0}),
        level="slice",
        weights=Weights(source="random:0", sha256="ab"),
        aux=(Choice(name="pt"),),
        weighting=Choice(name="fixed", parameters={"aux": 1.0}),
        training=Training(),
        plugins={"lnmbench_tnm": "0.1.0"},
    )


@pytest.fixture
def baseline() -> BaselineMethod:
    """A baseline."""
    return BaselineMethod(label="logistic", baseline=Choice(name="logistic"))


@pytest.fixture
def make_result(method: NetworkMethod) -> MakeResult:
    """Return the method's result of a repeat and fold of a plan."""

    def make(plan: Plan, repeat: int, fold: int) -> UnitResult:
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

    return make
