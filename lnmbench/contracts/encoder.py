"""Contracts of encoders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from lnmbench.records import EncoderGrid, Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn


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
