"""Contracts of baselines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from lnmbench.records import CasePredictions, Cohort, Column


@runtime_checkable
class Baseline(Protocol):
    """A classical model on the clinical features, tuned on the same inner folds."""

    def estimator(self, columns: Sequence[Column]) -> Any:
        """Return an unfitted scikit-learn classifier for a DataFrame with these columns.

        The steps of a pipeline before its last are fitted once for all candidates.
        """

    def candidates(self) -> Sequence[Mapping[str, object]]:
        """Return the candidate settings of the inner folds.

        They are arguments of `set_params` of the classifier, or of the last step of a pipeline.
        """


@runtime_checkable
class LinearBaseline(Protocol):
    """A baseline that may have an equation; optional."""

    @property
    def linear(self) -> bool:
        """True if the log odds are an intercept plus a sum over features and categories.

        Numbers count as they are, missing ones as their median in the training cases; categories
        count as 1, or as nothing where they are missing. The report then has odds ratios.
        """


@runtime_checkable
class DescribedBaseline(Protocol):
    """A trained baseline with a label and notes of its own; optional."""

    def describe(self) -> tuple[str, Sequence[str]]:
        """Return the label in tables, and sentences for the setting, such as a citation."""


@runtime_checkable
class Versioned(Protocol):
    """A baseline whose predictions depend on more than its plugin; optional."""

    def versions(self) -> Mapping[str, str]:
        """Return the versions of libraries, or the checksums of their sources, by name.

        They are part of the method's fingerprint: with another version, it is another method.
        """


@runtime_checkable
class FixedPredictions(Protocol):
    """A baseline that is not trained, such as readers or other software; optional.

    It needs no `estimator` and no `candidates`.
    """

    def predict_cases(
        self, cohort: Cohort, find_case: Callable[[str], int | None]
    ) -> CasePredictions:
        """Return the predictions of the target for a cohort.

        Parameters
        ----------
        cohort
            The cohort. Its ids may be pseudonyms.
        find_case
            Returns the position in the cohort of the case with an id of the user's own tables, None
            for another id.
        """


@runtime_checkable
class ImageBaseline(Protocol):
    """A baseline on features of the CT images, which another baseline gets; instead of `Baseline`.

    `encoder`, `aux` and `model` are names with parameters as on the command line. The factory has
    them among its parameters, by these names, in the cases in which the user chooses them.
    """

    @property
    def encoder(self) -> str:
        """The encoder of the images; an empty text for the default one."""

    @property
    def aux(self) -> str:
        """Auxiliary tasks that a network learns without the target (`pt`, or `pt+size`).

        Its image features are those of the baseline. Those of a training case come from a network
        that was trained without this case. An empty text for the features of the frozen encoder,
        averaged over the slices of a case.
        """

    @property
    def model(self) -> str:
        """The baseline that gets the features; an empty text for the default one.

        They are further columns after the clinical features.
        """

    def reduction(self) -> Any:
        """Return an unfitted scikit-learn transformer of the features (n, d), None to keep them.

        It is fitted to the training cases of each fit, without labels.
        """


@runtime_checkable
class TunedReduction(Protocol):
    """A baseline on features of images whose reduction has settings; optional."""

    def reductions(self) -> Sequence[Mapping[str, object]]:
        """Return the candidate settings of the inner folds, keyword arguments of `reduction`.

        The inner folds choose among all of them with all candidates of the model.
        """
