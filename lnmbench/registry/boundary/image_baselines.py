"""Baselines on features of images, behind the boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from lnmbench.contracts import Baseline, ImageBaseline, TunedReduction
from lnmbench.registry.boundary.arrays import require_array
from lnmbench.registry.boundary.baselines import GuardedBaseline, require_candidates
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.values import Unexpected, describe, require_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_FEATURES = 10_000


class GuardedImageBaseline:
    """A baseline of a plugin on features of images. Its reduction is behind the boundary as well.

    Parameters
    ----------
    baseline
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, baseline: ImageBaseline, boundary: Boundary) -> None:
        self._baseline, self._boundary = baseline, boundary

    @cached_property
    def encoder(self) -> str:
        """The encoder of the images; an empty text for the default one."""
        return self._read("encoder")

    @cached_property
    def aux(self) -> str:
        """Auxiliary tasks that a network learns without the target; may be empty."""
        return self._read("aux")

    @cached_property
    def model(self) -> str:
        """The baseline that gets the features; an empty text for the default one."""
        return self._read("model")

    def _read(self, attribute: str) -> str:
        return self._boundary.read(attribute, _require_choice, self._baseline)

    @cached_property
    def reductions(self) -> Sequence[Mapping[str, object]]:
        """The candidate settings of the reduction; one without settings for a fixed one."""
        if not isinstance(self._baseline, TunedReduction):
            return ({},)
        return self._boundary.call("reductions", require_candidates, self._baseline.reductions)

    def reduce(
        self,
        features: NDArray[np.float64],
        training: NDArray[np.bool_],
        settings: Mapping[str, object] | None = None,
    ) -> NDArray[np.float64]:
        """Return the features that the baseline's transformer makes of others, (n, m).

        Parameters
        ----------
        features
            The features of all cases, (n, d).
        training
            The cases to which the transformer is fitted, (n,).
        settings
            One of `reductions`; by default, the transformer's own.
        """
        function = self._baseline.reduction
        reduction = self._boundary.call(
            "reduction", _require_transformer, function, **(settings or {})
        )
        if reduction is None:
            return features

        def transform() -> object:
            fitted = reduction.fit(features[training].copy())
            return fitted.transform(features.copy())

        reduced = self._boundary.call(
            "reduction", partial(require_array, shape=(len(features), None)), transform
        )
        if not 0 < reduced.shape[1] <= MOST_FEATURES:
            raise self._boundary.refuse(
                "reduction",
                expected=f"1 to {MOST_FEATURES} features of each case",
                got=str(reduced.shape[1]),
            )
        return reduced


def guard_baseline(
    baseline: Baseline | ImageBaseline, boundary: Boundary
) -> GuardedBaseline | GuardedImageBaseline:
    """Return a plugin's baseline, on clinical features or on those of images, behind a boundary."""
    if isinstance(baseline, ImageBaseline):
        return GuardedImageBaseline(baseline, boundary)
    return GuardedBaseline(baseline, boundary)


def _require_choice(value: object) -> str:
    return "" if value == "" else require_text(value)


def _require_transformer(value: object) -> Any:
    if value is None:
        return None
    if isinstance(value, type):
        raise Unexpected("an object", f"the class {value.__name__}")
    for method in ("fit", "transform"):
        if not callable(getattr(value, method, None)):
            raise Unexpected("a scikit-learn transformer or None", describe(value))
    return value
