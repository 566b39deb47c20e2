"""Features of cases other than those of images, on a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.stacked.dropout import apply_dropout

if TYPE_CHECKING:
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.stacked.dropout import DropoutMask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseFeatures:
    """The features of B cases of k fits other than those of images.

    Parameters
    ----------
    clinical
        Clinical features (k, B, C).
    modalities
        Features (k, B, W) of each other modality, 0 for cases without it.
    present
        Whether a case has each of them, float (k, B, modalities); in a network with images, whether
        it has images follows.
    all_droppable
        Whether dropout may omit all modalities of a case: other inputs remain, the clinical
        features, or the body of a network without images.
    """

    clinical: Tensor
    present: Tensor
    modalities: tuple[Tensor, ...] = ()
    all_droppable: bool = True

    def join(self) -> Tensor:
        """Return all features side by side, (k, B, C + …)."""
        if not self.modalities:
            return self.clinical
        return torch.cat([self.clinical, *self.modalities], dim=2)

    def draw_shares(self, mask: DropoutMask) -> Tensor:
        """Return the factor on each modality of a case, in the order of `present`.

        It is 0 for a modality that the case lacks or that dropout omits; of the others it is such
        that the expectation over dropout is 1. Without `all_droppable`, a case keeps its modalities
        if dropout would omit all.

        Parameters
        ----------
        mask
            The dropout of a step; an empty one in evaluation.
        """
        factors = mask.take(self.present.shape[2])
        shares = apply_dropout(self.present, factors)
        if factors is None or self.all_droppable:
            return shares
        rate = mask.rates  # (k, 1, 1)
        probability = 1 - rate + rate ** self.present.sum(2, keepdim=True)  # (k, B, 1)
        any_remains = (shares > 0).any(2, keepdim=True)
        return torch.where(any_remains, shares * (1 - rate), self.present) / probability


class TableFeatures:
    """The features of all cases of all fits other than those of images.

    Parameters
    ----------
    fits
        The fits, with their features.
    device
        The device of the features.
    has_images
        Whether each case has images, bool (n,); None for networks without images.
    """

    def __init__(self, fits: Fits, device: torch.device, has_images: Tensor | None = None) -> None:
        self._clinical = fits.clinical.float().to(device)
        self._modalities = [each.features.float().to(device) for each in fits.modalities]
        present = [each.present for each in fits.modalities]
        present += [] if has_images is None else [has_images]
        shape = (fits.training.shape[1], len(present))
        self._all_droppable = has_images is None or self._clinical.shape[2] > 0
        stacked = torch.stack(present, dim=1) if present else torch.empty(shape)
        self._present = stacked.float().to(device)  # (n, modalities)

    @property
    def droppable(self) -> int:
        """Return the number of modalities that dropout may omit: 0 for images alone."""
        alone = not self._modalities and not self._clinical.shape[2]
        return 0 if alone else self._present.shape[1]

    def select(self, fits: Tensor, cases: Tensor) -> CaseFeatures:
        """Return the features of some cases.

        Parameters
        ----------
        fits
            The k fits, (k,).
        cases
            The cases of each fit, (k, B).
        """
        index = fits.unsqueeze(1), cases
        clinical = self._clinical[index]  # (k, B, C)
        present = self._present[cases]  # (k, B, modalities)
        modalities = tuple(
            each[index] * present[:, :, position, None]  # (k, B, W)
            for position, each in enumerate(self._modalities)
        )
        return CaseFeatures(
            clinical=clinical,
            modalities=modalities,
            present=present,
            all_droppable=self._all_droppable,
        )
