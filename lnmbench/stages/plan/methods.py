"""Methods of a benchmark, each once, with those that cannot be built."""

from __future__ import annotations

from collections.abc import Iterator

from lnmbench.config import Benchmark
from lnmbench.errors import UserError
from lnmbench.records import Cohort, Plan, Resources
from lnmbench.registry import Registry
from lnmbench.stages.ingest import Pseudonyms
from lnmbench.stages.plan.aux_tasks import LabelSource
from lnmbench.stages.plan.baseline_methods import BaselineResolver
from lnmbench.stages.plan.failures import MethodFailure, refuse_all_failed
from lnmbench.stages.plan.method_builder import MethodBuilder
from lnmbench.stages.plan.method_selections import MethodSelections
from lnmbench.stages.plan.modalities import list_modality_sets
from lnmbench.stages.plan.network_methods import NetworkResolver
from lnmbench.stages.plan.resolved_methods import ResolvedMethod


def resolve_methods(
    selections: MethodSelections,
    benchmark: Benchmark,
    registry: Registry,
    cohort: Cohort,
    resources: Resources,
    source: LabelSource | None = None,
    *,
    plan: Plan | None = None,
    pseudonyms: Pseudonyms | None = None,
) -> tuple[tuple[ResolvedMethod, ...], tuple[MethodFailure, ...]]:
    """Return the methods with the objects of their selections, each built once, and the failures.

    A fault of a plugin costs the methods that use it. What a plugin refuses on purpose, as a
    parameter or a cohort without labels, is for the user to change before anything is trained.

    Parameters
    ----------
    selections
        What `select_methods` returned for the benchmark.
    benchmark
        The training settings, the window and the size of the search.
    registry
        The plugins, for the parameters that the search varies.
    cohort
        The cohort on which the methods are to be compared.
    resources
        The device that the precision depends on.
    source
        The cases among which negative controls permute labels, by default all, and the target.
    plan
        The plan, which methods that are not trained need.
    pseudonyms
        Those that replaced the ids of the cohort, if any.

    Raises
    ------
    UserError
        For objects that cannot be built, and for methods that the cohort does not allow.
    """
    builder = MethodBuilder(
        benchmark=benchmark,
        registry=registry,
        cohort=cohort,
        source=source,
        resources=resources,
        plan=plan,
        pseudonyms=pseudonyms,
    )
    by_fingerprint: dict[str, ResolvedMethod] = {}
    for resolved in _list_methods(selections, builder):
        by_fingerprint.setdefault(resolved.method.fingerprint, resolved)
    # controls last, so that a run that is stopped early has the methods in question
    ordered = sorted(by_fingerprint.values(), key=lambda resolved: resolved.method.is_control)
    methods, failures = tuple(ordered), tuple(builder.failures)
    if not methods and not failures:
        raise UserError(
            "no method of the benchmark has any of the modalities",
            then="name others with --modalities, or an encoder of images with --encoder",
        )
    refuse_all_failed(failures, len(methods) + len(failures))
    return methods, failures


def _list_methods(selections: MethodSelections, builder: MethodBuilder) -> Iterator[ResolvedMethod]:
    """Yield networks and baselines with each set of modalities."""
    sets = list_modality_sets(builder.benchmark, builder.cohort)
    networks = NetworkResolver(selections=selections, builder=builder)
    for encoder in selections.encoders:
        for names in sets or (None,):
            yield from networks.networks(encoder, names)
    baselines = BaselineResolver(builder=builder)
    for baseline in selections.baselines:
        yield from baselines.baselines(baseline, sets)
