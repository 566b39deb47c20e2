"""How much is to do: what the ledger and the feature caches lack, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench.records import Method, NetworkMethod, Plan
from lnmbench.registry import Registry
from lnmbench.stages.plan.aux_tasks import aux_task
from lnmbench.store.ledger import FILE, LedgerReader

# Bytes of a row in the ledger's tables, beside the words in it.
_PREDICTION, _EPOCH, _TRIED, _NUMBER, _SPLIT = 22, 28, 80, 20, 22
_VALIDATION = 8
_EMPTY = 80_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """What a method has to do: the repeats that lack results, and the fits in one of them."""

    method: Method
    repeats: tuple[int, ...]
    candidates: int
    fits_a_repeat: int


def amounts(
    methods: Sequence[Method], plan: Plan, folder: Path, registry: Registry
) -> list[Amount]:
    """Return what each method has to do in the ledger of a folder, which may not be there yet.

    Raises `UserError` where the folder holds another plan.
    """
    done = _done(methods, plan, folder)
    return [_amount(method, plan, done[method.fingerprint], registry) for method in methods]


def ledger_bytes(amount: Amount, plan: Plan, registry: Registry) -> int:
    """Return about how much a method's missing results add to the ledger."""
    method, protocol = amount.method, plan.protocol
    n, units = len(plan.ids), len(amount.repeats) * protocol.folds
    tasks = {"target": 1}
    for choice in method.aux:
        tasks[str(choice)] = aux_task(choice, registry).outputs
    tests = sum(outputs * (_PREDICTION + len(name) + 4) for name, outputs in tasks.items())
    predictions = n * (tests + (protocol.folds - 1) * _VALIDATION) * len(amount.repeats)
    epochs = method.training.max_epochs if isinstance(method, NetworkMethod) else 0
    histories = protocol.inner * epochs * _EPOCH
    searched = amount.candidates if amount.candidates > 1 else 0
    search = searched * (_TRIED + protocol.inner * _NUMBER)
    return predictions + units * (histories + search)


def plan_bytes(plan: Plan, folder: Path) -> int:
    """Return about how much a new ledger with the plan alone takes; 0 where it is there."""
    if (folder / FILE).is_file():
        return 0
    return _EMPTY + plan.protocol.units * len(plan.ids) * _SPLIT


def _amount(method: Method, plan: Plan, done: set[tuple[int, int]], registry: Registry) -> Amount:
    missing = {repeat for repeat, fold in plan.splits.units() if (repeat, fold) not in done}
    if isinstance(method, NetworkMethod):
        candidates = method.tune
    else:
        baseline = registry.baselines.build(method.baseline)
        candidates = len(baseline.candidates())
    return Amount(
        method=method,
        repeats=tuple(sorted(missing)),
        candidates=candidates,
        fits_a_repeat=plan.protocol.folds * plan.protocol.inner * candidates,
    )


def _done(methods: Sequence[Method], plan: Plan, folder: Path) -> dict[str, set[tuple[int, int]]]:
    if not (folder / FILE).is_file():
        return {method.fingerprint: set() for method in methods}
    with LedgerReader.open(folder) as ledger:
        ledger.require(plan)
        return {method.fingerprint: ledger.done(method.fingerprint) for method in methods}
