"""Contrast of two views of a case with the other cases of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench import Cohort, UserError
from lnmbench.records import EncodedImages, Examples, ImageInputs, Label
from lnmbench_self_supervision.cases import describe_cases, find_cases, pad_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

SPLITS = 8
"""The number of random splits of a case."""
_WIDTH = 8
_EXCLUDED = -1e9


class Contrastive:
    """Find the other half of a case's slices among those of the batch (SimCLR, Chen et al. 2020).

    The views of a case are two random halves of its slices, of different augmented versions if
    the training setting `augment` makes some. A linear head projects their image features; the loss
    is the normalized temperature-scaled cross-entropy among the cases of a fit's batch. The task
    has no label, so that it is not scored.
    """

    needs = "images"
    title = "two halves of a case"
    kind: Label = "multilabel"
    outputs = 2 * _WIDTH
    images: ImageInputs = "slices"

    def __init__(self, temperature: float = 0.5) -> None:
        if not 0.01 <= temperature <= 100:
            raise UserError(
                "wrong value for temperature", expected="0.01 to 100", got=f"{temperature:g}"
            )
        self.temperature = temperature

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return 1 for each case of two or more slices, else NaN, (n,)."""
        return find_cases(cohort, 2)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a note on cases of one slice."""
        return describe_cases("contrastive", cohort, 2)

    def examples(self, images: EncodedImages) -> Examples:
        """Return random halves of the slices of each case; all targets are 1."""
        import numpy as np

        case, bags = [], []
        for number, count in enumerate(np.diff(images.offsets)):
            if count < 2:
                continue
            random = np.random.default_rng(number)
            for _ in range(SPLITS):
                slices = images.offsets[number] + random.permutation(count)
                bags += [slices[: count // 2], slices[count // 2 :]]
                case.append(number)
        rows = pad_rows(bags).reshape(len(case), 2, -1)
        return Examples(case=np.array(case), rows=rows, targets=np.ones((len(case), self.outputs)))

    def head(self, features: int) -> nn.Module:
        """Return a projection of each half, (n, 2, features) to (n, 16)."""
        from torch import nn

        return nn.Sequential(nn.Linear(features, _WIDTH), nn.Flatten(1))

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of each case among the cases with targets of 1, (…, n).

        Parameters
        ----------
        logits
            Projections of both halves, (…, n, 16).
        targets
            (…, n, 16) of 1, or of 0 for a case that is not in the batch.
        """
        import torch

        n = logits.shape[-2]
        halves = logits.view(*logits.shape[:-1], 2, _WIDTH).transpose(-2, -3)  # (…, 2, n, 8)
        views = torch.nn.functional.normalize(halves, dim=-1).flatten(-3, -2)  # (…, 2n, 8)
        similarity = views @ views.transpose(-1, -2) / self.temperature  # (…, 2n, 2n)
        counted = targets[..., 0] > 0  # (…, n)
        both = torch.cat([counted, counted], -1).expand(*logits.shape[:-2], 2 * n)  # (…, 2n)
        excluded = ~both.unsqueeze(-2) | torch.eye(2 * n, dtype=torch.bool, device=logits.device)
        total = similarity.masked_fill(excluded, _EXCLUDED).logsumexp(-1)  # (…, 2n)
        positive = (views[..., :n, :] * views[..., n:, :]).sum(-1) / self.temperature  # (…, n)
        losses = (total[..., :n] + total[..., n:]) / 2 - positive
        return torch.where(counted, losses, 0.0)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the projections in (0, 1), (…, n, 16)."""
        return logits.sigmoid()
