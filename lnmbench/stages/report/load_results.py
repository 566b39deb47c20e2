"""report: a ledger becomes results, and results become blocks of tables and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path

from lnmbench import choices
from lnmbench.contracts import AcrossCohorts, Metric
from lnmbench.errors import UserError
from lnmbench.records import (
    TARGET,
    AuxLabels,
    Block,
    Figure,
    Method,
    MethodResult,
    NetworkMethod,
    Page,
    Paragraph,
    Plan,
    Protocol,
    Results,
    Search,
    Table,
)
from lnmbench.registry import Registry
from lnmbench.stages.compare import compare, primary_comparison
from lnmbench.stages.report.checks import check
from lnmbench.stages.score import aux_scores, score
from lnmbench.store.ledger import FILE, LedgerReader

CHECKS = 41
"""Where the checks stand among the sections; sections of a higher order explain and document."""


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
    with LedgerReader.open(folder) as ledger:
        plan = ledger.plan()
        metrics = metrics_of(plan.protocol, registry)
        methods = sorted(distinct(ledger.methods()), key=in_order)
        labels = ledger.labels()
        outcomes = tuple(
            _outcome(ledger, plan, method, metrics, labels, registry) for method in methods
        )
        results = Results(
            cohort=plan.dataset,
            card=plan.card,
            fingerprint=plan.fingerprint,
            protocol=plan.protocol,
            n=len(plan.ids),
            positives=int(plan.truth.sum()),
            method_results=outcomes,
            compared=(),
            metrics=tuple(metrics),
            metric_titles={name: one.title for name, one in offered_metrics(registry).items()}
            | {name: metric.title for name, metric in metrics.items()},
            comparison_titles={},
            comparison_roles={},
            primary="",
            primary_metrics=plan.protocol.primary,
            metric_bounds={name: metric.bounds for name, metric in metrics.items()},
            metric_better={name: metric.greater_is_better for name, metric in metrics.items()},
            notes=_notes(plan, ledger),
            truth=plan.truth,
            outer=plan.splits.outer,
            patients=plan.patients,
            aux_labels=labels,
            profile=ledger.profile(),
            preprocessing=plan.preprocessing,
            invocations=tuple(ledger.manifests()),
            runs=(str(folder),),
        )
    return compared(results, registry)


def compared(results: Results, registry: Registry) -> Results:
    """Return the results with every pair of their complete methods compared."""
    tests = {offer.name: offer.build() for offer in registry.comparisons.offers()}
    assert results.truth is not None
    assert results.outer is not None
    return replace(
        results,
        compared=compare(
            results.method_results,
            results.truth,
            results.outer,
            metrics=results.primary_metrics,
            comparisons=tests,
        ),
        comparison_titles={name: test.title for name, test in tests.items()},
        comparison_roles={name: test.role for name, test in tests.items()},
        primary=primary_comparison(tests),
    )


def metrics_of(protocol: Protocol, registry: Registry) -> dict[str, Metric]:
    """Return the metrics of the target by name: the declared ones, then all that are offered.

    Raises `UserError` where a declared one is not there.
    """
    declared: dict[str, Metric] = {
        name: registry.metrics.build(choices.parse(name)) for name in protocol.primary
    }
    others = offered_metrics(registry).items()
    return declared | {n: m for n, m in others if "binary" in m.kinds and n not in declared}


def offered_metrics(registry: Registry) -> dict[str, Metric]:
    """Return every metric that can be made without a parameter, by name."""
    return {
        offer.name: offer.build()
        for offer in registry.metrics.offers()
        if not any(parameter.required for parameter in offer.parameters)
    }


def _outcome(
    ledger: LedgerReader,
    plan: Plan,
    method: Method,
    metrics: Mapping[str, Metric],
    labels: Mapping[str, AuxLabels],
    registry: Registry,
) -> MethodResult:
    fingerprint = method.fingerprint
    # a run may go on meanwhile: a unit that is done now has its predictions later
    done = len(ledger.done(fingerprint))
    outcome = score(
        method,
        ledger.predictions(fingerprint, TARGET)[..., 0],
        plan.truth,
        plan.splits.outer,
        protocol=plan.protocol,
        metrics=metrics,
        units_done=done,
        cost=ledger.cost(fingerprint),
        validation=list(ledger.validation(fingerprint)),
    )
    tasks = [str(choice) for choice in method.aux] if outcome.complete else []
    return replace(
        outcome,
        aux=tuple(
            aux_scores(labels[task], ledger.predictions(fingerprint, task), offered)
            for offered in [offered_metrics(registry)]
            for task in tasks
        ),
        curve=ledger.curve(fingerprint),
        search=_search(ledger, method),
    )


def _notes(plan: Plan, ledger: LedgerReader) -> tuple[str, ...]:
    notes = [str(note) for one in ledger.manifests() for note in one.get("notes", ())]
    return tuple(dict.fromkeys([*plan.notes, *notes]))


def blocks(results: Results, registry: Registry, *, brief: bool = False) -> list[Block]:
    """Return the blocks of every section and of the checks, in their order, tables numbered.

    With `brief` those that answer, without what only stands behind the answer.
    """
    sections = [offer.build() for offer in registry.sections.offers()]
    ordered: list[tuple[int, Callable[[Results], Iterable[Block]]]]
    ordered = [(int(section.order), section) for section in sections]
    ordered.append((CHECKS, lambda of: filter(None, [check(of, registry)])))
    ordered.sort(key=lambda one: one[0])
    made = [
        block
        for order, section in ordered
        for block in section(results)
        if not brief or order <= CHECKS
    ]
    return list(_numbered(made))


def across(cohorts: Sequence[Results], registry: Registry) -> list[Block]:
    """Return the blocks of every section that looks at several cohorts, in their order."""
    sections = [offer.build() for offer in registry.sections.offers()]
    ordered = sorted(sections, key=lambda section: int(section.order))
    made = [
        block
        for section in ordered
        if isinstance(section, AcrossCohorts)
        for block in section.across(cohorts)
    ]
    return list(_numbered(made))


def _numbered(made: Iterable[Block]) -> Iterator[Block]:
    numbers = {Table: count(1), Figure: count(1)}
    for block in made:
        if isinstance(block, Paragraph):
            yield block
        else:
            number = next(numbers[type(block)])
            yield replace(block, title=f"{type(block).__name__} {number}. {block.title}")


def page(results: Results, registry: Registry, *, brief: bool = False) -> Page:
    """Return the report as one page; the arms that are shown at first are those of the figures."""
    made = tuple(blocks(results, registry, brief=brief))
    arms = _arms(results)
    return Page(
        title=f"{results.protocol.target} in {results.cohort.partition(':')[0]}",
        subtitle=f"{results.n} cases, {results.positives} positive; {results.protocol} folds",
        methods=arms,
        chosen=_drawn(made) or tuple(arms),
        blocks=made,
        badge="SYNTHETIC" if results.card.synthetic else "",
    )


def across_page(cohorts: Sequence[Results], registry: Registry) -> Page:
    """Return what is to be said across cohorts as one page."""
    made = tuple(across(cohorts, registry))
    arms = _arms(cohorts[0])
    return Page(
        title=f"{cohorts[0].protocol.target} in {len(cohorts)} cohorts",
        subtitle=f"{cohorts[0].protocol} folds in each",
        methods=arms,
        chosen=tuple(arms),
        blocks=made,
        badge="SYNTHETIC" if any(one.card.synthetic for one in cohorts) else "",
    )


def _arms(results: Results) -> dict[str, str]:
    return {o.method.fingerprint: o.method.label for o in results.method_results if o.complete}


def _drawn(made: Iterable[Block]) -> tuple[str, ...]:
    """The arms that figures draw, in the order in which they do."""
    figures = [block for block in made if isinstance(block, Figure)]
    panels = [panel for figure in figures for panel in figure.panels]
    arms = [arm for panel in panels for mark in panel.marks for arm in mark.methods]
    return tuple(dict.fromkeys(arms))


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
    settings = [asdict(one.training) if isinstance(one, NetworkMethod) else {} for one in alike]
    differing = [name for name in settings[0] if len({str(own.get(name)) for own in settings}) > 1]
    texts = [", ".join(f"{name}={own.get(name)}" for name in differing) for own in settings]
    own = texts[alike.index(method)].replace("None", "none")
    if texts.count(texts[alike.index(method)]) > 1:
        own = method.fingerprint[:6]
    return replace(method, label=f"{method.label} [{own}]")


def _search(ledger: LedgerReader, method: Method) -> Search | None:
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


def in_order(method: Method) -> tuple[int, int, bool]:
    """Return what sorts methods: baselines, networks alone, then those with auxiliary tasks."""
    return int(isinstance(method, NetworkMethod)), len(method.aux), method.is_control
