"""The protocol of a benchmark, its folds, and the plan that all methods share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from lnmbench.defaults import DEFAULTS
from lnmbench.records.cohort import Card, Preprocessing
from lnmbench.records.column import OMITTED_BY_DEFAULT
from lnmbench.records.outcomes import Outcomes, TargetKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Family = Literal["auxiliary", "versus-baseline", "all-pairs"]
"""The pairs of methods that Holm's correction covers, in each primary metric."""

MissingImages = Literal["refuse", "mask", "exclude"]
"""The use of cases without images: by networks with images, or by any method (`exclude`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """Repeated nested cross-validation of one target.

    `primary` are the primary metrics, declared before the run. Holm's correction covers the pairs
    of methods of the declared `family` in each of them: by default, the questions on auxiliary
    tasks. `margins` are the largest differences that do not matter, by name of the primary metric.
    With `train_unlabeled`, networks also train on cases without a known target, whose auxiliary
    labels count alone. With `missing_images="mask"`, networks with images train on cases without
    images too, and predict them, by image features of 0; with `missing_images="exclude"`, no method
    trains on these cases or predicts them; otherwise a cohort with such cases is refused for
    networks with images.
    """

    target: str = DEFAULTS.target
    repeats: int = DEFAULTS.protocol.repeats
    folds: int = DEFAULTS.protocol.folds
    inner: int = DEFAULTS.protocol.inner
    seed: int = 0
    primary: tuple[str, ...] = DEFAULTS.primary
    margins: tuple[tuple[str, float], ...] = field(default=(), metadata={OMITTED_BY_DEFAULT: True})
    train_unlabeled: bool = field(default=False, metadata={OMITTED_BY_DEFAULT: True})
    family: Family = field(default="auxiliary", metadata={OMITTED_BY_DEFAULT: True})
    missing_images: MissingImages = field(default="refuse", metadata={OMITTED_BY_DEFAULT: True})

    def __str__(self) -> str:
        return f"{self.repeats} × {self.folds} × {self.inner}"

    @property
    def units(self) -> int:
        """Outer folds over all repeats: results for each method."""
        return self.repeats * self.folds

    @property
    def test_train_ratio(self) -> float:
        """Test cases for each training case of an outer fold, n2 / n1."""
        return 1.0 / (self.folds - 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Splits:
    """The folds of every repeat over the n cases that have the target.

    `outer` is int16 of shape (repeats, n): the outer fold in which a case is tested.
    `inner` is int16 of shape (repeats, folds, n): the inner fold in which a case is used for
    validation, -1 for the test cases of that outer fold.
    """

    outer: NDArray[np.int16]
    inner: NDArray[np.int16]

    def units(self) -> Iterator[tuple[int, int]]:
        """Yield (repeat, fold) in the order in which they are run."""
        repeats, folds, _ = self.inner.shape
        yield from ((repeat, fold) for repeat in range(repeats) for fold in range(folds))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """The cases with a known target, their labels and their folds.

    `truth` is (n,) of 0 and 1, in the order of `ids`; of a target with several outcomes, which are
    in `outcomes`, it is 1 for the cases with a positive one. `patients` is (n,): the number of each
    case's patient. `notes` say how the labels were made and which cases were left out.
    """

    dataset: str
    fingerprint: str
    card: Card
    preprocessing: Preprocessing
    protocol: Protocol
    ids: tuple[str, ...]
    truth: NDArray[np.float64]
    patients: NDArray[np.int64]
    splits: Splits
    notes: tuple[str, ...] = ()
    outcomes: Outcomes | None = None

    @property
    def kind(self) -> TargetKind:
        """The kind of the target."""
        return "binary" if self.outcomes is None else self.outcomes.kind

    @property
    def endpoints(self) -> NDArray[np.float64]:
        """The labels that are predicted, (n, m) of 0, 1 and NaN; (n, 1) of a binary target."""
        return self.truth[:, None] if self.outcomes is None else self.outcomes.values
