"""Features of cases other than those of images, on a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from lnmbench.nets.fits import Fits


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
        Whether a case has each of them, float (k, B, modalities).
    """

    clinical: Tensor
    present: Tensor
    modalities: tuple[Tensor, ...] = ()

    def join(self) -> Tensor:
        """Return all features side by side, (k, B, C + …)."""
        if not self.modalities:
            return self.clinical
        return torch.cat([self.clinical, *self.modalities], dim=2)


class TableFeatures:
    """The features of all cases of all fits other than those of images.

    Parameters
    ----------
    fits
        The fits, with their features.
    device
        The device of the features.
    """

    def __init__(self, fits: Fits, device: torch.device) -> None:
        self._clinical = fits.clinical.float().to(device)
        self._modalities = [each.features.float().to(device) for each in fits.modalities]
        present = [each.present for each in fits.modalities]
        if present:
            self._present = torch.stack(present, dim=1).float().to(device)  # (n, modalities)

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
        if not self._modalities:
            return CaseFeatures(clinical=clinical, present=clinical[:, :, :0])
        present = self._present[cases]  # (k, B, modalities)
        modalities = tuple(
            each[index] * present[:, :, position, None]  # (k, B, W)
            for position, each in enumerate(self._modalities)
        )
        return CaseFeatures(clinical=clinical, modalities=modalities, present=present)
