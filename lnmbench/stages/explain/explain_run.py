"""Explanation of predictions of a run by networks that are trained again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.records import NetworkMethod, Resources, Results
from lnmbench.registry import Registry
from lnmbench.stages.explain.case_variants import VariantMaker
from lnmbench.stages.explain.explanations import NetworkExplanation
from lnmbench.stages.explain.ledger_network import resolve_network
from lnmbench.stages.explain.network_explanation import explain_network
from lnmbench.stages.explain.repeated_training import REPEAT, RepeatedTraining
from lnmbench.stages.explain.selection import choose_cases, choose_networks
from lnmbench.stages.plan import resolve_resources
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
        explanation = explain_network(training, maker, positions.tolist(), stored)
        _require_same_predictions(explanation)
        explanations.append(explanation)
    return Explained(
        results=results, networks=tuple(explanations), cases=tuple(numbers), patch_mm=patch_mm
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
