"""What stands before the transformer: from a batch's slices to tokens, with its own gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from lnmbench.nets.data.packing import Slots


class Front(Protocol):
    """Makes tokens of the packed slices of K fits, outside autograd.

    Autograd sees tokens as leaves; the front is given their gradient and writes those of its own
    parameters.
    """

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What the names of the front's own parameters begin with."""
        ...

    def forward(
        self, fits: Sequence[int], values: Mapping[str, Tensor], slots: Slots, *, training: bool
    ) -> Tensor:
        """Return tokens (k, P, d) of these k fits, zero at padding, without a history."""
        ...

    def backward(
        self,
        fits: Sequence[int],
        values: Mapping[str, Tensor],
        d_tokens: Tensor,
        slots: Slots,
        gradients: Mapping[str, Tensor],
    ) -> None:
        """Write the front's gradients, given those of the tokens of the last `forward`."""
        ...
