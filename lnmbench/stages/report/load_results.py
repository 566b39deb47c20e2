"""Results of a run: read from its ledger, scored and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lnmbench import choices
from lnmbench.contracts import Comparison, Metric, Thresholded
from lnmbench.errors import PluginError, UserError
from lnmbench.records import (
    TARGET,
    AuxLabels,
    InputImportance,
    Method,
    MethodResult,
    PairComparison,
    Plan,
    Protocol,
    Results,
    Search,
    Trial,
    freeze,
)
from lnmbench.registry import Registry
from lnmbench.results import summarized_controls
from lnmbench.stages.aux_score import score_aux_task
from lnmbench.stages.compare import compare, primary_comparison
from lnmbench.stages.importance_score import score_importance
from lnmbench.stages.report.method_labels import listing_order, make_labels_unique
from lnmbench.stages.report.metric_offers import MetricOffers, build_metrics
from lnmbench.stages.report.result_faults import (
    COMPARISON,
    METRIC,
    drop_faulty_metrics,
    make_faults,
    separate_failures,
)
from lnmbench.stages.target_score import score_target
from lnmbench.store.ledger import LedgerReader


def read_results(
    folder: Path, registry: Registry, say: Callable[[str], None] = lambda _: None
) -> Results:
    """Return the results of a run directory, scored and compared.

    Methods with missing units are part of the results, without scores.

    Parameters
    ----------
    folder
        The run directory.
    registry
        The plugins that offer metrics and comparisons.
    say
        Receives notices, e.g. while another program holds the ledger.
    """
    with LedgerReader.open(folder, say) as ledger:
        plan = ledger.plan()
        offers = build_metrics(plan.protocol, registry, plan.kind)
        metrics, faults = offers.of_target, dict(offers.faults)
        methods = sorted(make_labels_unique(ledger.methods()), key=listing_order)
        labels = _labels_by_key(ledger.labels())
        summarized = summarized_controls(methods)
        titles = {name: metric.title for name, metric in offers.without_parameters.items()}
        results = Results(
            cohort=plan.dataset,
            card=plan.card,
            fingerprint=plan.fingerprint,
            protocol=plan.protocol,
            n=len(plan.ids),
            positives=int(plan.truth.sum()),
            method_results=tuple(
                _method_result(
                    ledger,
                    plan,
                    method,
                    offers,
                    labels,
                    faults,
                    summarized=method.fingerprint in summarized,
                )
                for method in methods
            ),
            pair_comparisons=(),
            metrics=tuple(metrics),
            metric_titles=titles | {name: metric.title for name, metric in metrics.items()},
            comparison_titles={},
            comparison_roles={},
            primary="",
            primary_metrics=plan.protocol.primary,
            metric_bounds={
                name: metric.bounds
                for name, metric in {**offers.without_parameters, **metrics}.items()
            },
            metric_functions=metrics,
            metric_better={
                name: metric.greater_is_better
                for name, metric in {**offers.without_parameters, **metrics}.items()
            },
            notes=_notes(plan, ledger),
            truth=plan.truth,
            outcomes=plan.outcomes,
            outer=plan.splits.outer,
            patients=plan.patients,
            aux_labels={key: replace(task, task=key) for key, task in labels.items()},
            profile=ledger.profile(),
            probes=ledger.probes(),
            preprocessing=plan.preprocessing,
            invocations=ledger.manifests(),
            runs=(str(folder),),
            target_title=_target_title(plan.protocol, registry),
        )
    results = separate_failures(replace(results, faults=make_faults(METRIC, faults)))
    return compare_methods(drop_faulty_metrics(results), registry)


def compare_methods(results: Results, registry: Registry) -> Results:
    """Return the results with the pairs of their complete methods compared.

    Nothing is compared if a primary metric or the primary comparison failed: the family of Holm's
    correction would not be the one that was declared.
    """
    results = freeze(results)
    tests, faults = _build_comparisons(registry)
    primary = primary_comparison(tests)
    compared: tuple[PairComparison, ...] = ()
    if set(results.primary_metrics) <= set(results.metrics):
        compared = compare(
            results.method_results,
            results.truth if results.outcomes is None else results.outcomes.values,
            results.outer,
            metrics=results.primary_metrics,
            comparisons=tests,
            margins=dict(results.protocol.margins),
            family=results.protocol.family,
            faults=faults,
        )
    usable = {name: test for name, test in tests.items() if name not in faults}
    return replace(
        results,
        pair_comparisons=freeze(compared),
        comparison_titles=freeze({name: test.title for name, test in usable.items()}),
        comparison_roles=freeze({name: test.role for name, test in usable.items()}),
        primary=primary if primary in usable else "",
        faults=(
            *(fault for fault in results.faults if fault.role != COMPARISON),
            *make_faults(COMPARISON, faults),
        ),
    )


def _build_comparisons(registry: Registry) -> tuple[dict[str, Comparison], dict[str, str]]:
    """Return the comparisons that can be built, and the faults of the others, by name."""
    tests: dict[str, Comparison] = {}
    faults: dict[str, str] = {}
    for offer in registry.comparisons.offers():
        try:
            test = offer.build()
            _ = test.title, test.role
        except PluginError as error:
            faults[offer.name] = str(error)
        else:
            tests[offer.name] = test
    return tests, faults


def _method_result(
    ledger: LedgerReader,
    plan: Plan,
    method: Method,
    offers: MetricOffers,
    labels: Mapping[str, AuxLabels],
    faults: dict[str, str],
    *,
    summarized: bool,
) -> MethodResult:
    """Return the results of a method; only its primary metrics if a section summarizes it."""
    fingerprint, metrics = method.fingerprint, offers.of_target
    if summarized:
        metrics = {name: metrics[name] for name in plan.protocol.primary if name in metrics}
    # a run may continue meanwhile: a unit that is counted here has its predictions below
    units_done = len(ledger.done(fingerprint))
    result = score_target(
        method,
        ledger.predictions(fingerprint, TARGET),
        list(ledger.validation(fingerprint)),
        plan,
        metrics=metrics,
        outcome_metrics={} if summarized else offers.of_outcome,
        faults=faults,
        units_done=units_done,
        cost=ledger.cost(fingerprint),
    )
    keys = [choice.key for choice in method.aux] if result.complete and not summarized else []
    for key in keys:
        if key not in labels:
            raise UserError(
                f"the labels of task {key[:60]!r} are missing in the ledger",
                then="restore it from a copy, or run again with another --out",
            )
    return replace(
        result,
        aux=tuple(
            score_aux_task(
                replace(labels[key], task=key),
                ledger.predictions(fingerprint, labels[key].task),
                offers.without_parameters,
                plan.splits.outer,
                protocol=plan.protocol,
                faults=faults,
            )
            for key in keys
        ),
        curve=ledger.curve(fingerprint),
        search=_search(ledger, method),
        importance=_importance(ledger, plan, method, metrics, faults) if result.complete else (),
        equations=ledger.equations(fingerprint),
        final_model=ledger.final_model(fingerprint) if result.complete else None,
        selections=ledger.selections(fingerprint),
    )


def _importance(
    ledger: LedgerReader,
    plan: Plan,
    method: Method,
    metrics: Mapping[str, Metric],
    faults: dict[str, str],
) -> tuple[InputImportance, ...]:
    name = plan.protocol.primary[0]
    if name not in metrics or name in faults or isinstance(metrics[name], Thresholded):
        return ()
    try:
        return score_importance(
            ledger.permuted(method.fingerprint),
            ledger.predictions(method.fingerprint, TARGET),
            plan,
            metric=metrics[name],
            name=name,
        )
    except PluginError as error:
        faults[name] = str(error)
        return ()


def _labels_by_key(labels: Mapping[str, AuxLabels]) -> dict[str, AuxLabels]:
    """Return the labels by the key of their task; a ledger names tasks as a run wrote them."""
    return {_task_key(task): task_labels for task, task_labels in labels.items()}


def _task_key(task: str) -> str:
    try:
        return choices.parse(task).key
    except UserError:  # a value with a quotation mark, which only a benchmark file can set
        return task


def _target_title(protocol: Protocol, registry: Registry) -> str:
    try:
        return registry.targets.build(choices.parse(protocol.target)).title
    except UserError:  # its plugin may be gone since the run
        return ""


def _notes(plan: Plan, ledger: LedgerReader) -> tuple[str, ...]:
    notes = [note for manifest in ledger.manifests() for note in manifest.notes]
    return tuple(dict.fromkeys([*plan.notes, *notes]))


def _search(ledger: LedgerReader, method: Method) -> Search | None:
    trials_by_unit = ledger.search(method.fingerprint)
    if not trials_by_unit:
        return None
    by_candidate = list(zip(*trials_by_unit.values(), strict=True))
    return Search(
        candidates=len(by_candidate),
        initial=by_candidate[0][0].settings,
        chosen=tuple(
            trial for trials in trials_by_unit.values() for trial in trials if trial.chosen
        ),
        trials=tuple(
            replace(folds[0], losses=_losses_of_all(folds), chosen=False) for folds in by_candidate
        ),
        dropped=tuple(sum(trial.is_dropped for trial in folds) for folds in by_candidate),
    )


def _losses_of_all(folds: Sequence[Trial]) -> tuple[float, ...]:
    """Return the loss of each outer fold; none if the candidate was dropped in one of them."""
    return () if any(trial.is_dropped for trial in folds) else tuple(each.loss for each in folds)
