"""plan: names become methods, cases and labels become folds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from lnmbench import choices
from lnmbench.config import Benchmark
from lnmbench.contracts import AuxTask, Target
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import UserError
from lnmbench.records import (
    BaselineMethod,
    Choice,
    Cohort,
    Method,
    NetworkMethod,
    Plan,
    Protocol,
    Splits,
)
from lnmbench.redaction import redact_choice
from lnmbench.registry import Registry
from lnmbench.stages.plan.aux_tasks import aux_task
from lnmbench.stages.plan.encoders import refuse_heads, refuse_untrainable
from lnmbench.stages.plan.splitting import make_splits

DEFAULT_ENCODER = choices.parse(DEFAULTS.encoder)
DEFAULT_AUX = choices.parse_all(DEFAULTS.aux)
DEFAULT_BASELINE = choices.parse(DEFAULTS.baseline)
DEFAULT_WEIGHTING = choices.parse(DEFAULTS.weighting)


def make_plan(cohort: Cohort, target: Target, protocol: Protocol) -> Plan:
    """Return the cases with a known target, their labels and folds.

    Raises `UserError` where the labels do not allow the protocol.
    """
    labels = target.labels(cohort)
    _refuse_labels(labels, cohort, protocol)
    known = np.flatnonzero(~np.isnan(labels))
    ids = tuple(cohort.ids[case] for case in known)
    groups = [cohort.groups[case] for case in known]
    truth = labels[known]
    _refuse_few(truth, groups, cohort, protocol)
    splits = make_splits(ids, truth, groups, protocol)
    _refuse_lopsided(splits, truth, protocol)
    notes = list(target.notes(cohort))
    if len(known) < len(cohort):
        left = len(cohort) - len(known)
        notes.append(f"{left} of {len(cohort)} cases left out: {protocol.target} unknown")
    return Plan(
        dataset=cohort.name,
        fingerprint=cohort.fingerprint,
        card=cohort.card,
        preprocessing=cohort.preprocessing,
        protocol=protocol,
        ids=ids,
        truth=truth,
        patients=np.unique(groups, return_inverse=True)[1].astype(np.int64),
        splits=splits,
        notes=tuple(notes),
    )


def refuse_unknown_names(benchmark: Benchmark, registry: Registry) -> None:
    """Raise `UserError` for a name or parameter that is not there, before anything is computed."""
    if benchmark.only and not (benchmark.encoder or benchmark.aux or benchmark.baseline):
        raise UserError("no arm is named", then="name one with --encoder, --aux or --baseline")
    registry.datasets.bind(benchmark.dataset)
    registry.targets.bind(benchmark.target)
    registry.weightings.bind(benchmark.weighting)
    for name in benchmark.primary:
        _refuse_metric(name, registry)
    for encoder in benchmark.encoder or ():
        registry.encoders.bind(encoder)
    for task in (task for tasks in benchmark.aux or () for task in tasks):
        registry.aux_tasks.bind(task)
    for baseline in benchmark.baseline or ():
        registry.baselines.bind(baseline)


def _refuse_metric(name: str, registry: Registry) -> None:
    metric = registry.metrics.build(choices.parse(name))
    if "binary" not in metric.kinds:
        raise UserError(
            f"metric {name} cannot be primary",
            expected="one that scores the target",
            got=f"one for {' and '.join(metric.kinds)} labels",
        )


def make_methods(benchmark: Benchmark, registry: Registry, cohort: Cohort) -> tuple[Method, ...]:
    """Return the arms that are asked for and, unless `only`, their references.

    The references of a network with auxiliary tasks are the same network without them and the
    baselines. Raises `UserError` for names that are not there and for arms that the cohort
    cannot carry.
    """
    found: dict[str, Method] = {}
    for method in _arms(benchmark, registry, cohort):
        found.setdefault(method.fingerprint, method)
    if not found:
        raise UserError("no arm is named", then="name one with --encoder, --aux or --baseline")
    return tuple(found.values())


def aux_notes(methods: Sequence[Method], registry: Registry, cohort: Cohort) -> list[str]:
    """Return what the auxiliary tasks of the methods say about their labels, each line once."""
    tasks = {str(choice): choice for method in methods for choice in method.aux}
    notes: dict[str, None] = {}
    for choice in tasks.values():
        notes.update(dict.fromkeys(aux_task(choice, registry).notes(cohort)))
    return list(notes)


def _arms(benchmark: Benchmark, registry: Registry, cohort: Cohort) -> Iterator[Method]:
    only = benchmark.only
    named = benchmark.encoder is not None or benchmark.aux is not None
    if named or not only:
        default_aux = () if only else DEFAULT_AUX
        arms = list(benchmark.aux if benchmark.aux is not None else (default_aux,))
        if not only and () not in arms:
            arms.append(())
        for encoder in benchmark.encoder or (DEFAULT_ENCODER,):
            yield from _networks(encoder, arms, benchmark, registry, cohort)
    for baseline in benchmark.baseline or (() if only else (DEFAULT_BASELINE,)):
        yield _baseline(baseline, registry, cohort)


def _networks(
    encoder: Choice,
    arms: Sequence[tuple[Choice, ...]],
    benchmark: Benchmark,
    registry: Registry,
    cohort: Cohort,
) -> Iterator[NetworkMethod]:
    made = registry.encoders.build(encoder)
    network = str(redact_choice(encoder, made.weights))
    name = "clinical network" if made.level == "none" else network
    if made.level == "none":
        _refuse_no_features(cohort, "a network without images")
    elif not cohort.has_images:
        raise UserError(
            f"cohort {cohort.name} has no images for the encoder {encoder.name}",
            then="use --encoder none for a network on the clinical features",
        )
    refuse_untrainable(made, registry.encoders.bind(encoder), benchmark.training)
    refuse_heads(made, encoder, benchmark.training)
    weighting = registry.weightings.bind(benchmark.weighting)
    registry.weightings.build(weighting)
    for tasks in arms:
        bound = tuple(registry.aux_tasks.bind(task) for task in tasks)
        if len({str(task) for task in bound}) < len(bound):
            raise UserError(f"aux task {' + '.join(map(str, tasks))} names a task twice")
        for task in bound:
            _refuse_aux(task, aux_task(task, registry), cohort)
        parts = [name, *(str(redact_choice(task)) for task in tasks)]
        if benchmark.weighting != DEFAULT_WEIGHTING:
            parts += [str(redact_choice(benchmark.weighting))] if tasks else []
        versions = [registry.encoders.version(encoder.name)]
        versions += [registry.aux_tasks.version(task.name) for task in tasks]
        versions += [registry.weightings.version(weighting.name)] if tasks else []
        tuned = f" (best of {benchmark.tune})" if benchmark.tune > 1 else ""
        yield NetworkMethod(
            label=" + ".join(parts) + tuned,
            encoder=registry.encoders.bind(encoder),
            level=made.level,
            weights=made.weights,
            aux=bound,
            weighting=weighting if tasks else None,
            training=benchmark.training,
            tune=benchmark.tune,
            window_hu=benchmark.window,
            plugins=_versions(versions),
        )


def _baseline(choice: Choice, registry: Registry, cohort: Cohort) -> BaselineMethod:
    bound = registry.baselines.bind(choice)
    registry.baselines.build(bound)
    _refuse_no_features(cohort, f"the baseline {choice.name}")
    return BaselineMethod(
        label=str(redact_choice(choice)),
        baseline=bound,
        plugins=_versions([registry.baselines.version(choice.name)]),
    )


def _versions(plugins: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The versions that a method's numbers depend on: the core's and its plugins'."""
    return {"lnmbench": version("lnmbench"), **dict(plugins)}


