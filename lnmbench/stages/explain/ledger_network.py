"""Networks of a ledger, with the objects that their choices name."""

from __future__ import annotations

from dataclasses import replace

from lnmbench.contracts import PrecomputedFeatures
from lnmbench.errors import UserError
from lnmbench.records import Cohort, NetworkMethod, Plan
from lnmbench.registry import Registry
from lnmbench.stages.plan import (
    LabelSource,
    ResolvedNetwork,
    build_tasks,
    build_weighting,
    match_rows,
    search_groups,
)


def resolve_network(
    method: NetworkMethod, plan: Plan, cohort: Cohort, registry: Registry
) -> ResolvedNetwork:
    """Return a network of a ledger with the objects that its choices name.

    Parameters
    ----------
    method
        The network.
    plan
        The plan of its run.
    cohort
        The cohort of the run.
    registry
        The plugins.
    """
    selection = registry.encoders.select(method.encoder)
    encoder = selection.build()
    source = LabelSource.of_plan(plan, cohort)
    # in the order in which a run writes parameters: the ledger sorts them, feature caches do not
    bound = replace(method, encoder=selection.bound)
    if bound.fingerprint != method.fingerprint:
        raise UserError(
            f"{method.label}: the encoder has other parameters than in the run",
            expected=str(method.encoder),
            got=str(selection.bound),
            then="use the version of its plugin that the run used",
        )
    return ResolvedNetwork(
        method=bound,
        encoder=selection,
        tasks=build_tasks(method.aux, registry, source),
        weighting=build_weighting(method, registry),
        groups=search_groups(method, plan.protocol.seed, registry),
        rows=match_rows(
            encoder.case_ids(),
            cohort,
            encoder.level,
            method.label,
            used=source.cases,
            optional=None if plan.protocol.missing_images == "refuse" else ~cohort.case_has_images,
        )
        if isinstance(encoder, PrecomputedFeatures)
        else None,
    )
