"""Encoder of a network's images: its stages in one part, or frozen and trained ones in two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Encoder
from lnmbench.store.feature_cache import Arrays

if TYPE_CHECKING:
    from lnmbench.nets.encoder.frozen import FrozenEncoder


class ImageEncoder:
    """The stages of an encoder with their initial weights, applied to images.

    Parameters
    ----------
    encoder
        The encoder.
    trained_from
        The first stage that trains: `none`, `all` or a name.
    device
        The device that encodes.
    say
        Called with a notice for the user if memory runs out.
    bfloat16
        Run the stages in bfloat16 instead of float32.
    """

    def __init__(
        self,
        encoder: Encoder,
        trained_from: str,
        *,
        device: str = "cpu",
        bfloat16: bool = False,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages

        frozen, trained = split_stages(encoder.stages(), trained_from)
        self.trains_all = not len(frozen)
        parts = [stages for stages in (frozen, trained) if len(stages)]
        *before, self._last = (
            FrozenEncoder(part, device=device, bfloat16=bfloat16, say=say) for part in parts
        )
        self._before: FrozenEncoder | None = before[0] if before else None

    @property
    def has_two_parts(self) -> bool:
        """Return whether frozen stages precede those that train."""
        return self._before is not None

    def maps_shape(self, side: int) -> tuple[int, ...]:
        """Return the shape of what the trained stages get of a slice of side × side pixels."""
        if self._before is None:
            raise ValueError("the encoder has no stages before those that train")
        return self._before(np.zeros((1, side, side), np.float32)).shape[1:]

    def encode_slices(self, views: Sequence[NDArray[np.float32]]) -> Arrays:
        """Return features of slices and, of two parts, what the trained stages get.

        Parameters
        ----------
        views
            Versions of the slices, each (m, H, W) in [-1, 1], the unchanged one first.

        Returns
        -------
        mapping
            `features` (views, m, D). Of two parts, `features` (1, m, D) of the unchanged slices and
            `maps` (views, m, …).
        """
        if self._before is None:
            return {"features": np.stack([self._last(view) for view in views])}
        maps = np.stack([self._before(view) for view in views])
        return {"maps": maps, "features": self._last.encode(maps[0])[None]}

    def encode_volume(self, volume: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return features (1, D) of a volume (S, H, W), as the encoder takes it."""
        return self._last.encode_volume(volume)
