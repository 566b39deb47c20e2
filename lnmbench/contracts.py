"""Contracts of plugins: one Protocol for each role.

A hook returns `{name: factory}`. A factory is a class or function whose parameters have types and
defaults; called with the parameters that the user chose, it returns an object of the role. The
contracts are in the order of the hooks; an optional one follows the contract that it extends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from lnmbench.records import (
    Block,
    Card,
    Case,
    CasePredictions,
    Cohort,
    Column,
    EncodedImages,
    EncoderGrid,
    Examples,
    Finding,
    ImageInputs,
    Label,
    Pair,
    Results,
    TestResult,
    WeightingStep,
    Weights,
)

if TYPE_CHECKING:
    import numpy as np
    import SimpleITK as sitk
    from numpy.typing import NDArray
    from torch import Tensor, nn

SectionGroup = Literal[
    "answer",
    "performance",
    "comparisons",
    "conclusion",
    "checks",
    "secondary",
    "predictions",
    "training",
    "cohort",
    "appendix",
    "provenance",
]
"""Groups of sections of a report, in the order in which they are printed.

A brief report ends with the checks. `secondary`: auxiliary tasks and further metrics;
`predictions`: calibration, operating points, net benefit; `training`: search and learning curves;
`appendix`: cost and complete tables; `provenance`: manifest and citations.
"""


@runtime_checkable
class Dataset(Protocol):
    """A source of cases.

    All attributes are complete before the first case is read; images are read last.
    """

    @property
    def columns(self) -> Sequence[Column]:
        """Data dictionary of the clinical table."""

    @property
    def card(self) -> Card:
        """Title, license, source and citation."""

    @property
    def sources(self) -> Sequence[Path]:
        """Files of the cases; if one changes, the cohort is ingested again."""

    @property
    def notes(self) -> Sequence[str]:
        """Notices for the user, e.g. omitted columns and mapped spellings."""

    def cases(self) -> Iterator[Case]:
        """Yield every case, always in the same order; `Case.volume` reads the images later."""


@runtime_checkable
class ReportReader(Protocol):
    """Extraction of features from free-text CT reports."""

    @property
    def columns(self) -> Sequence[Column]:
        """Columns that it can fill, all features known before surgery."""

    def read(self, text: str) -> Mapping[str, Finding]:
        """Return the findings of one report by name of the column.

        Columns without a finding are omitted; a text that cannot be read has no findings.
        """


@runtime_checkable
class FeatureExtractor(Protocol):
    """Extraction of features from the CT of a case and its tumor mask, at ingest."""

    @property
    def columns(self) -> Sequence[Column]:
        """Columns that it fills: continuous features known before surgery, of one modality."""

    @property
    def software(self) -> str:
        """Name and version of the library that computes the features; part of their cache key."""

    def extract(self, image: sitk.Image, mask: sitk.Image) -> Mapping[str, float]:
        """Return the features of one case by name of the column.

        A feature that is undefined for the case is NaN, or omitted. `UserError` says why a case has
        no features at all.

        Parameters
        ----------
        image
            The CT in HU, on the grid of its series, int16 or float32.
        mask
            The tumor mask on the same grid: 0 outside, 1 inside.
        """


@runtime_checkable
class Target(Protocol):
    """A binary label to predict, or several of them with `TargetOutcomes`."""

    @property
    def title(self) -> str:
        """Description of a positive case."""

    def labels(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,): 1 positive, 0 negative, NaN unknown; `UserError` if columns are missing."""

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return notices for the user on how the labels follow from the cohort's columns."""


@runtime_checkable
class TargetOutcomes(Protocol):
    """A target with several outcomes, each a binary label with its own probability; optional.

    `labels` is 1 for the cases with a positive outcome (`lnmbench.records.mark_positive`).
    """

    @property
    def kind(self) -> Literal["multilabel", "ordinal"]:
        """`multilabel`, or `ordinal` if the outcomes are the cut points of ordered classes."""

    def outcomes(self, cohort: Cohort) -> Mapping[str, NDArray[np.float64]]:
        """Return the labels of each outcome by its name, (n,): 1, 0, or NaN if unknown.

        The cut points are in ascending order: class 1 or higher, class 2 or higher, …
        """


