"""The network without images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lnmbench import Weights

if TYPE_CHECKING:
    from torch import nn


class NoImages:
    """No images: the clinical features through a small network into the same image features."""

    level: Literal["none"] = "none"
    out_dim = 0
    weights = Weights(source="none")

    def stages(self) -> nn.Sequential:
        """Return an empty sequence."""
        from torch import nn

        return nn.Sequential()
