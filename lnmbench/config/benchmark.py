"""Settings of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypedDict

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from lnmbench import choices
from lnmbench.config.setting_values import (
    Choices,
    Margins,
    ModalitySets,
    Names,
    OneChoice,
    RequiredChoices,
    SweepSetting,
    TaskSets,
    Window,
)
from lnmbench.defaults import DEFAULTS
from lnmbench.estimators import Estimator
from lnmbench.records import WINDOW_HU, Family, MissingImages, Protocol, Training

MOST_CONTROLS = 999
"""The largest number of negative controls of a method: p can be as small as .001."""

MOST_PERMUTATIONS = 100
"""The largest number of permutations of an input."""


class Benchmark(BaseModel):
    """Settings of `lnmbench run`.

    `encoder`, `aux` and `baseline` that are None become their defaults, or nothing with `only`.
    Each entry of `aux` is the set of auxiliary tasks of one method, of which there is one for each
    `weighting`; `sweep` makes several sets of each, and `controls` is the number of negative
    controls of each. Each set of `modalities` makes methods of its own; `ablation` adds each
    modality alone and all but each. `importance` is the number of permutations of each feature and
    modality in the test folds. `extract` are the extractors of features from images and
    tumor masks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    dataset: OneChoice = choices.parse(DEFAULTS.dataset)
    extract: Choices = ()
    target: OneChoice = choices.parse(DEFAULTS.target)
    encoder: Choices | None = None
    aux: TaskSets | None = None
    sweep: SweepSetting | None = None
    controls: int = Field(0, ge=0, le=MOST_CONTROLS)
    weighting: RequiredChoices = (choices.parse(DEFAULTS.weighting),)
    baseline: Choices | None = None
    modalities: ModalitySets = ()
    ablation: bool = False
    only: bool = False
    repeats: int = Field(DEFAULTS.protocol.repeats, ge=1, le=1000)
    folds: int = Field(DEFAULTS.protocol.folds, ge=2, le=1000)
    inner: int = Field(DEFAULTS.protocol.inner, ge=2, le=100)
    seed: int = Field(0, ge=0)
    window: Window = WINDOW_HU
    training: Training = Training()
    tune: int = Field(1, ge=1, le=1000)
    primary: Names = DEFAULTS.primary
    margin: Margins = ()
    train_unlabeled: bool = False
    family: Family = "auxiliary"
    missing_images: MissingImages = "refuse"
    importance: int = Field(0, ge=0, le=MOST_PERMUTATIONS)
    _named_training: tuple[str, ...] = PrivateAttr(())

    @property
    def named_training(self) -> tuple[str, ...]:
        """The names of the training settings that are not left to their defaults."""
        return self._named_training

    @property
    def protocol(self) -> Protocol:
        """The protocol of these settings."""
        return Protocol(
            target=str(self.target),
            repeats=self.repeats,
            folds=self.folds,
            inner=self.inner,
            seed=self.seed,
            primary=self.primary,
            margins=self.margin,
            train_unlabeled=self.train_unlabeled,
            family=self.family,
            missing_images=self.missing_images,
        )


ChoiceSetting: TypeAlias = str | Mapping[str, object]
"""A choice as users write it: `name:key=value`, or a table with `name` and parameters."""


class BenchmarkOptions(TypedDict, total=False):
    """Settings that override those of a benchmark file; None keeps the file's setting."""

    dataset: ChoiceSetting | None
    extract: ChoiceSetting | Sequence[ChoiceSetting] | None
    target: ChoiceSetting | None
    encoder: ChoiceSetting | Sequence[ChoiceSetting] | None
    aux: ChoiceSetting | Sequence[ChoiceSetting | Sequence[ChoiceSetting]] | None
    sweep: str | Mapping[str, object] | None
    controls: int | None
    weighting: ChoiceSetting | Sequence[ChoiceSetting] | None
    baseline: ChoiceSetting | Estimator | Sequence[ChoiceSetting | Estimator] | None
    modalities: str | Sequence[str | Sequence[str]] | None
    ablation: bool | None
    only: bool | None
    repeats: int | None
    folds: int | None
    inner: int | None
    seed: int | None
    window: tuple[float, float] | None
    training: Mapping[str, object] | None
    tune: int | None
    primary: str | Sequence[str] | None
    margin: str | Sequence[str] | Mapping[str, float] | None
    train_unlabeled: bool | None
    family: str | None
    missing_images: str | None
    importance: int | None
