"""Explanation of predictions of a run: its networks are trained again and asked about variants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import PrecomputedFeatures, Progress
from lnmbench.errors import UserError
from lnmbench.imaging.pictures import largest_slice
from lnmbench.records import Cohort, NetworkMethod, Plan, Resources, Results
from lnmbench.registry import Registry
from lnmbench.stages.explain.case_variants import ExplainedCase, VariantMaker
from lnmbench.stages.explain.explanations import (
    CaseExplanation,
    NetworkExplanation,
    OcclusionMap,
    SliceExplanation,
)
from lnmbench.stages.explain.repeated_training import (
    REPEAT,
    RepeatedTraining,
    VariantPredictions,
)
from lnmbench.stages.explain.selection import choose_cases, choose_networks
from lnmbench.stages.explain.variants import Variants, join_variants
from lnmbench.stages.plan import (
    LabelSource,
    ResolvedNetwork,
    build_tasks,
    build_weighting,
    match_rows,
    resolve_resources,
    search_groups,
)
from lnmbench.stages.report import read_results
from lnmbench.stages.run import make_example_caches, make_feature_cache
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_folder import find_cohort_file
from lnmbench.store.ledger import LedgerReader

MOST_DEVIATION = 0.01
"""Largest difference between a stored probability and that of the repeated training."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explained:
    """The explanations of some networks of a run, for the same cases.

    `patch_mm` is the side of an occluded patch.
    """

    results: Results
    networks: tuple[NetworkExplanation, ...]
    cases: tuple[int, ...]
    patch_mm: float


def explain(
    folder: Path,
    registry: Registry,
    *,
    home: Path,
    resources: Resources,
    progress: Progress,
    methods: Sequence[str] = (),
    cases: Sequence[int] = (),
    most: int = 6,
    patch_mm: float = 22.4,
) -> Explained:
    """Return explanations of predictions of a run.

    The networks that test the cases in the first repeat are trained again as in the run; nothing is
    written but features of occluded images.

    Parameters
    ----------
    folder
        The run directory.
    registry
        The plugins of the run.
    home
        The folder of the cohort file and of feature caches.
    resources
        The device and memory.
    progress
        Displays notices and progress.
    methods
        The labels of networks, as in `choose_networks`.
    cases, most
        The numbers of the cases, and how many there are by default, as in `choose_cases`.
    patch_mm
        The side of the patch that is occluded.

    Raises
    ------
    UserError
        For networks and cases that cannot be explained, and if the repeated training does not give
        the predictions of the run.
    """
    resources = resolve_resources(resources)
    results = read_results(folder, registry, progress.say)
    networks = choose_networks(results, methods)
    cohort_file = find_cohort_file(home, results.fingerprint)
    cohort = read_cohort(cohort_file)
    with LedgerReader.open(folder, progress.say) as ledger:
        plan = ledger.plan()
        search = {n.method.fingerprint: ledger.search(n.method.fingerprint) for n in networks}
    positions = cohort.positions(plan.ids)
    numbers = choose_cases(results, networks, cohort, positions, cases, most)
    explanations = []
    for result in networks:
        method = result.method
        if not isinstance(method, NetworkMethod) or result.predicted is None:
            raise TypeError(f"{method.label} is no network with predictions")
        resolved = resolve_network(method, plan, cohort, registry)
        method = resolved.method
        features = make_feature_cache(
            resolved, cohort, cohort_file, home, progress, device=resources.device
        )
        if features is None:
            raise TypeError(f"{method.label} has no features")
        training = RepeatedTraining(
            network=resolved,
            plan=plan,
            cohort=cohort,
            cohort_file=cohort_file,
            features=features,
            examples=make_example_caches(
                resolved, features, cohort, cohort_file, progress, device=resources.device
            ),
            search=search[method.fingerprint],
            registry=registry,
            resources=resources,
            progress=progress,
        )
        maker = VariantMaker(
            method=method,
            encoder=resolved.encoder.build(),
            cohort=cohort,
            cohort_file=cohort_file,
            features=features,
            patch_mm=patch_mm,
            progress=progress,
            device=resources.device,
        )
        stored = {case: float(result.predicted[REPEAT, case]) for case in numbers}
        explanation = _explain_network(training, maker, positions.tolist(), stored)
        _require_same_predictions(explanation)
        explanations.append(explanation)
    return Explained(
        results=results, networks=tuple(explanations), cases=tuple(numbers), patch_mm=patch_mm
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
        rows=match_rows(encoder.case_ids(), cohort, encoder.level, method.label, used=source.cases)
        if isinstance(encoder, PrecomputedFeatures)
        else None,
    )


def _explain_network(
    training: RepeatedTraining,
    maker: VariantMaker,
    positions: Sequence[int],
    stored: dict[int, float],
) -> NetworkExplanation:
    method, numbers = maker.method, list(stored)
    slices = training.read_inputs(method).slices
    if slices is None:
        raise TypeError(f"{method.label} has no images")
    explained, parts = [], []
    for number in numbers:
        case = maker.read_case(number, positions[number])
        rows = slice(*slices.offsets[number : number + 2].tolist())
        encoder = slices.trainable_encoder
        activations = None if encoder is None else encoder.activations[encoder.rows[rows]].numpy()
        without = maker.without_slices(case, slices.features[rows].numpy(), activations)
        occluded = maker.occluded(case)
        explained.append((case, without, occluded))
        parts += [each for each in (without, occluded) if each is not None]
    if not parts:
        raise UserError(
            f"{method.label}: nothing to leave out of features of whole cases",
            then="name other networks with --method",
        )
    predictions = training.predict(numbers, join_variants(parts))
    return NetworkExplanation(
        method=method, cases=tuple(_read_cases(explained, predictions, stored))
    )


def _read_cases(
    explained: Sequence[tuple[ExplainedCase, Variants | None, Variants | None]],
    predictions: VariantPredictions,
    stored: dict[int, float],
) -> list[CaseExplanation]:
    """Return the explanation of each case from the predictions of its variants, in their order."""
    cases, first = [], 0
    for case, without, occluded in explained:
        predicted = predictions.cases[case.number]
        effects = []
        for variants in (without, occluded):
            count = 0 if variants is None else len(variants)
            effects.append(predicted - predictions.variants[first : first + count])
            first += count
        weights = predictions.slice_weights.get(case.number)
        cases.append(
            CaseExplanation(
                case=case.number,
                stored=stored[case.number],
                predicted=predicted,
                slices=None
                if weights is None or without is None
                else SliceExplanation(weights=weights, effects=effects[0]),
                occlusion=_map_effects(case, effects[1]),
            )
        )
    return cases


def _map_effects(case: ExplainedCase, effects: NDArray[np.float64]) -> OcclusionMap | None:
    if case.images is None or case.patches is None:
        return None
    masks = case.images.mask
    shown = largest_slice(masks)
    return OcclusionMap(
        effects=case.patches.spread(effects),
        slice_hu=case.images.hu[shown],
        slice_mask=masks[shown],
        tumor=np.asarray(masks.any(axis=0)),
    )


def _require_same_predictions(explanation: NetworkExplanation) -> None:
    worst = max(explanation.cases, key=lambda each: abs(each.predicted - each.stored))
    if explanation.largest_deviation > MOST_DEVIATION:
        raise UserError(
            f"{explanation.method.label}: training again does not give the predictions of the run",
            expected=f"{worst.stored:.3f} for case {worst.case}",
            got=f"{worst.predicted:.3f}",
            then="use the versions, plugins and device of the run: lnmbench export writes them",
        )
