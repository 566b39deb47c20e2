"""Explanation of predictions of a run by methods that are trained again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.records import BaselineMethod, MethodResult, Resources, Results, image_network
from lnmbench.registry import Registry
from lnmbench.stages.explain.case_selection import ChosenCases, choose_cases, read_labels
from lnmbench.stages.explain.case_variants import VariantMaker
from lnmbench.stages.explain.explanations import MethodExplanation
from lnmbench.stages.explain.ledger_network import resolve_network
from lnmbench.stages.explain.method_explanation import explain_method
from lnmbench.stages.explain.repeated_baseline import RepeatedBaseline
from lnmbench.stages.explain.repeated_training import RepeatedTraining
from lnmbench.stages.explain.selection import choose_methods, choose_outcomes, choose_repeat
from lnmbench.stages.explain.variant_predictions import RepeatedImages, RepeatedMethod, RepeatedRun
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
    """The explanations of some methods of a run, for the same cases.

    Attributes
    ----------
    results
        The results of the run.
    methods
        The explanations of each method, one after another for each outcome.
    cases
        The numbers of the cases.
    patch_mm
        The side of an occluded patch.
    repeat
        The repeat whose predictions are explained, from 0.
    """

    results: Results
    methods: tuple[MethodExplanation, ...]
    cases: tuple[int, ...]
    patch_mm: float
    repeat: int = 0

    @property
    def outcomes(self) -> tuple[int, ...]:
        """The numbers of the explained outcomes of the target; 0 for a binary one."""
        return tuple(dict.fromkeys(each.outcome for each in self.methods))

    def name_outcome(self, outcome: int) -> str:
        """Return the name of an outcome, an empty text for a binary target."""
        outcomes = self.results.outcomes
        return "" if outcomes is None else outcomes.names[outcome]

    def label_case(self, number: int, outcome: int) -> str:
        """Return the label of a case in words.

        Parameters
        ----------
        number
            The number of the case.
        outcome
            The number of the outcome.
        """
        label = read_labels(self.results)[number, outcome]
        return "unknown" if np.isnan(label) else ("positive" if label else "negative")

    def describe_case(self, number: int, outcomes: Sequence[int]) -> str:
        """Return a case with its labels, as `Case 3, positive`.

        Parameters
        ----------
        number
            The number of the case.
        outcomes
            The numbers of the outcomes.
        """
        if self.results.outcomes is None:
            return f"Case {number}, {self.label_case(number, 0)}"
        labels = [f"{self.name_outcome(k)}: {self.label_case(number, k)}" for k in outcomes]
        return f"Case {number} ({', '.join(labels)})"


def explain(
    folder: Path,
    registry: Registry,
    *,
    home: Path,
    resources: Resources,
    progress: Progress,
    methods: Sequence[str] = (),
    cases: Sequence[int] = (),
    outcomes: Sequence[str] = (),
    repeat: int = 1,
    most: int = 6,
    patch_mm: float = 22.4,
) -> Explained:
    """Return explanations of predictions of a run.

    The methods that test the cases in a repeat are trained again as in the run; nothing is written
    but features of occluded images.

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
        The labels of methods, as in `choose_methods`.
    cases, most
        The numbers of the cases, and how many there are by default, as in `choose_cases`.
    outcomes
        The names of outcomes of the target, as in `choose_outcomes`.
    repeat
        The repeat whose predictions are explained, from 1.
    patch_mm
        The side of the patch that is occluded.

    Raises
    ------
    UserError
        For methods and cases that cannot be explained, and if the repeated training does not give
        the predictions of the run.
    """
    resources = resolve_resources(resources)
    results = read_results(folder, registry, progress.say)
    chosen = choose_methods(results, methods)
    columns = choose_outcomes(results, outcomes)
    number = choose_repeat(results, repeat)
    cohort_file = find_cohort_file(home, results.fingerprint)
    with LedgerReader.open(folder, progress.say) as ledger:
        plan = ledger.plan()
        search = {r.method.fingerprint: ledger.search(r.method.fingerprint) for r in chosen}
    run = RepeatedRun(
        plan=plan,
        cohort=read_cohort(cohort_file),
        cohort_file=cohort_file,
        registry=registry,
        resources=resources,
        progress=progress,
        repeat=number,
    )
    positions = run.cohort.positions(plan.ids)
    numbers = choose_cases(results, chosen, columns, run.cohort, positions, cases, most)
    chosen_cases = ChosenCases(numbers=numbers, repeat=number, outcomes=columns)
    explanations: list[MethodExplanation] = []
    for result in chosen:
        images = _read_images(result, run, home)
        images = replace(images, search=search[result.method.fingerprint])
        maker = VariantMaker(
            method=images.network.method,
            encoder=images.network.encoder.build(),
            cohort=run.cohort,
            cohort_file=cohort_file,
            features=images.features,
            patch_mm=patch_mm,
            progress=progress,
            device=resources.device,
        )
        repeated: RepeatedMethod = RepeatedTraining(images=images, run=run)
        if isinstance(result.method, BaselineMethod):
            repeated = RepeatedBaseline(method=result.method, images=images, run=run)
        of_outcomes = explain_method(result, repeated, maker, positions.tolist(), chosen_cases)
        for explanation in of_outcomes:
            _require_same_predictions(explanation)
        explanations += of_outcomes
    return Explained(
        results=results,
        methods=tuple(explanations),
        cases=tuple(numbers),
        patch_mm=patch_mm,
        repeat=number,
    )


def _read_images(result: MethodResult, run: RepeatedRun, home: Path) -> RepeatedImages:
    """Return the network of a method with the caches of its run, which are made if missing."""
    network = image_network(result.method)
    if network is None:
        raise TypeError(f"{result.method.label} has no images")
    resolved = resolve_network(network, run.plan, run.cohort, run.registry)
    device, progress = run.resources.device, run.progress
    features = make_feature_cache(
        resolved, run.cohort, run.cohort_file, home, progress, device=device
    )
    if features is None:
        raise TypeError(f"{result.method.label} has no features")
    examples = make_example_caches(
        resolved, features, run.cohort, run.cohort_file, progress, device=device
    )
    return RepeatedImages(network=resolved, features=features, search={}, examples=examples)


def _require_same_predictions(explanation: MethodExplanation) -> None:
    worst = max(explanation.cases, key=lambda each: abs(each.predicted - each.stored))
    if not explanation.largest_deviation <= MOST_DEVIATION:
        raise UserError(
            f"{explanation.method.label}: training again does not give the predictions of the run",
            expected=f"{worst.stored:.3f} for case {worst.case}",
            got=f"{worst.predicted:.3f}",
            then="use the versions, plugins and device of the run: lnmbench export writes them",
        )
