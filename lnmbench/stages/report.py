"""report: a ledger becomes results, and results become blocks of tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from lnmbench.errors import UserError
from lnmbench.records import Block, Choice, Method, Results, Search
from lnmbench.registry import Registry
from lnmbench.stages.check import check
from lnmbench.stages.chunk import TARGET
from lnmbench.stages.compare import compare, primary_comparison
from lnmbench.stages.score import score
from lnmbench.store.ledger import FILE, Ledger


def latest_run(runs: Path) -> Path:
    """Return the run folder below `runs` that was written last."""
    ledgers = sorted(runs.glob(f"*/{FILE}"), key=lambda path: path.stat().st_mtime)
    if not ledgers:
        raise UserError(
            "no run here",
            where=str(runs.resolve()),
            then="start one with lnmbench run, or name one",
        )
    return ledgers[-1].parent


def read_results(folder: Path, registry: Registry) -> Results:
    """Return what a ledger holds, scored and compared. Arms that are not complete are told."""
    metrics = {
        offer.name: _made(registry, "metric", offer.name) for offer in registry.offers("metric")
    }
    tests = {
        offer.name: _made(registry, "comparison", offer.name)
        for offer in registry.offers("comparison")
    }
    with Ledger.open(folder) as ledger:
        plan = ledger.plan()
        notes = [str(note) for one in ledger.manifests() for note in one.get("notes", ())]
        methods = sorted(distinct(ledger.methods()), key=_rank)
        predicted = {
            method.fingerprint: ledger.predictions(method.fingerprint, TARGET)[..., 0]
            for method in methods
        }
        scored = [
            score(
                method,
                predicted[method.fingerprint],
                plan.truth,
                plan.splits.outer,
                protocol=plan.protocol,
                metrics=metrics,
                units_done=len(ledger.done(method.fingerprint)),
                cost=ledger.cost(method.fingerprint),
            )
            for method in methods
        ]
        outcomes = tuple(
            replace(outcome, search=_search(ledger, outcome.method)) for outcome in scored
        )
    compared = compare(
        outcomes, predicted, plan.truth, plan.splits.outer, metrics=metrics, comparisons=tests
    )
    return Results(
        cohort=plan.dataset,
        card=plan.card,
        fingerprint=plan.fingerprint,
        protocol=plan.protocol,
        n=len(plan.ids),
        positives=int(plan.truth.sum()),
        outcomes=outcomes,
        compared=compared,
        metrics=tuple(metrics),
        metric_titles={name: metric.title for name, metric in metrics.items()},
        comparison_titles={name: test.title for name, test in tests.items()},
        comparison_roles={name: test.role for name, test in tests.items()},
        primary=primary_comparison(tests),
        notes=tuple(dict.fromkeys([*plan.notes, *notes])),
        truth=plan.truth,
    )


def blocks(results: Results, registry: Registry) -> list[Block]:
    """Return the blocks of every section, in their order, and the checks."""
    sections = [_made(registry, "section", offer.name) for offer in registry.offers("section")]
    ordered = sorted(sections, key=lambda section: int(section.order))
    made = [block for section in ordered for block in section(results)]
    checks = check(results, registry)
    return [*made, checks] if checks is not None else made


def distinct(methods: Sequence[Method]) -> list[Method]:
    """Return the methods with labels that tell them apart.

    Those of one label name the training settings in which they differ, or their fingerprints
    where that does not tell them apart.
    """
    by_label: dict[str, list[Method]] = {}
    for method in methods:
        by_label.setdefault(method.label, []).append(method)
    return [_told_apart(method, by_label[method.label]) for method in methods]


def _told_apart(method: Method, alike: Sequence[Method]) -> Method:
    if len(alike) == 1:
        return method
    settings = [asdict(one.training) if one.training else {} for one in alike]
    differing = [name for name in settings[0] if len({str(own.get(name)) for own in settings}) > 1]
    texts = [", ".join(f"{name}={own.get(name)}" for name in differing) for own in settings]
    own = texts[alike.index(method)].replace("None", "none")
    if texts.count(texts[alike.index(method)]) > 1:
        own = method.fingerprint[:6]
    return replace(method, label=f"{method.label} [{own}]")


def _search(ledger: Ledger, method: Method) -> Search | None:
    tried = ledger.search(method.fingerprint)
    if not tried:
        return None
    by_candidate = list(zip(*tried.values(), strict=True))
    return Search(
        candidates=len(by_candidate),
        own=by_candidate[0][0].settings,
        chosen=tuple(one for unit in tried.values() for one in unit if one.chosen),
        tried=tuple(
            replace(folds[0], losses=tuple(one.loss for one in folds), chosen=False)
            for folds in by_candidate
        ),
    )


def _rank(method: Method) -> tuple[int, int]:
    return int(method.kind == "network"), len(method.aux)


def _made(registry: Registry, role: str, name: str) -> Any:
    return registry.build(role, Choice(name=name))