@runtime_checkable
class Encoder(Protocol):
    """A network that maps CT slices or volumes to feature vectors, in named encoder stages.

    With `train=NAME`, the encoder stages before NAME are frozen and the others are trained.
    """

    @property
    def level(self) -> Literal["slice", "volume", "none"]:
        """Input of one feature vector; `none` for a network on the clinical features alone."""

    @property
    def out_dim(self) -> int:
        """Length of a feature vector."""

    @property
    def weights(self) -> Weights:
        """Source of the weights."""

    def stages(self) -> nn.Sequential:
        """Return named children that map slices in [-1, 1] to features (B, out_dim), in eval mode.

        Slices are (B, 1, H, W); of the level `volume`, (B, 1, S, H, W) with any S.
        """


@runtime_checkable
class OwnGrid(Protocol):
    """An encoder of volumes with a grid of its own; optional.

    Its stages get (B, 1, …) with the axes, the size and the intensities of the grid, resampled from
    the CT at its own resolution. Ingest keeps this CT with `--keep-native`.
    """

    @property
    def grid(self) -> EncoderGrid:
        """Spacing, size, orientation and intensities of the volumes."""


@runtime_checkable
class PrecomputedFeatures(Protocol):
    """An encoder whose features were computed by other software; optional.

    Its `stages` are empty and not used. The rows of a case are matched by its id; of the level
    `slice`, a case has one row for each of its slices in the cohort file, from feet to head.
    """

    def case_ids(self) -> Sequence[str]:
        """Return the case of each row, (rows,): its id, which is never stored or printed."""

    def features(self) -> NDArray[np.float32]:
        """Return the features of each row, (rows, out_dim), all finite."""


TaskNeeds = Literal["labels", "images", "masks"]
"""Data that an auxiliary task learns from: columns of labels, the images alone, or masks.

The class or function that a plugin offers may have the attribute `needs`; by default `labels`. Of
a control, it has the attribute `control` (`lnmbench.records.Control`), by default `none`.
"""


@runtime_checkable
class AuxTask(Protocol):
    """A second label that is learned together with the target.

    `kind` and `outputs` are read after `targets`, so that they may depend on the cohort.
    """

    @property
    def title(self) -> str:
        """Description of the label."""

    @property
    def kind(self) -> Label:
        """Kind of the label; metrics of this kind score it."""

    @property
    def outputs(self) -> int:
        """Number of logits."""

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,) or (n, …) float64, NaN if the label is unknown.

        Classes are numbers (n,), or (n, outputs) of 0 and 1 that mark the possible classes of a
        case; cases with several possible classes are learned, but not scored. A `multilabel` is
        (n, outputs) of 0, 1 and NaN: a case counts if any element is known. Of other kinds, all
        numbers of a case must be known.
        """

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return notices for the user on how the labels follow from the cohort's columns."""

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the unreduced loss of every case.

        Parameters
        ----------
        logits
            Logits (…, n, outputs), float32. Leading axes, if any, are the fits of a stack.
        targets
            Targets of the same cases, (…, n) or (…, n, …), float32, with 0 for unknown labels; the
            trainer excludes those cases from the mean. In a `multilabel`, an unknown element of a
            known case is NaN: exclude it by `torch.where` before the loss is computed. Targets of
            the kind `continuous` are standardized by the training cases of each fit, and their
            predictions are mapped back.

        Returns
        -------
        Tensor
            (…, n).
        """

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the predictions that are stored.

        Parameters
        ----------
        logits
            Logits (…, n, outputs), float32. Leading axes, if any, are the fits of a stack.

        Returns
        -------
        Tensor
            The shape of the logits, (…, n, outputs).
        """


@runtime_checkable
class ImageTask(Protocol):
    """An auxiliary task that learns from the images instead of labels; optional.

    Its `targets` are 1 for each case that has an example, else NaN. An example has one or more bags
    of encoded slices, turned slices or places, which the network maps as it maps the slices of a
    case; `loss` and `probabilities` get the logits of one example of each case.
    """

    @property
    def images(self) -> ImageInputs:
        """Images that it learns from in addition to the slices, if any."""

    def examples(self, images: EncodedImages) -> Examples:
        """Return the examples of all cases; a case may have any number of them, or none."""


