"""Writing to a ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import (
    AuxLabels,
    NetworkMethod,
    Plan,
    Training,
    Trial,
    UnitResult,
)
from lnmbench.store.ledger import LedgerReader, LedgerWriter

Change = Callable[..., None]
MakeResult = Callable[[Plan, int, int], UnitResult]

LABELS = AuxLabels(task="pt", title="pT", kind="ordinal", known=30, values=np.zeros(30))


SEARCH = (
    Trial(candidate=1, settings={"C": 1.0, "solver": "lbfgs"}, losses=(0.7, np.inf)),
    Trial(candidate=2, settings={"C": 0.1, "solver": None}, losses=(0.6, 0.5), chosen=True),
)


def test_a_chunk_is_kept_whole_or_not_at_all(
    tmp_path: Path, plan: Plan, method: NetworkMethod, make_result: MakeResult
) -> None:
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_methods([method], plan.splits.units())
        twice = [replace(make_result(plan, 0, 1), search=SEARCH)] * 2
        with pytest.raises(sqlite3.IntegrityError):
            ledger.add_results(twice)
        assert ledger.done(method.fingerprint) == set()
        assert ledger.search(method.fingerprint) == {}


def test_methods_planned_again_keep_their_results(
    tmp_path: Path, plan: Plan, method: NetworkMethod, make_result: MakeResult
) -> None:
    for _ in range(2):
        with LedgerWriter.create(tmp_path, plan) as ledger:
            ledger.add_methods([method], plan.splits.units())
            ledger.add_labels([LABELS])
            if not ledger.done(method.fingerprint):
                ledger.add_results([make_result(plan, 1, 0)])
    with LedgerReader.open(tmp_path) as ledger:
        assert ledger.done(method.fingerprint) == {(1, 0)}
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


def test_a_failed_creation_leaves_no_folder(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("stopped")

    monkeypatch.setattr("lnmbench.store.ledger.writer.write_new", fail)
    with pytest.raises(RuntimeError, match="stopped"):
        LedgerWriter.create(tmp_path / "runs" / "run", plan)
    assert not (tmp_path / "runs").exists()


def test_a_setting_of_another_type_is_refused_before_it_is_stored(
    tmp_path: Path, plan: Plan, method: NetworkMethod
) -> None:
    """Read back, clip is 1.0, and the method another one."""
    whole = replace(method, training=Training(clip=1))
    with LedgerWriter.create(tmp_path, plan) as ledger:
        with pytest.raises(TypeError, match="resnet50 . pt: a setting is not of the type"):
            ledger.add_methods([whole], plan.splits.units())
        assert ledger.methods() == ()
