"""One Protocol for each role that a plugin can play.

A hook returns `{name: factory}`. A factory is a class or function whose parameters have types and
defaults; called with the parameters that the user chose, it returns an object of the role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from lnmbench.records import (
    Block,
    Card,
    Case,
    Cohort,
    Column,
    Finding,
    Label,
    Pair,
    Results,
    TestResult,
    Weights,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn


@runtime_checkable
class Dataset(Protocol):
    """A source of cases.

    Everything but the images is complete before the first case is read.
    """

    @property
    def columns(self) -> Sequence[Column]:
        """The dictionary of the clinical table."""
        ...

    @property
    def card(self) -> Card:
        """What the data set is."""
        ...

    @property
    def sources(self) -> Sequence[Path]:
        """The files that cases come from: when one changes, the cohort is ingested anew."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """Sentences for the user: columns left out, spellings mapped."""
        ...

    def cases(self) -> Iterator[Case]:
        """Yield every case, always in the same order; images are read later, by `Case.volume`."""
        ...


@runtime_checkable
class ReportReader(Protocol):
    """Makes features of free-text reports."""

    @property
    def columns(self) -> Sequence[Column]:
        """The columns that it can fill, all features known before surgery."""
        ...

    def read(self, text: str) -> Mapping[str, Finding]:
        """Return what one report says, by name of the column.

        What is not mentioned is left out. A text that it cannot read gives nothing.
        """
        ...


@runtime_checkable
class Target(Protocol):
    """What is predicted."""

    @property
    def title(self) -> str:
        """What a positive case is, in words."""
        ...

    def labels(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,): 1 positive, 0 negative, NaN unknown. Raises `UserError` if it cannot."""
        ...

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return sentences for the user on how the labels were made of the cohort's columns."""
        ...


@runtime_checkable
class Encoder(Protocol):
    """Maps CT slices, or whole volumes, to feature vectors in named stages.

    With `train=NAME` what stands before the stage of that name is frozen, and the rest is trained.
    """

    @property
    def level(self) -> Literal["slice", "volume", "none"]:
        """What one vector stands for; none: a network on clinical features alone."""
        ...

    @property
    def out_dim(self) -> int:
        """The length D of a feature vector."""
        ...

    @property
    def weights(self) -> Weights:
        """Where the weights come from."""
        ...

    def stages(self) -> nn.Sequential:
        """Return named children that map slices in [-1, 1] to features (B, out_dim), in eval mode.

        Slices are (B, 1, H, W); of the level `volume`, (B, 1, S, H, W) with any S.
        """
        ...


@runtime_checkable
class AuxTask(Protocol):
    """A second label that is learned beside the target."""

    @property
    def title(self) -> str:
        """What is learned, in words."""
        ...

    @property
    def kind(self) -> Label:
        """What its label is: the metrics of this kind score it."""
        ...

    @property
    def outputs(self) -> int:
        """The number of logits."""
        ...

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,) or (n, …) float64 with NaN where the label is unknown.

        Classes are numbers (n,), or (n, outputs) of 0 and 1 that mark what a case can be; those
        that can be several are learned, but not scored.
        """
        ...

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return sentences for the user on how the labels were made of the cohort's columns."""
        ...

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of every case, unreduced, for logits (…, n, outputs): shape (…, n).

        Targets are (…, n) or (…, n, …), with unknown labels replaced by zeros; the trainer leaves
        those cases out of the mean.
        """
        ...

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return what the report keeps of logits (…, n, outputs): the same shape."""
        ...


