"""Encoders behind the boundary."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal, cast

from lnmbench.contracts import Encoder
from lnmbench.records import Weights
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.values import Unexpected, describe, require_count, require_option

if TYPE_CHECKING:
    from torch import nn

MOST_FEATURES = 1_000_000
_LEVELS = ("slice", "volume", "none")


class GuardedEncoder:
    """An encoder of a plugin. Its stages run behind the boundary as well.

    Parameters
    ----------
    encoder
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, encoder: Encoder, boundary: Boundary) -> None:
        self._encoder, self._boundary = encoder, boundary

    @cached_property
    def level(self) -> Literal["slice", "volume", "none"]:
        """Input of one feature vector."""
        check = partial(require_option, options=_LEVELS)
        level = self._boundary.read("level", check, self._encoder)
        return cast('Literal["slice", "volume", "none"]', level)

    @cached_property
    def out_dim(self) -> int:
        """Length of a feature vector."""
        low = 0 if self.level == "none" else 1
        check = partial(require_count, low=low, high=MOST_FEATURES)
        return self._boundary.read("out_dim", check, self._encoder)

    @cached_property
    def weights(self) -> Weights:
        """Source of the weights."""
        return self._boundary.read("weights", _require_weights, self._encoder)

    def stages(self) -> nn.Sequential:
        """Return named children that map slices in [-1, 1] to features, in eval mode."""
        from lnmbench.registry.boundary.encoder_stages import require_stages

        boundary = self._boundary
        width = None if self.level == "none" else self.out_dim
        check = partial(require_stages, boundary=boundary, width=width)
        return boundary.call("stages", check, self._encoder.stages)


def _require_weights(value: object) -> Weights:
    if not isinstance(value, Weights):
        raise Unexpected("weights (lnmbench.Weights)", describe(value))
    for field in fields(Weights):
        content = getattr(value, field.name)
        if not isinstance(content, str):
            raise Unexpected(f"a text as {field.name} of the weights", describe(content))
    return value