def _refuse_no_features(cohort: Cohort, what: str) -> None:
    if not cohort.features:
        raise UserError(
            f"cohort {cohort.name} has no clinical features for {what}",
            then="give columns the role feature in the dictionary",
        )


def _refuse_aux(choice: Choice, task: AuxTask, cohort: Cohort) -> None:
    targets = task.targets(cohort)
    if len(targets) != len(cohort):
        raise UserError(
            f"aux task {choice.name} gives labels of shape {targets.shape}",
            expected=f"({len(cohort)}, …)",
        )
    if np.isnan(targets).reshape(len(cohort), -1).any(axis=1).all():
        raise UserError(
            f"aux task {choice.name} knows no label of cohort {cohort.name}",
            then="choose another --aux, or --aux none",
        )


def _refuse_labels(labels: NDArray[np.float64], cohort: Cohort, protocol: Protocol) -> None:
    if labels.shape != (len(cohort),):
        raise UserError(
            f"target {protocol.target} gives labels of shape {labels.shape}",
            expected=f"({len(cohort)},)",
        )
    known = labels[~np.isnan(labels)]
    if not len(known):
        raise UserError(f"target {protocol.target} is unknown for all of cohort {cohort.name}")
    wrong = known[(known != 0) & (known != 1)]
    if len(wrong):
        raise UserError(
            f"target {protocol.target} of cohort {cohort.name}",
            expected="0, 1 or missing",
            got=f"{wrong[0]:g}",
        )
    if len(set(known)) == 1:
        raise UserError(
            f"target {protocol.target} has one class only in cohort {cohort.name}",
            expected="positives and negatives",
            got=f"{len(known)} times {known[0]:g}",
        )


def _refuse_lopsided(splits: Splits, truth: NDArray[np.float64], protocol: Protocol) -> None:
    """Patients with many cases can leave a part without one of the classes."""
    for repeat, fold in splits.units():
        inner_of = splits.inner[repeat, fold]
        parts = [inner_of < 0]
        for inner in range(protocol.inner):
            parts += [inner_of == inner, (inner_of >= 0) & (inner_of != inner)]
        if any(len(np.unique(truth[part])) < 2 for part in parts):
            raise UserError(
                f"a fold of repeat {repeat} would hold one class only",
                where=f"target {protocol.target}",
                expected="positive and negative patients in every inner and outer fold",
                then="use fewer folds: --folds, --inner",
            )


def _refuse_few(
    truth: NDArray[np.float64], groups: Sequence[str], cohort: Cohort, protocol: Protocol
) -> None:
    for value, word in ((1, "positive"), (0, "negative")):
        there = len({groups[case] for case in np.flatnonzero(truth == value).tolist()})
        in_training = there - -(-there // protocol.folds)
        if there < protocol.folds or in_training < protocol.inner:
            most = max((f for f in range(2, there + 1) if there - -(-there // f) >= 2), default=0)
            raise UserError(
                f"too few {word} patients for the folds",
                where=f"target {protocol.target}, cohort {cohort.name}",
                expected=f"at least one in each of {protocol.folds} outer folds"
                f" and {protocol.inner} inner ones",
                got=f"{there}",
                then=f"try --folds {min(most, 5)} --inner 2" if most else "gather more cases",
            )
