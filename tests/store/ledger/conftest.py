"""Methods and results for the ledger's tests."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench.records import (
    AuxLabels,
    BaselineMethod,
    Choice,
    EncoderProbe,
    Epoch,
    Estimate,
    IdealLabel,
    NetworkMethod,
    Plan,
    ProbedLabel,
    Training,
    Trial,
    Unit,
    UnitResult,
    Weights,
)
from lnmbench.store.ledger import LedgerWriter
from lnmbench.store.ledger.checksums import list_keys, store_checksum

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
        p = np.where(test, (np.arange(30) + repeat) / 100, np.nan)
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


LABELS = AuxLabels(task="pt", title="pT", kind="ordinal", known=30, values=np.zeros(30))
PROBE = EncoderProbe(
    key=64 * "a",
    width=64,
    cases=30,
    repeats=2,
    folds=3,
    labels=(
        ProbedLabel(
            name="n2",
            role="target",
            kind="binary",
            known=30,
            auc=Estimate(value=0.6, low=0.5, high=0.7),
        ),
    ),
    ideal=IdealLabel(latent="x", draws=9, without=0.7, gain=0.01, error=0.001, spread=0.003),
)
SEARCH = (
    Trial(candidate=1, settings={"C": 1.0, "solver": "lbfgs"}, losses=(0.7, np.inf)),
    Trial(candidate=2, settings={"C": 0.1, "solver": None}, losses=(0.6, 0.5), chosen=True),
)


@pytest.fixture
def run(tmp_path: Path, plan: Plan, method: NetworkMethod, make_result: MakeResult) -> Path:
    """A run directory with three finished units, of six that are planned."""
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([method], plan.splits.units())
        ledger.add_labels([LABELS])
        ledger.add_probe(PROBE)
        ledger.add_results(
            [replace(make_result(plan, 0, fold), search=SEARCH) for fold in range(3)]
        )
    return tmp_path


Change = Callable[..., None]


@pytest.fixture
def change() -> Change:
    """Execute statements on the ledger of a run directory, with or without new checksums."""

    def execute(folder: Path, *statements: str, checksums: bool) -> None:
        with closing(sqlite3.connect(folder / "ledger.sqlite")) as database, database:
            for statement in statements:
                database.execute(statement)
            if checksums:
                database.execute("DELETE FROM checksums")
                for part, query in list_keys(database).items():
                    for (key,) in database.execute(query).fetchall():
                        store_checksum(database, part, key)

    return execute
