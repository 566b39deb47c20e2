"""What a report and its checks know of a cohort: counts and quartiles, no patient's values."""

from __future__ import annotations

from dataclasses import dataclass, field

from lnmbench.records.column import Kind, Known, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A variable over some cases: how many have it, and how it is spread.

    `quartiles` are the 25th, 50th and 75th percentile of a continuous variable; `counts` are the
    cases of each category of the others.
    """

    known: int
    missing: int
    quartiles: tuple[float, float, float] | None = None
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A column of the cohort over the cases of the plan: all, and apart for the target's classes.

    `separation` is from .5 to 1: how well the variable alone tells the classes apart, as an AUC
    whichever way round; 1 where it says the target. It is NaN where too few cases have it.
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
    separation: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Two cases of different patients whose images look the same.

    The cases are named by their numbers in the plan, from 0. `similarity` is the correlation of
    small copies of their images, 1 for equal ones.
    """

    case_a: int
    case_b: int
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The cases of a plan in numbers.

    `alike` are the pairs that share an image, the closest first, 1000 at most; it is None where
    there are no images to compare.
    """

    variables: tuple[Variable, ...] = ()
    alike: tuple[Alike, ...] | None = field(default=None)
