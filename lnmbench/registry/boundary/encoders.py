"""Encoders behind the boundary."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from lnmbench.contracts import Encoder, OwnGrid, PrecomputedFeatures
from lnmbench.records import EncoderGrid, Weights
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.values import (
    Unexpected,
    describe,
    require_count,
    require_option,
    require_sequence,
    require_shape,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

MOST_FEATURES = 1_000_000
MOST_ROWS = 100_000_000
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
        check = partial(require_stages, boundary=boundary, width=self._width)
        return boundary.call("stages", check, self._encoder.stages)

    @property
    def _width(self) -> int | None:
        """The number of features that the stages compute, None for an encoder without stages."""
        return None if self.level == "none" else self.out_dim


class GuardedOwnGrid(GuardedEncoder):
    """An encoder of a plugin with `OwnGrid`."""

    def __init__(self, encoder: Encoder, source: OwnGrid, boundary: Boundary) -> None:
        super().__init__(encoder, boundary)
        self._source = source

    @cached_property
    def grid(self) -> EncoderGrid:
        """Spacing, size, orientation and intensities of the volumes."""
        if self.level != "volume":
            raise self._boundary.refuse(
                "level", expected="volume, for an encoder with its own grid", got=self.level
            )
        return self._boundary.read("grid", _require_grid, self._source)


class GuardedPrecomputedFeatures(GuardedEncoder):
    """An encoder of a plugin with `PrecomputedFeatures`."""

    def __init__(self, encoder: Encoder, source: PrecomputedFeatures, boundary: Boundary) -> None:
        super().__init__(encoder, boundary)
        self._source = source

    @property
    def _width(self) -> int | None:
        return None

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return self._boundary.call("case_ids", _require_ids, self._source.case_ids)

    def case_ids(self) -> tuple[str, ...]:
        """Return the case of each row."""
        return self._ids

    def features(self) -> NDArray[np.float32]:
        """Return the features of each row, (rows, out_dim)."""
        check = partial(_require_features, shape=(len(self._ids), self.out_dim))
        return self._boundary.call("features", check, self._source.features)


def guard_encoder(encoder: Encoder, boundary: Boundary) -> GuardedEncoder:
    """Return an encoder of a plugin behind its boundary, with the optional contracts that it has.

    Parameters
    ----------
    encoder
        The plugin's object.
    boundary
        Its boundary.
    """
    # a property that raises does so in isinstance
    if boundary.call("grid", bool, isinstance, encoder, OwnGrid):
        return GuardedOwnGrid(encoder, cast("OwnGrid", encoder), boundary)
    if isinstance(encoder, PrecomputedFeatures):
        return GuardedPrecomputedFeatures(encoder, encoder, boundary)
    return GuardedEncoder(encoder, boundary)


def _require_grid(value: object) -> EncoderGrid:
    if not isinstance(value, EncoderGrid):
        raise Unexpected("a grid (lnmbench.records.EncoderGrid)", describe(value))
    return value


def _require_ids(value: object) -> tuple[str, ...]:
    ids = require_sequence(value, most=MOST_ROWS)
    if not ids:
        raise Unexpected("the id of each row", "no rows")
    wrong = next((each for each in ids if not isinstance(each, str)), None)
    if wrong is not None:  # its type alone: messages have no ids
        raise Unexpected("texts", type(wrong).__name__)
    return tuple(str(each) for each in ids)


def _require_features(value: object, *, shape: tuple[int, int]) -> NDArray[np.float32]:
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        raise Unexpected("an array of floating-point numbers", describe(value))
    require_shape(value.shape, shape)
    features = np.ascontiguousarray(value, dtype=np.float32)
    wrong = int((~np.isfinite(features)).sum())
    if wrong:
        raise Unexpected("finite numbers", f"{wrong} that are not")
    return features


def _require_weights(value: object) -> Weights:
    if not isinstance(value, Weights):
        raise Unexpected("weights (lnmbench.Weights)", describe(value))
    for field in fields(Weights):
        content = getattr(value, field.name)
        if not isinstance(content, str):
            raise Unexpected(f"a text as {field.name} of the weights", describe(content))
    return value
