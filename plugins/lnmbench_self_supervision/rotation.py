"""Rotation of the slices of a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench import Cohort
from lnmbench.records import EncodedImages, Examples, ImageInputs, Label
from lnmbench_self_supervision.cases import find_cases

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


class Rotation:
    """Tell by how many quarter turns all slices of a case are turned (Gidaris et al., ICLR 2018).

    The turned slices are encoded once, by the frozen encoder.
    """

    needs = "images"
    title = "rotation by 0, 90, 180 or 270 degrees"
    kind: Label = "nominal"
    outputs = 4
    images: ImageInputs = "rotations"

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return 1 for each case, (n,)."""
        return find_cases(cohort, 1)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return no notes."""
        return ()

    def examples(self, images: EncodedImages) -> Examples:
        """Return four examples of each case: its slices, turned alike."""
        import numpy as np

        counts = np.diff(images.offsets)
        rows = np.full((len(images), self.outputs, 1, int(counts.max())), -1)
        for case, count in enumerate(counts):
            slices = images.rotations[images.offsets[case] : images.offsets[case + 1]]
            rows[case, :, 0, :count] = slices.T
        return Examples(
            case=np.repeat(np.arange(len(images)), self.outputs),
            rows=rows.reshape(-1, *rows.shape[2:]),
            targets=np.tile(np.arange(self.outputs), len(images)).astype(np.float64),
        )

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the cross-entropy of each case, (…, n).

        Parameters
        ----------
        logits
            (…, n, 4).
        targets
            Numbers of quarter turns, (…, n).
        """
        chosen = targets.long().unsqueeze(-1)
        return -logits.log_softmax(-1).gather(-1, chosen).squeeze(-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of each rotation, (…, n, 4)."""
        return logits.softmax(-1)
