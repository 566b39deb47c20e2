"""Repeated training of the units that test some cases, with variants of these cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Progress
from lnmbench.records import (
    TARGET,
    Cohort,
    ImageInputs,
    NetworkMethod,
    Plan,
    Resources,
    Trial,
    feature_modalities,
)
from lnmbench.registry import Registry
from lnmbench.stages.explain.variants import Variants, add_variants, add_variants_to_fits
from lnmbench.stages.plan import (
    CandidateGroup,
    LabelSource,
    ResolvedNetwork,
    build_tasks,
    build_weighting,
)
from lnmbench.stages.run import (
    Fit,
    NetworkChunk,
    list_fits,
    read_network_inputs,
    rebuild_encoder,
    repeat_for_candidates,
    stack_fits,
)
from lnmbench.store.feature_cache import FeatureCache

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.nets.model import StackedModel
    from lnmbench.nets.stacked.active_fits import StackState

REPEAT = 0
"""The repeat whose networks are trained again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VariantPredictions:
    """Predictions of the networks that test some cases, means over their inner fits.

    Attributes
    ----------
    cases
        The probability of each case by its number.
    variants
        The probability of each variant, (V,).
    slice_weights
        The weights of the slices of each case, (S,), by its number; empty for volumes.
    """

    cases: Mapping[int, float]
    variants: NDArray[np.float64]
    slice_weights: Mapping[int, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RepeatedTraining:
    """Training of a network's units as in its run.

    Attributes
    ----------
    network
        The network.
    plan, cohort, cohort_file
        The plan of the run and its cohort.
    features, examples
        The feature cache of the network, and those of further images of its tasks.
    search
        The trials of each unit, by repeat and fold, empty without a search.
    registry
        The plugins.
    resources
        The device and memory.
    progress
        Displays the number of trained fits.
    """

    network: ResolvedNetwork
    plan: Plan
    cohort: Cohort
    cohort_file: Path
    features: FeatureCache
    search: Mapping[tuple[int, int], Sequence[Trial]]
    registry: Registry
    resources: Resources
    progress: Progress
    examples: Mapping[ImageInputs, FeatureCache] = field(default_factory=dict)

    def read_inputs(self, method: NetworkMethod) -> Inputs:
        """Return the inputs of a variant of the network, as its run has them.

        Parameters
        ----------
        method
            The network with the settings of a candidate.
        """
        trains = method.trained_from != "none"
        encoder = rebuild_encoder(self.network.method, self.registry) if trains else None
        source = LabelSource.of_plan(self.plan, self.cohort)
        tasks = build_tasks(method.aux, self.registry, source)
        chunk = NetworkChunk(
            method=self.network.method,
            groups=self.network.groups,
            repeat=REPEAT,
            plan=self.plan,
            cohort_file=self.cohort_file,
            features=self.features,
            examples=self.examples,
            resources=self.resources,
        )
        return read_network_inputs(method, tasks, chunk, self.cohort, encoder)

    def predict(self, cases: Sequence[int], variants: Variants) -> VariantPredictions:
        """Return the predictions of cases and their variants by the networks that test the cases.

        Parameters
        ----------
        cases
            The numbers of the cases.
        variants
            Their variants.
        """
        fold_of = {case: int(self.plan.splits.outer[REPEAT, case]) for case in cases}
        planned = [fit for fit in list_fits(self.plan, REPEAT) if fit.fold in fold_of.values()]
        self.progress.start("train", self.network.method.label, len(planned), "fit")
        predicted: dict[int, float] = {}
        weights: dict[int, NDArray[np.float64]] = {}
        of_variants = np.full(len(variants), np.nan)
        for group, fits in self._group(planned):
            folds = {fit.fold for fit in fits}
            tested = [case for case in cases if fold_of[case] in folds]
            probabilities, slice_weights = self._train(group, fits, tested, variants)
            for case in tested:
                rows = [row for row, fit in enumerate(fits) if fit.fold == fold_of[case]]
                predicted[case] = float(probabilities[rows, case].mean())
                if self.network.method.level == "slice":
                    weights[case] = np.mean([slice_weights[row, case] for row in rows], axis=0)
                chosen = np.flatnonzero(variants.sources == case)
                columns = probabilities.shape[1] - len(variants) + chosen
                of_variants[chosen] = probabilities[np.ix_(rows, columns)].mean(axis=0)
        self.progress.finish()
        return VariantPredictions(cases=predicted, variants=of_variants, slice_weights=weights)

    def _group(self, planned: Sequence[Fit]) -> Iterator[tuple[CandidateGroup, list[Fit]]]:
        """Yield the fits of the units that chose the same candidate, which train together."""
        for group in self.network.groups:
            for candidate in group.candidates:
                fits = [f for f in planned if self._chosen_candidate(f.fold) == candidate.number]
                if fits:
                    yield replace(group, candidates=(candidate,)), fits

    def _chosen_candidate(self, fold: int) -> int:
        trials = self.search.get((REPEAT, fold), ())
        numbers = [trial.candidate for trial in trials if trial.chosen]
        return numbers[0] if numbers else self.network.groups[0].candidates[0].number

    def _train(
        self,
        group: CandidateGroup,
        planned: Sequence[Fit],
        cases: Sequence[int],
        variants: Variants,
    ) -> tuple[NDArray[np.float64], dict[tuple[int, int], NDArray[np.float64]]]:
        """Train fits again; return probabilities (K, n + V) and slice weights by fit and case."""
        import torch

        from lnmbench.nets.parallel import train
        from lnmbench.nets.slice_weights import predict_slice_weights

        inputs, fits = self.read_inputs(group.method), self._make_fits(group, planned)
        if inputs.slices is None:
            raise ValueError(f"{group.method.label} has no images")
        offsets = inputs.slices.offsets
        tested = [_tested_cases(fit, cases) for fit in planned]
        masks = torch.zeros(fits.predicted.shape, dtype=torch.bool)
        for row, numbers in enumerate(tested):
            masks[row, numbers] = True
        weights: dict[tuple[int, int], NDArray[np.float64]] = {}

        def inspect(rows: range, model: StackedModel, state: StackState) -> None:
            by_fit = predict_slice_weights(model, state, [tested[r] for r in rows], offsets)
            for row, values in zip(rows, by_fit, strict=True):
                for case, of_case in zip(tested[row].tolist(), values, strict=True):
                    weights[row, case] = of_case

        stopped = 0

        def advance(count: int) -> None:
            nonlocal stopped
            self.progress.advance(max(0, count - stopped))
            stopped = max(stopped, count)

        memory_gb = self.resources.memory_gb
        results = train(
            add_variants(inputs, variants),
            add_variants_to_fits(fits, variants.sources, masks),
            group.method.training,
            build_weighting(group.method, self.registry),
            device=self.resources.device,
            memory=None if memory_gb is None else int(memory_gb * 1e9),
            on_epoch=advance,
            on_trained=inspect,
        )
        advance(len(planned))
        return results.probabilities[TARGET][:, :, 0], weights

    def _make_fits(self, group: CandidateGroup, planned: Sequence[Fit]) -> Fits:
        selected = self.cohort.select_modalities(feature_modalities(self.network.method.encoder))
        return repeat_for_candidates(stack_fits(selected, self.plan, planned), group)


def _tested_cases(fit: Fit, cases: Sequence[int]) -> Tensor:
    """Return those of the cases that a fit tests, (t,)."""
    import torch

    return torch.tensor([case for case in cases if fit.test[case]], dtype=torch.int64)
