"""Repeated fits of the units of a baseline on features of images, with variants of cases."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import BaselineMethod
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline
from lnmbench.stages.explain.variant_predictions import (
    RepeatedImages,
    RepeatedRun,
    VariantPredictions,
)
from lnmbench.stages.explain.variants import Variants, add_variants, add_variants_to_fits
from lnmbench.stages.plan import model_choice, refuse_model
from lnmbench.stages.run import (
    BaselineChunk,
    Fit,
    FurtherCases,
    add_image_columns,
    append_cases,
    cohort_table,
    learn_features,
    list_fits,
    pool_features,
    predict_cases,
    task_inputs,
)

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs, SliceInputs
    from lnmbench.nets.model import StackedModel
    from lnmbench.nets.stacked.active_fits import StackState


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RepeatedBaseline:
    """Fits of a baseline's units as in its run.

    Attributes
    ----------
    method
        The baseline.
    images
        The network whose encoder it needs, or whose features it gets.
    run
        Its run.
    """

    method: BaselineMethod
    images: RepeatedImages
    run: RepeatedRun

    def read_slices(self) -> SliceInputs:
        """Return the slices of the baseline's cases."""
        network = self.images.network.method
        inputs = task_inputs(self._chunk(0), network, self.run.cohort, self.run.registry)
        if inputs.slices is None:
            raise ValueError(f"{self.method.label} has no images")
        return inputs.slices

    def predict(self, cases: Sequence[int], variants: Variants) -> VariantPredictions:
        """Return the predictions of cases and their variants by the models that test the cases.

        Parameters
        ----------
        cases
            The numbers of the cases.
        variants
            Their variants.
        """
        from threadpoolctl import threadpool_limits

        fold_of = self.run.fold_of(cases)
        folds = sorted(set(fold_of.values()))
        self.run.progress.start("train", self.method.label, len(folds), "fold")
        predicted: dict[int, NDArray[np.float64]] = {}
        weights: dict[int, NDArray[np.float64]] = {}
        of_variants = np.full((len(variants), self.run.plan.endpoints.shape[1]), np.nan)
        for fold in folds:
            tested = [case for case in cases if fold_of[case] == fold]
            numbers, of_fold = variants.select(tested)
            features = self._read_features(fold, tested, of_fold, weights)
            with threadpool_limits(1):  # as in a run
                probabilities = self._fit(fold, of_fold, features)
            predicted.update((case, probabilities[case]) for case in tested)
            of_variants[numbers] = probabilities[len(self.run.plan.ids) :]
            self.run.progress.advance()
        self.run.progress.finish()
        return VariantPredictions(cases=predicted, variants=of_variants, slice_weights=weights)

    def _read_features(
        self,
        fold: int,
        tested: Sequence[int],
        variants: Variants,
        weights: dict[int, NDArray[np.float64]],
    ) -> Callable[[Fit], NDArray[np.float64]]:
        """Return a function of a fit that returns features of all cases and variants, (n + V, d).

        The weights of the slices of the tested cases are added to `weights`.
        """
        network, run = self.images.network.method, self.run
        if network.aux:
            further = _Inspection(
                variants=variants, cases=tested, is_volume=network.level != "slice"
            )
            learned = learn_features(
                self._chunk(fold),
                network,
                run.cohort,
                run.registry,
                FurtherCases(add=further.add, inspect=further.inspect),
            )
            weights.update(further.mean_weights())
            return lambda fit: learned[fit.fold, fit.inner]
        pooled = pool_features(network, self.images.features, run.cohort, run.plan)
        if network.level == "slice":
            counts = np.diff(run.cohort.offsets)[run.cohort.positions(run.plan.ids)]
            weights.update((case, np.full(counts[case], 1.0 / counts[case])) for case in tested)
        of_all = np.concatenate([pooled, variants.average_slices()])
        return lambda fit: of_all

    def _fit(
        self, fold: int, variants: Variants, features: Callable[[Fit], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Return the probabilities (n + V, m) of all cases and variants, mean over inner fits."""
        run, label = self.run, self.method.label
        baseline = run.registry.baselines.build(self.method.baseline)
        if not isinstance(baseline, GuardedImageBaseline):
            raise TypeError(f"{label} has no features of images")
        model = refuse_model(label, run.registry.baselines.build(model_choice(baseline)))
        table = cohort_table(self.method, run.cohort, run.plan)
        rows = table.frame.iloc[variants.sources]
        candidates = model.candidates()
        number = self.images.chosen_candidate(run.repeat, fold, 1)
        reduction, candidate = divmod(number - 1, len(candidates))
        of_fits = []
        for planned in list_fits(run.plan, run.repeat):
            if planned.fold != fold:
                continue
            extended, plan, fit = append_cases(table, run.plan, planned, rows)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the run has notes of them
                tables = add_image_columns(extended, features(planned), fit, baseline)
                probabilities = predict_cases(
                    model, tables[reduction], plan, fit, candidates[candidate]
                )
            of_fits.append(probabilities)
        return np.asarray(np.mean(of_fits, axis=0))

    def _chunk(self, fold: int) -> BaselineChunk:
        return BaselineChunk(
            method=self.method,
            repeat=self.run.repeat,
            folds=(fold,),
            plan=self.run.plan,
            cohort_file=self.run.cohort_file,
            features=self.images.features,
            examples=self.images.examples,
            resources=self.run.resources,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Inspection:
    """Adds variants to networks that learn features, and reads the weights of their slices."""

    variants: Variants
    cases: Sequence[int]
    is_volume: bool
    offsets: list[Tensor] = field(default_factory=list)
    weights: dict[tuple[int, int], NDArray[np.float64]] = field(default_factory=dict)

    def add(self, inputs: Inputs, fits: Fits, tested: Tensor) -> tuple[Inputs, Fits]:
        """Return inputs and fits with the variants."""
        if inputs.slices is None:
            raise ValueError("networks without images have no variants of slices")
        self.offsets.append(inputs.slices.offsets)
        return (
            add_variants(inputs, self.variants),
            add_variants_to_fits(fits, self.variants.sources, tested),
        )

    def inspect(self, tested: Tensor, rows: range, model: StackedModel, state: StackState) -> None:
        """Read the weights of the slices of the tested cases."""
        import torch

        from lnmbench.nets.slice_weights import predict_slice_weights

        cases = [[case for case in self.cases if tested[row, case]] for row in rows]
        if self.is_volume or not any(cases):
            return
        indices = [torch.tensor(numbers, dtype=torch.int64) for numbers in cases]
        by_fit = predict_slice_weights(model, state, indices, self.offsets[0])
        for row, numbers, values in zip(rows, cases, by_fit, strict=True):
            for case, of_case in zip(numbers, values, strict=True):
                self.weights[row, case] = of_case

    def mean_weights(self) -> dict[int, NDArray[np.float64]]:
        """Return the weights of the slices of each case, mean over the networks that test it."""
        by_case: dict[int, list[NDArray[np.float64]]] = {}
        for (_, case), of_case in sorted(self.weights.items(), key=lambda item: item[0]):
            by_case.setdefault(case, []).append(of_case)
        return {case: np.mean(values, axis=0) for case, values in by_case.items()}
