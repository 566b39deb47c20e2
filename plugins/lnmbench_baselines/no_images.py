"""The clinical network: an encoder without images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lnmbench import Weights

if TYPE_CHECKING:
    from torch import nn


class NoImages:
    """No images: a small network on the clinical features in place of the encoder."""

    level: Literal["none"] = "none"
    out_dim = 0
    weights = Weights(source="none")

    def stages(self) -> nn.Sequential:
        """Return an empty sequence."""
        from torch import nn

        return nn.Sequential()