@runtime_checkable
class Weighting(Protocol):
    """Combines the losses of the tasks into one for each model."""

    def learned(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return the start values of the scalars that are learned with each model; may be empty."""
        ...

    def combine(self, losses: Tensor, learned: Tensor) -> Tensor:
        """Return (K,) from losses (K, tasks), the target's first, and learned (K, scalars)."""
        ...


@runtime_checkable
class Tunable(Protocol):
    """A weighting or auxiliary task that adds to the inner search; being one is optional."""

    def space(self) -> Mapping[str, Sequence[object]]:
        """Return, for some of its own parameters, the values that are worth a try.

        The object is made anew with them; the value that the user chose is tried first.
        """
        ...


@runtime_checkable
class Baseline(Protocol):
    """A classical model on the clinical features, tuned on the same inner folds."""

    def estimator(self, columns: Sequence[Column]) -> Any:
        """Return a fresh scikit-learn classifier that takes a DataFrame with these columns.

        Of a pipeline, the steps before the last are fitted once for all candidates.
        """
        ...

    def candidates(self) -> Sequence[Mapping[str, object]]:
        """Return the settings among which the inner folds choose.

        They are for `set_params` of the classifier; of a pipeline, of its last step.
        """
        ...


@runtime_checkable
class Metric(Protocol):
    """A number for the predictions of some cases, those of a test fold among others."""

    @property
    def title(self) -> str:
        """Its name in tables."""
        ...

    @property
    def greater_is_better(self) -> bool:
        """Whether a greater number is a better one."""
        ...

    @property
    def kinds(self) -> Sequence[Label]:
        """The kinds of label that it scores; a target is `binary`."""
        ...

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest that it can be; intervals end there."""
        ...

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the metric, NaN where the cases do not define it.

        Of a binary label, truth is (n,) of 0 and 1 and predicted its probability (n,); of classes,
        truth is (n,) of their numbers and predicted (n, classes); else both have one shape.
        """
        ...


@runtime_checkable
class Thresholded(Protocol):
    """A metric at an operating point that the inner folds choose; being one is optional."""

    def threshold(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the threshold that the validation predictions (t,) of training cases call for."""
        ...

    def __call__(
        self, truth: NDArray[np.float64], predicted: NDArray[np.float64], threshold: float = 0.5
    ) -> float:
        """Return the metric where a case is positive whose prediction reaches the threshold."""
        ...


@runtime_checkable
class Comparison(Protocol):
    """A statistical test of the difference between two methods."""

    @property
    def title(self) -> str:
        """Its name in tables."""
        ...

    @property
    def role(self) -> Literal["primary", "exploratory", "as published"]:
        """Whether it decides, is exploratory, or is the test of earlier publications."""
        ...

    def __call__(self, pair: Pair) -> TestResult | None:
        """Return what the test says of method b against method a; None where it is not for the
        metric."""
        ...


@runtime_checkable
class Check(Protocol):
    """A numbered methodological check (LNM001…) of a finished or running benchmark."""

    @property
    def title(self) -> str:
        """The condition that must hold, e.g. "no feature equals the target"."""
        ...

    @property
    def severity(self) -> Literal["warning", "error"]:
        """The result if the condition does not hold."""
        ...

    @property
    def remedy(self) -> str:
        """Advice for a run in which the condition does not hold."""
        ...

    def __call__(self, results: Results) -> str | None:
        """Return a message on what violates the condition, "" if it holds, None if the check
        does not apply."""
        ...


@runtime_checkable
class Documented(Protocol):
    """A check with a page of documentation; optional."""

    @property
    def docs(self) -> str:
        """The address of the page, shown with the remedy."""
        ...


@runtime_checkable
class Section(Protocol):
    """A part of the report."""

    @property
    def order(self) -> int:
        """Sorts sections; the first stands on top."""
        ...

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return tables and paragraphs; an empty sequence where the section does not apply."""
        ...


@runtime_checkable
class AcrossCohorts(Protocol):
    """A section that looks at several cohorts too; being one is optional."""

    def across(self, cohorts: Sequence[Results]) -> Sequence[Block]:
        """Return tables and paragraphs on two or more cohorts, run under one protocol."""
        ...


class Progress(Protocol):
    """How stages tell how far they are."""

    def say(self, line: str) -> None:
        """Tell the user a fact, once."""
        ...

    def start(self, stage: str, what: str, total: int, unit: str) -> None:
        """Begin a stage that has `total` steps."""
        ...

    def advance(self, steps: int = 1) -> None:
        """Tell that steps are done."""
        ...

    def finish(self) -> None:
        """End the stage."""
        ...


__all__ = [
    "AcrossCohorts",
    "AuxTask",
    "Baseline",
    "Check",
    "Comparison",
    "Dataset",
    "Documented",
    "Encoder",
    "Metric",
    "Progress",
    "ReportReader",
    "Section",
    "Target",
    "Thresholded",
    "Tunable",
    "Weighting",
]
