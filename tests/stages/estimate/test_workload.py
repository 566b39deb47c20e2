"""Workload of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.stages.estimate.workload import ledger_bytes, list_workloads, plan_bytes
from lnmbench.stages.plan import ResolvedBenchmark
from lnmbench.store.ledger import LedgerWriter


def test_a_ledger_that_does_not_exist_lacks_everything(
    resolved: ResolvedBenchmark, tmp_path: Path
) -> None:
    aux, single, baseline = list_workloads(resolved.methods, resolved.plan, tmp_path)
    assert {workload.repeats for workload in (aux, single, baseline)} == {(0, 1)}
    assert (aux.units, aux.fits, aux.candidates) == (6, 12, 1)
    assert baseline.fits == 12 * baseline.candidates > 12
    sizes = [ledger_bytes(workload, resolved.plan) for workload in (aux, single)]
    assert sizes[0] > sizes[1] > 0, "an auxiliary task has predictions of its own"
    half = replace(aux, repeats=(1,), units=3)
    assert ledger_bytes(half, resolved.plan) == sizes[0] / 2
    assert plan_bytes(resolved.plan, tmp_path) > 0


def test_a_ledger_of_the_same_plan_is_used_and_another_is_refused(
    resolved: ResolvedBenchmark, tmp_path: Path
) -> None:
    LedgerWriter.create(tmp_path, resolved.plan).close()
    (first, *_) = list_workloads(resolved.methods, resolved.plan, tmp_path)
    assert first.repeats == (0, 1)
    assert plan_bytes(resolved.plan, tmp_path) == 0
    other = replace(resolved.plan, fingerprint="e" * 32)
    with pytest.raises(UserError, match="another"):
        list_workloads(resolved.methods, other, tmp_path)
