"""Auxiliary losses with a weight that stays as it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lnmbench import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


class Fixed:
    """Adds the auxiliary losses, times `aux`, to the target's loss.

    Raises `UserError` for a weight that is negative or not finite.
    """

    def __init__(self, *, aux: float = 1.0) -> None:
        if not (math.isfinite(aux) and aux >= 0):
            raise UserError("weighting fixed has a wrong aux", expected="0 or more", got=str(aux))
        self.aux = aux

    def learned(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return nothing: a fixed weight learns nothing."""
        return ()

    def combine(self, losses: Tensor, learned: Tensor) -> Tensor:
        """Return target + aux · (sum of the others) for losses (K, tasks), the target's first."""
        return losses[:, 0] + self.aux * losses[:, 1:].sum(1)
