"""How long a baseline takes: one inner fit with all its candidates, by the code of a run."""

from __future__ import annotations

import time
from dataclasses import replace

from lnmbench.records import BaselineMethod, Cohort, Plan
from lnmbench.registry import Registry
from lnmbench.stages.estimate.estimates import Repeat, Span
from lnmbench.stages.run.baselines import baseline_results
from lnmbench.stages.run.chunk import Chunk

_ENOUGH = 1.0


def repeat_of_baseline(
    method: BaselineMethod, chunk: Chunk, cohort: Cohort, registry: Registry
) -> Repeat:
    """Return what a repeat takes, with all candidates."""
    protocol = chunk.plan.protocol
    one = replace(chunk, plan=_one_fold(chunk.plan))
    seconds = _timed(method, one, cohort, registry)
    if seconds < _ENOUGH:  # the first time, modules are imported
        seconds = min(seconds, _timed(method, one, cohort, registry))
    seconds *= protocol.folds * protocol.inner
    return Repeat(seconds=Span(low=seconds, high=seconds))


def _one_fold(plan: Plan) -> Plan:
    return replace(plan, protocol=replace(plan.protocol, folds=1, inner=1))


def _timed(method: BaselineMethod, chunk: Chunk, cohort: Cohort, registry: Registry) -> float:
    started = time.perf_counter()
    baseline_results(method, chunk, cohort, registry)
    return time.perf_counter() - started