@runtime_checkable
class TargetBased(Protocol):
    """An auxiliary task with labels made from those of the target; optional.

    Without a target, its labels are unknown.
    """

    def bind_target(self, labels: NDArray[np.float64], kind: Label) -> AuxTask:
        """Return the task for the labels of a target.

        Parameters
        ----------
        labels
            Labels of all cases of the cohort, (n,) or (n, outcomes), NaN for an unknown label and
            for a case outside of the plan. As of every task, those of training cases alone train.
        kind
            The kind of the labels.
        """


@runtime_checkable
class OwnHead(Protocol):
    """An auxiliary task with a head of its own instead of a linear one; optional."""

    def head(self, features: int) -> nn.Module | None:
        """Return a module that maps the image features of cases to logits (n, outputs).

        Its input is (n, features); for an `ImageTask`, (n, bags, features). Each fit starts from
        its parameters and trains its own; it must not have buffers or random numbers. It is called
        after `targets`; None for a linear head.
        """


@runtime_checkable
class Weighting(Protocol):
    """A combination of the task losses of each model."""

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return initial values of scalars that each model learns; may be empty."""

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        """Return the loss that each of K models minimizes.

        Parameters
        ----------
        losses
            Mean loss of each model and task, multiplied by its loss weight, (K, tasks), float32;
            the target is the first task.
        scalars
            The m scalars that each model learns, (K, m), float32; (K, 0) without any.

        Returns
        -------
        Tensor
            (K,); each value depends on the losses and scalars of its own model alone.
        """


@runtime_checkable
class StepWeights(Protocol):
    """A weighting whose weights of the tasks change from step to step; optional."""

    @property
    def needs_gradients(self) -> bool:
        """True if the weights are those of gradients, and depend on their inner products.

        The parameters that all tasks share then move along the weighted sum of the tasks'
        gradients, each head minimizes the loss of its own task, and `combine` is not called.
        Otherwise `combine` gets the losses multiplied by the weights.
        """

    def initial_state(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return initial values of numbers that each model keeps between steps; may be empty."""

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weights of the tasks and the new state.

        Parameters
        ----------
        step
            The losses and gradients of K models in a step.
        state
            The m numbers that each model keeps, (K, m), float32.

        Returns
        -------
        tuple[Tensor, Tensor]
            Weights (K, tasks) and state (K, m), float32; those of a model depend on the losses,
            gradients and state of this model alone. An epoch in which the target's weight is 0 in
            all steps does not count for early stopping.
        """


@runtime_checkable
class StepFeedback(Protocol):
    """A weighting with `StepWeights` that learns from the losses after each step; optional.

    The losses of the step's cases are computed once more, with the same dropout.
    """

    def observe(self, before: Tensor, after: Tensor, state: Tensor) -> Tensor:
        """Return the state after a step.

        Parameters
        ----------
        before, after
            The losses of K models and their tasks before and after the step, (K, tasks), float32.
        state
            The m numbers that each model keeps, (K, m), float32.

        Returns
        -------
        Tensor
            (K, m).
        """


@runtime_checkable
class Tunable(Protocol):
    """A weighting or auxiliary task with parameters to search; optional."""

    def space(self) -> Mapping[str, Sequence[object]]:
        """Return values to try for some of its parameters.

        The object is built again with them; the value that the user chose is tried first.
        """


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


@runtime_checkable
class Metric(Protocol):
    """A score of predictions."""

    @property
    def title(self) -> str:
        """Name in tables."""

    @property
    def greater_is_better(self) -> bool:
        """True if a greater value is better."""

    @property
    def kinds(self) -> Sequence[Label]:
        """Kinds of label that it scores; of targets, `binary`, `multilabel` or `ordinal`."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and greatest possible value; intervals are truncated to them."""

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the metric, NaN if it is undefined for these cases.

        For a binary label, truth is (n,) of 0 and 1 and predicted its probability (n,); for
        classes, truth is (n,) of class numbers and predicted (n, classes); otherwise both have the
        same shape. Unknown elements of a `multilabel` are NaN in truth.
        """


@runtime_checkable
class Thresholded(Protocol):
    """A metric at a threshold that is chosen on validation predictions; optional."""

    def threshold(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the threshold for the validation predictions of training cases.

        Parameters
        ----------
        truth
            Labels 0 and 1, (t,).
        predicted
            Probability of label 1, (t,).
        """

    def __call__(
        self, truth: NDArray[np.float64], predicted: NDArray[np.float64], threshold: float = 0.5
    ) -> float:
        """Return the metric; cases whose prediction reaches the threshold count as positive."""


