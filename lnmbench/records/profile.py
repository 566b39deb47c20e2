"""Profile of a cohort for the report and its checks: counts and quartiles, no patient's values."""

from __future__ import annotations

from dataclasses import dataclass, field

from lnmbench.records.column import CLINICAL_MODALITY, OMITTED_BY_DEFAULT, Kind, Known, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The distribution of a variable over some cases.

    `quartiles` are the 25th, 50th and 75th percentile of a continuous variable; `counts` are the
    numbers of cases in each category of other variables.
    """

    known: int
    missing: int
    quartiles: tuple[float, float, float] | None = None
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakSigns:
    """Signs that a variable contains the target. None and 0: too few cases, or no sign.

    `auc` is that of the variable alone, in whichever direction, `low` the lower limit of its 95 %
    interval, None below an AUC of .9; `missing_auc` and `missing_low` are those of having a value.
    `certain` counts the cases with a value that only positive cases have, `certain_known` the cases
    with any value if only positive cases have one; both only if this cannot be chance.
    """

    auc: float | None = None
    low: float | None = None
    missing_auc: float | None = None
    missing_low: float | None = None
    certain: int = 0
    certain_known: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A column of the cohort over the plan's cases: all, and those of each class of the target.

    `signs` are those that a feature contains the target; None for a variable of another role.
    """

    name: str
    role: Role
    kind: Kind
    known: Known
    everyone: Summary
    negative: Summary
    positive: Summary
    label: str | None = None
    unit: str | None = None
    categories: tuple[str, ...] = ()
    signs: LeakSigns | None = None
    modality: str = field(default=CLINICAL_MODALITY, metadata={OMITTED_BY_DEFAULT: True})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePair:
    """Two cases of different patients with near-duplicate images.

    The cases are positions in the plan, from 0. `similarity` is the correlation of small copies of
    their images, 1 for equal images.
    """

    case_a: int
    case_b: int
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CenterCounts:
    """The numbers of cases of one center, which has no name here: all, and the positive ones."""

    cases: int
    positives: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCounts:
    """The numbers of cases with and without images: all, and the positive ones.

    The cases without images are `masked`, which are their positions in the plan, or left out of it.
    """

    with_images: int
    positives_with_images: int
    without_images: int
    positives_without_images: int
    masked: tuple[int, ...] = field(default=(), metadata={OMITTED_BY_DEFAULT: True})
    left_out: bool = field(default=False, metadata={OMITTED_BY_DEFAULT: True})


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The variables and centers of a plan's cases, and near-duplicate images.

    `centers` are sorted by their number of cases, the largest first; there are none without a
    column of centers, and cases without a center count for none.

    `near_duplicates` are the pairs of cases that share an image, the closest first, at most 1000;
    None without images. `separating_pairs` are names of features whose difference separates the
    classes without error. `images` are counts of cases, if networks predict some without images or
    if these are left out.
    """

    variables: tuple[Variable, ...] = ()
    near_duplicates: tuple[ImagePair, ...] | None = field(default=None)
    separating_pairs: tuple[tuple[str, str], ...] = ()
    centers: tuple[CenterCounts, ...] = ()
    images: ImageCounts | None = field(default=None, metadata={OMITTED_BY_DEFAULT: True})
