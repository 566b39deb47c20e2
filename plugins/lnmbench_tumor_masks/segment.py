"""Segmentation of the tumor at places of the encoder's feature maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from lnmbench import Cohort, UserError
from lnmbench.records import EncodedImages, Examples, ImageInputs, Label
from lnmbench_tumor_masks.masks import measure_masks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

PLACES = 8
"""The places of a slice in an example."""
_SMOOTH = 1.0


class Segment:
    """Segment the tumor at the resolution of the encoder's last feature maps.

    An example is a slice with eight places of its maps, up to half of them in the tumor: a place is
    in the tumor if a part of it is. Each place passes through the same projection and layers as
    a slice, so that the task shapes what the target sees. The loss is the sum of the cross-entropy
    and of the Dice loss over the places of a slice (Milletari et al., V-Net, 3DV 2016).
    """

    needs = "masks"
    title = "tumor mask"
    kind: Label = "mask"
    outputs = PLACES
    images: ImageInputs = "places"

    def __init__(self, region: Literal["tumor", "nodes"] = "tumor") -> None:
        self.region = region

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return 1 for each case with a mask, else NaN, (n,)."""
        import numpy as np

        if self.region == "nodes":
            raise UserError(
                "aux task segment:region=nodes needs masks of lymph nodes",
                where=f"cohort {cohort.name}",
                expected="region=tumor",
                got="a cohort file, which has masks of tumors only",
            )
        measures = measure_masks(cohort, "segment")
        return np.where([measure.volume_mm3 > 0 for measure in measures], 1.0, np.nan)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a note on cases without a mask."""
        import numpy as np

        missing = int(np.isnan(self.targets(cohort)).sum())
        return (f"aux segment: {missing} of {len(cohort)} masks are empty",) if missing else ()

    def examples(self, images: EncodedImages) -> Examples:
        """Return each slice with some tumor as an example; each of its places is a bag."""
        import numpy as np

        slices = np.flatnonzero((images.tumor > 0).any(1))
        case = np.searchsorted(images.offsets, slices, side="right") - 1
        return Examples(
            case=case,
            rows=images.places[slices][..., None],
            targets=(images.tumor[slices] > 0).astype(np.float64),
        )

    def head(self, features: int) -> nn.Module:
        """Return one linear unit for all places, (n, 8, features) to (n, 8)."""
        from torch import nn

        return nn.Sequential(nn.Linear(features, 1), nn.Flatten(1))

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return cross-entropy and Dice loss of each case, (…, n).

        Parameters
        ----------
        logits
            (…, n, places).
        targets
            1 for a place in the tumor, else 0, (…, n, places).
        """
        from torch.nn import functional

        targets = targets.expand_as(logits)
        entropy = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
        inside = logits.sigmoid()
        overlap = 2 * (inside * targets).sum(-1) + _SMOOTH
        dice = overlap / (inside.sum(-1) + targets.sum(-1) + _SMOOTH)
        return entropy.mean(-1) + 1 - dice

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability that a place is in the tumor, (…, n, places)."""
        return logits.sigmoid()
