"""Volume and shape of the tumor, from its mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench import Cohort
from lnmbench.records import Label
from lnmbench_tumor_masks.masks import measure_masks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


class _MaskRegression:
    """An auxiliary task that predicts numbers from the mask; Huber loss."""

    needs = "masks"
    kind: Label = "continuous"

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean Huber loss of each case, (…, n).

        Parameters
        ----------
        logits
            (…, n, outputs).
        targets
            (…, n), or (…, n, outputs).
        """
        from torch.nn import functional

        targets = targets.reshape(*targets.shape[: logits.dim() - 1], logits.shape[-1])
        targets = targets.expand_as(logits)
        return functional.huber_loss(logits, targets, reduction="none").mean(-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the predicted numbers, (…, n, outputs)."""
        return logits


class Volume(_MaskRegression):
    """Predict the logarithm (base 10) of the tumor volume in ml."""

    title = "tumor volume, log10 ml"
    outputs = 1

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return log10 of the volume in ml, (n,), NaN without a mask."""
        import numpy as np

        measures = measure_masks(cohort, "volume")
        return np.log10([measure.volume_mm3 / 1000.0 for measure in measures])

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a note on cases without a mask."""
        return _describe_missing("volume", self.targets(cohort), "have an empty mask")


class Shape(_MaskRegression):
    """Predict elongation, flatness and roundness of the tumor.

    Elongation and flatness are ratios of principal axes, roundness the surface of a ball of the
    same volume over the surface (Lehmann, The Insight Journal 2007). Cases whose tumor is in one
    slice have no shape.
    """

    title = "tumor shape: elongation, flatness, roundness"
    outputs = 3

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return elongation, flatness and roundness, (n, 3), NaN for one slice or no mask."""
        import numpy as np

        measures = measure_masks(cohort, "shape")
        return np.array([[m.elongation, m.flatness, m.roundness] for m in measures])

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a note on cases without a shape."""
        return _describe_missing("shape", self.targets(cohort)[:, 0], "have no tumor of two slices")


def _describe_missing(name: str, targets: NDArray[np.float64], reason: str) -> tuple[str, ...]:
    import numpy as np

    missing = int(np.isnan(targets).sum())
    return (f"aux {name}: {missing} of {len(targets)} cases {reason}",) if missing else ()
