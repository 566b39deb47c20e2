"""Predictions of cases and their variants by fits that are trained again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Progress
from lnmbench.records import Cohort, ImageInputs, Plan, Resources, Trial
from lnmbench.registry import Registry
from lnmbench.stages.explain.variants import Variants
from lnmbench.stages.plan import ResolvedNetwork
from lnmbench.store.feature_cache import FeatureCache

if TYPE_CHECKING:
    from lnmbench.nets.inputs import SliceInputs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VariantPredictions:
    """Predictions of the fits that test some cases, means over their inner fits.

    Attributes
    ----------
    cases
        The probabilities of each case by its number, (m,) for m outcomes of the target.
    variants
        The probabilities of each variant, (V, m).
    slice_weights
        The weights of the slices of each case, (S,), by its number; empty for volumes.
    """

    cases: Mapping[int, NDArray[np.float64]]
    variants: NDArray[np.float64]
    slice_weights: Mapping[int, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RepeatedRun:
    """A repeat of a run whose units are trained again.

    Attributes
    ----------
    plan, cohort, cohort_file
        The plan of the run and its cohort.
    registry
        The plugins.
    resources
        The device and memory.
    progress
        Displays the number of trained fits.
    repeat
        The repeat, from 0.
    """

    plan: Plan
    cohort: Cohort
    cohort_file: Path
    registry: Registry
    resources: Resources
    progress: Progress
    repeat: int = 0

    @property
    def memory_bytes(self) -> int | None:
        """The memory for training, None for no limit."""
        memory_gb = self.resources.memory_gb
        return None if memory_gb is None else int(memory_gb * 1e9)

    def fold_of(self, cases: Sequence[int]) -> dict[int, int]:
        """Return the outer fold that tests each case."""
        return {case: int(self.plan.splits.outer[self.repeat, case]) for case in cases}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RepeatedImages:
    """The images of a method that is trained again, and what its search chose.

    Attributes
    ----------
    network
        The network that is trained, or that has the encoder of a baseline.
    features, examples
        Its feature cache, and those of further images of its tasks.
    search
        The trials of each unit of the method, by repeat and fold, empty without a search.
    """

    network: ResolvedNetwork
    features: FeatureCache
    search: Mapping[tuple[int, int], Sequence[Trial]]
    examples: Mapping[ImageInputs, FeatureCache] = field(default_factory=dict)

    def chosen_candidate(self, repeat: int, fold: int, default: int) -> int:
        """Return the number of the candidate that a unit chose, from 1.

        Parameters
        ----------
        repeat, fold
            The unit.
        default
            The number of the only candidate, if there is no search.
        """
        trials = self.search.get((repeat, fold), ())
        return next((trial.candidate for trial in trials if trial.chosen), default)


class RepeatedMethod(Protocol):
    """A method of a run whose units can be trained again."""

    def read_slices(self) -> SliceInputs:
        """Return the slices of its cases."""

    def predict(self, cases: Sequence[int], variants: Variants) -> VariantPredictions:
        """Return the predictions of cases and their variants by the fits that test the cases.

        Parameters
        ----------
        cases
            The numbers of the cases.
        variants
            Their variants.
        """
