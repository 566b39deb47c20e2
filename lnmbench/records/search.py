"""Hyperparameter search: dimensions, candidate settings, trials and their summary."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

Settings = Mapping[str, object]
"""Settings by name: those of `Training`, `aux_weight`, and `PLUGIN.PARAMETER`."""


def printable_settings(settings: Settings) -> dict[str, object]:
    """Return settings as a ledger stores them: numbers, and texts for other values.

    Examples
    --------
    >>> printable_settings({"hidden_layer_sizes": (10, 5), "alpha": 0.1, "max_depth": None})
    {'hidden_layer_sizes': '(10, 5)', 'alpha': 0.1, 'max_depth': None}
    """
    return {name: _to_printable(value) for name, value in settings.items()}


def _to_printable(value: object) -> object:
    import numpy as np

    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, bool | int | float | str | None) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One setting of the search: from `low` to `high`, on a linear or logarithmic scale.

    With `options`, it is one of these instead.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    options: tuple[object, ...] = ()

    def value_at(self, share: float) -> object:
        """Return the value at a share of the range, from 0 to below 1.

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
        # three digits are precise enough for a search, and short enough to type again
        return float(f"{value:.3g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Candidate settings of a method, compared on the inner folds; number 1 are its own."""

    number: int
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A candidate on one outer fold: the target's validation loss on each of its inner folds.

    A loss is infinite where the fit diverged. A candidate that was dropped early has no losses.
    """

    candidate: int
    settings: Settings
    losses: tuple[float, ...]
    chosen: bool = False

    @property
    def loss(self) -> float:
        """The mean over the inner folds, by which candidates are compared; infinite if dropped."""
        return sum(self.losses) / len(self.losses) if self.losses else math.inf

    @property
    def is_dropped(self) -> bool:
        """True for a candidate whose fits were not trained to the end."""
        return not self.losses


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The summary of a method's search over all finished outer folds.

    `initial` are the settings of candidate 1, `chosen` is the chosen trial of each outer fold.
    `trials` are all candidates, with the mean loss over the inner folds of each outer fold, without
    losses if the candidate was dropped in any of them. `dropped` counts these folds for each trial.
    """

    candidates: int
    initial: Settings = field(default_factory=dict)
    chosen: tuple[Trial, ...] = ()
    trials: tuple[Trial, ...] = ()
    dropped: tuple[int, ...] = ()
