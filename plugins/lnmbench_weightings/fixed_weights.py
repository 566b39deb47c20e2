"""Weighting with a constant weight of the auxiliary losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench_weightings.parameter_ranges import require_valid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


class FixedWeights:
    """Loss of the target plus a constant times the sum of the auxiliary losses.

    Parameters
    ----------
    aux
        Weight of the auxiliary losses, 0 or more.

    Raises
    ------
    UserError
        If the weight is negative or not finite.
    """

    def __init__(self, *, aux: float = 0.3) -> None:
        self.aux = require_valid(
            aux, weighting="fixed", name="aux", valid=aux >= 0, expected="0 or more"
        )

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return no scalars: the weight is not learned."""
        return ()

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        """Return target + aux · (sum of the others).

        Parameters
        ----------
        losses
            (K, tasks), the target's loss first.
        scalars
            (K, 0), not used.

        Returns
        -------
        Tensor
            (K,).
        """
        return losses[:, 0] + self.aux * losses[:, 1:].sum(1)
