"""Repeated training of the units of a network that test some cases, with variants of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import TARGET, NetworkMethod, feature_modalities
from lnmbench.stages.explain.variant_predictions import (
    RepeatedImages,
    RepeatedRun,
    VariantPredictions,
)
from lnmbench.stages.explain.variants import Variants, add_variants, add_variants_to_fits
from lnmbench.stages.plan import CandidateGroup, LabelSource, build_tasks, build_weighting
from lnmbench.stages.run import (
    Fit,
    NetworkChunk,
    list_fits,
    read_network_inputs,
    rebuild_encoder,
    repeat_for_candidates,
    stack_fits,
)

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs, SliceInputs
    from lnmbench.nets.model import StackedModel
    from lnmbench.nets.stacked.active_fits import StackState


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RepeatedTraining:
    """Training of a network's units as in its run.

    Attributes
    ----------
    images
        The network.
    run
        Its run.
    """

    images: RepeatedImages
    run: RepeatedRun

    @property
    def method(self) -> NetworkMethod:
        """The network."""
        return self.images.network.method

    def read_slices(self) -> SliceInputs:
        """Return the slices of the network's cases."""
        slices = self.read_inputs(self.method).slices
        if slices is None:
            raise ValueError(f"{self.method.label} has no images")
        return slices

    def read_inputs(self, method: NetworkMethod) -> Inputs:
        """Return the inputs of a variant of the network, as its run has them.

        Parameters
        ----------
        method
            The network with the settings of a candidate.
        """
        run = self.run
        trains = method.trained_from != "none"
        encoder = rebuild_encoder(self.method, run.registry) if trains else None
        source = LabelSource.of_plan(run.plan, run.cohort)
        tasks = build_tasks(method.aux, run.registry, source)
        chunk = NetworkChunk(
            method=self.method,
            groups=self.images.network.groups,
            repeat=run.repeat,
            plan=run.plan,
            cohort_file=run.cohort_file,
            features=self.images.features,
            examples=self.images.examples,
            resources=run.resources,
        )
        return read_network_inputs(method, tasks, chunk, run.cohort, encoder)

    def predict(self, cases: Sequence[int], variants: Variants) -> VariantPredictions:
        """Return the predictions of cases and their variants by the networks that test the cases.

        Parameters
        ----------
        cases
            The numbers of the cases.
        variants
            Their variants.
        """
        run, fold_of = self.run, self.run.fold_of(cases)
        planned = [f for f in list_fits(run.plan, run.repeat) if f.fold in fold_of.values()]
        run.progress.start("train", self.method.label, len(planned), "fit")
        predicted: dict[int, NDArray[np.float64]] = {}
        weights: dict[int, NDArray[np.float64]] = {}
        of_variants = np.full((len(variants), run.plan.endpoints.shape[1]), np.nan)
        for group, fits in self._group(planned):
            folds = {fit.fold for fit in fits}
            tested = [case for case in cases if fold_of[case] in folds]
            probabilities, slice_weights = self._train(group, fits, tested, variants)
            for case in tested:
                rows = [row for row, fit in enumerate(fits) if fit.fold == fold_of[case]]
                predicted[case] = probabilities[rows, case].mean(axis=0)
                if self.method.level == "slice":
                    weights[case] = np.mean([slice_weights[row, case] for row in rows], axis=0)
                chosen = np.flatnonzero(variants.sources == case)
                columns = probabilities.shape[1] - len(variants) + chosen
                of_variants[chosen] = probabilities[np.ix_(rows, columns)].mean(axis=0)
        run.progress.finish()
        return VariantPredictions(cases=predicted, variants=of_variants, slice_weights=weights)

    def _group(self, planned: Sequence[Fit]) -> Iterator[tuple[CandidateGroup, list[Fit]]]:
        """Yield the fits of the units that chose the same candidate, which train together."""
        for group in self.images.network.groups:
            for candidate in group.candidates:
                fits = [f for f in planned if self._chosen_candidate(f.fold) == candidate.number]
                if fits:
                    yield replace(group, candidates=(candidate,)), fits

    def _chosen_candidate(self, fold: int) -> int:
        first = self.images.network.groups[0].candidates[0].number
        return self.images.chosen_candidate(self.run.repeat, fold, first)

    def _train(
        self,
        group: CandidateGroup,
        planned: Sequence[Fit],
        cases: Sequence[int],
        variants: Variants,
    ) -> tuple[NDArray[np.float64], dict[tuple[int, int], NDArray[np.float64]]]:
        """Train fits again; return probabilities (K, n + V, m) and weights by fit and case."""
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
            self.run.progress.advance(max(0, count - stopped))
            stopped = max(stopped, count)

        results = train(
            add_variants(inputs, variants),
            add_variants_to_fits(fits, variants.sources, masks),
            group.method.training,
            build_weighting(group.method, self.run.registry),
            device=self.run.resources.device,
            memory=self.run.memory_bytes,
            on_epoch=advance,
            on_trained=inspect,
        )
        advance(len(planned))
        return results.probabilities[TARGET], weights

    def _make_fits(self, group: CandidateGroup, planned: Sequence[Fit]) -> Fits:
        selected = self.run.cohort.select_modalities(feature_modalities(self.method.encoder))
        return repeat_for_candidates(stack_fits(selected, self.run.plan, planned), group)


def _tested_cases(fit: Fit, cases: Sequence[int]) -> Tensor:
    """Return those of the cases that a fit tests, (t,)."""
    import torch

    return torch.tensor([case for case in cases if fit.test[case]], dtype=torch.int64)
