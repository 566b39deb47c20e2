"""prepare: all that a run knows before it computes anything: cohort, plan, methods, resources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from lnmbench.config import Benchmark
from lnmbench.records import BaselineMethod, Cohort, Method, NetworkMethod, Plan, Resources
from lnmbench.registry import Registry
from lnmbench.stages.plan.encoders import fine_tuning_note
from lnmbench.stages.plan.make_plan import aux_notes, make_methods, make_plan
from lnmbench.stages.plan.primary_metrics import declared
from lnmbench.stages.plan.resources import with_precision
from lnmbench.stages.plan.search.candidates import network_candidates
from lnmbench.stages.plan.search.groups import groups
from lnmbench.store.cohort_file import read_cohort


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A benchmark with every name resolved over a cohort file.

    `notes` say how labels were made; `told` has these and, for the user, the encoders' weights.
    """

    path: Path
    cohort: Cohort
    plan: Plan
    methods: tuple[Method, ...]
    resources: Resources
    notes: tuple[str, ...]
    told: tuple[str, ...]


def prepare(benchmark: Benchmark, registry: Registry, path: Path, resources: Resources) -> Prepared:
    """Return what is to be run over a cohort file. Raises `UserError` for what cannot be."""
    cohort = read_cohort(path)
    protocol = replace(benchmark.protocol, primary=declared(benchmark.primary, registry))
    plan = make_plan(cohort, registry.targets.build(benchmark.target), protocol)
    methods = tuple(
        _resolved(method, resources) for method in make_methods(benchmark, registry, cohort)
    )
    for method in methods:
        if isinstance(method, NetworkMethod):
            groups(method, network_candidates(method, benchmark.seed, registry))
    notes = [*plan.notes, *aux_notes(methods, registry, cohort)]
    weights = [
        f"{m.encoder.name}: {m.weights.note}"
        for m in methods
        if isinstance(m, NetworkMethod) and m.weights.note
    ]
    trained = [note for note in map(fine_tuning_note, methods) if note is not None]
    return Prepared(
        path=path,
        cohort=cohort,
        plan=plan,
        methods=methods,
        resources=resources,
        notes=tuple(notes),
        told=tuple(dict.fromkeys([*notes, *weights, *trained])),
    )


def _resolved(method: Method, resources: Resources) -> Method:
    if isinstance(method, BaselineMethod):
        return method
    settings = with_precision(
        method.training, trained_from=method.trained_from, resources=resources
    )
    return replace(method, training=settings)
