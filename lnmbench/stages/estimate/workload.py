"""Workload of a run: the repeats, fits and bytes that its ledger lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench.records import TARGET, Plan
from lnmbench.stages.plan import ResolvedBaseline, ResolvedMethod, ResolvedNetwork
from lnmbench.store.ledger import FILE, LedgerReader

# bytes of a row in the ledger's tables, without the length of its texts
_PREDICTION, _EPOCH, _TRIAL, _NUMBER, _SPLIT = 22, 28, 80, 20, 22
PROBABILITY_BYTES = 8
_EMPTY = 80_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The repeats of a method that lack results, and the numbers of units and fits to compute.

    A network computes all units of such a repeat, a baseline those that lack results.
    """

    resolved: ResolvedMethod
    repeats: tuple[int, ...]
    units: int
    candidates: int
    fits: int


def list_workloads(
    methods: Sequence[ResolvedMethod], plan: Plan, folder: Path, *, importance: int = 0
) -> list[Workload]:
    """Return the workload of each method.

    Parameters
    ----------
    methods
        The methods of the run.
    plan
        The plan of the run.
    folder
        The folder of its ledger, which may not exist yet.
    importance
        The number of permutations of each input: units that lack them are computed again.

    Raises
    ------
    UserError
        For a ledger with another plan.
    """
    done = _done_units(methods, plan, folder, importance)
    return [_workload(each, plan, done[each.method.fingerprint]) for each in methods]


def ledger_bytes(workload: Workload, plan: Plan) -> int:
    """Return about how many bytes a method's missing results add to the ledger."""
    resolved, protocol = workload.resolved, plan.protocol
    n, units = len(plan.ids), workload.units
    outputs_by_task, epochs = {TARGET: 1}, 0
    if isinstance(resolved, ResolvedNetwork):
        names = map(str, resolved.method.aux)
        outputs_by_task |= {
            name: task.outputs for name, task in zip(names, resolved.tasks, strict=True)
        }
        epochs = resolved.method.training.max_epochs
    tests = sum(
        outputs * (_PREDICTION + len(name) + 4) for name, outputs in outputs_by_task.items()
    )
    predictions = n * (tests + (protocol.folds - 1) * PROBABILITY_BYTES) * len(workload.repeats)
    histories = protocol.inner * epochs * _EPOCH
    candidates = workload.candidates if workload.candidates > 1 else 0
    search = candidates * (_TRIAL + protocol.inner * _NUMBER)
    return predictions + units * (histories + search)


def plan_bytes(plan: Plan, folder: Path) -> int:
    """Return about how many bytes a new ledger with only the plan has; 0 if it exists."""
    if (folder / FILE).is_file():
        return 0
    return _EMPTY + plan.protocol.units * len(plan.ids) * _SPLIT


def _workload(resolved: ResolvedMethod, plan: Plan, done: set[tuple[int, int]]) -> Workload:
    missing = set(plan.splits.units()) - done
    repeats = tuple(sorted({repeat for repeat, _ in missing}))
    is_network = isinstance(resolved, ResolvedNetwork)
    is_fixed = isinstance(resolved, ResolvedBaseline) and resolved.fixed is not None
    units = len(repeats) * plan.protocol.folds if is_network else len(missing)
    return Workload(
        resolved=resolved,
        repeats=repeats,
        units=units,
        candidates=resolved.candidates,
        fits=0 if is_fixed else units * plan.protocol.inner * resolved.candidates,
    )


def _done_units(
    methods: Sequence[ResolvedMethod], plan: Plan, folder: Path, importance: int
) -> dict[str, set[tuple[int, int]]]:
    keys = [each.method.fingerprint for each in methods]
    if not (folder / FILE).is_file():
        return {key: set() for key in keys}
    with LedgerReader.open(folder) as ledger:
        ledger.require(plan)
        done = {key: ledger.done(key) for key in keys}
        for method in [each.method for each in methods if importance]:
            if method.trained:
                done[method.fingerprint] &= ledger.done_permuted(method.fingerprint)
        return done
