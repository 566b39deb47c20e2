"""What an inner search looks through, what it tried, and what it chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Settings = Mapping[str, Any]
"""Settings by name: those of `Training`, `aux_weight`, and `PLUGIN.PARAMETER`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One setting that is searched: between `low` and `high`, evenly or in its logarithm.

    With `options` it is one of these instead.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    options: tuple[Any, ...] = ()

    def value_at(self, share: float) -> Any:
        """Return the value at a share of the way, from 0 to below 1.

        Examples
        --------
        >>> Dimension(name="rate", low=1e-4, high=1e-2, log=True).value_at(0.5)
        0.001
        >>> Dimension(name="width", options=(32, 64, 128)).value_at(0.7)
        128
        """
        if self.options:
            return self.options[int(share * len(self.options))]
        if self.log:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + (self.high - self.low) * share
        # three digits say all that a search can know of a setting, and can be typed again
        return float(f"{value:.3g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Settings that the inner folds judge; number 1 are the method's own."""

    number: int
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A candidate on one outer fold: the target's validation loss on each of its inner folds.

    A loss is infinite where the fit diverged.
    """

    candidate: int
    settings: Settings
    losses: tuple[float, ...]
    chosen: bool = False

    @property
    def loss(self) -> float:
        """The mean over the inner folds, by which candidates are compared."""
        return sum(self.losses) / len(self.losses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A method's search, for the report: how many candidates there were, and who won.

    `own` are the settings of candidate 1, `chosen` what each finished outer fold chose. `tried` are
    all candidates, each with its mean loss over the inner folds of every finished outer fold.
    """

    candidates: int
    own: Settings = field(default_factory=dict)
    chosen: tuple[Trial, ...] = ()
    tried: tuple[Trial, ...] = ()