@runtime_checkable
class ProbabilityMetric(Protocol):
    """A metric of the probabilities themselves, such as the Brier score; optional."""

    @property
    def needs_probabilities(self) -> bool:
        """True if the metric is undefined for ratings and calls, which only order the cases."""


@runtime_checkable
class Comparison(Protocol):
    """A statistical test of the difference between two methods."""

    @property
    def title(self) -> str:
        """Name in tables."""

    @property
    def role(self) -> Literal["primary", "exploratory", "as published"]:
        """Primary test, exploratory test, or the test of earlier publications."""

    def __call__(self, pair: Pair) -> TestResult | None:
        """Return the test of method b against method a, None if it does not suit the metric."""


@runtime_checkable
class Check(Protocol):
    """A numbered methodological check (LNM001…) of a finished or running benchmark."""

    @property
    def title(self) -> str:
        """The condition that must hold, e.g. "no feature equals the target"."""

    @property
    def severity(self) -> Literal["warning", "error"]:
        """The result if the condition does not hold."""

    @property
    def remedy(self) -> str:
        """Advice for a run in which the condition does not hold."""

    def __call__(self, results: Results) -> str | None:
        """Return a message on what violates the condition, "" if it holds, None if the check
        does not apply."""


@runtime_checkable
class Documented(Protocol):
    """A check with a page of documentation; optional."""

    @property
    def docs(self) -> str:
        """The address of the page, shown with the remedy."""


@runtime_checkable
class Section(Protocol):
    """A section of the report.

    A report prints the groups in the order of `SectionGroup`, and the sections of one group in the
    order in which plugins register them.
    """

    @property
    def group(self) -> SectionGroup:
        """The group of sections with which it is printed."""

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return tables, figures, galleries and paragraphs; none if the section does not apply."""


@runtime_checkable
class AcrossCohorts(Protocol):
    """A section with content on several cohorts; optional."""

    def across(self, cohorts: Sequence[Results]) -> Sequence[Block]:
        """Return blocks on several cohorts that were run under the same protocol."""


@runtime_checkable
class OutcomeSection(Protocol):
    """A section on the probabilities of a binary label; optional.

    Of a target with several outcomes, it gets the results of one outcome at a time, as those of a
    binary target, for the outcomes with most cases of the rarer class.
    """

    @property
    def by_outcome(self) -> bool:
        """True if the section is written for single outcomes."""


class Progress(Protocol):
    """A display of the progress of pipeline stages."""

    def say(self, line: str) -> None:
        """Show a notice."""

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        """Start a stage.

        Parameters
        ----------
        stage
            The stage, e.g. `run`.
        subject
            The object of the stage, e.g. the label of a method.
        total
            The number of steps.
        unit
            The noun for one step, in the singular, e.g. `fit`.
        """

    def advance(self, steps: int = 1) -> None:
        """Add completed steps."""

    def finish(self) -> None:
        """End the stage."""


__all__ = [
    "AcrossCohorts",
    "AuxTask",
    "Baseline",
    "Check",
    "Comparison",
    "Dataset",
    "Documented",
    "Encoder",
    "FeatureExtractor",
    "FixedPredictions",
    "ImageBaseline",
    "ImageTask",
    "LinearBaseline",
    "Metric",
    "OutcomeSection",
    "OwnGrid",
    "OwnHead",
    "PrecomputedFeatures",
    "ProbabilityMetric",
    "Progress",
    "ReportReader",
    "Section",
    "SectionGroup",
    "StepFeedback",
    "StepWeights",
    "Target",
    "TargetBased",
    "TargetOutcomes",
    "TaskNeeds",
    "Thresholded",
    "Tunable",
    "TunedReduction",
    "Versioned",
    "Weighting",
]
