"""Standardization of slice features, for each fit by its own training cases.

This module determines the cases from which each number is computed, to prevent leakage.
Each fit standardizes every feature with the mean and deviation over the slices of its own training
cases, and with nothing else. Before that, all slices are shifted and scaled once for all fits; that
serves float32 alone (features of a frozen network have offsets far larger than their spread) and
cancels exactly in each fit's standardization, so no fit learns anything from it.
"""

from __future__ import annotations

import torch
from torch import Tensor

# A feature that varies less than this share of its size is constant up to the noise of float32.
_CONSTANT = 1e-5
# So many slices locate a feature well enough; one extreme case does not move a median.
_SAMPLE = 64


class SliceFeatures:
    """Features of all slices on a device, shifted and scaled once for all stacks of fits.

    Parameters
    ----------
    slices
        Features (S, D), case after case.
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, (n + 1,).
    device
        The device of `values`, (S, D) in float32.
    """

    def __init__(self, slices: Tensor, offsets: Tensor, device: torch.device) -> None:
        sample = slices[:: max(1, len(slices) // _SAMPLE)]
        center = sample.median(0).values.double()
        values = slices.double() - center
        spread = values.square().mean(0).sqrt()
        spread[spread == 0] = 1.0
        values /= spread
        self._moments = FeatureMoments(values, offsets, center=center / spread)
        self.values = values.float().to(device)

    def standardization(self, training: Tensor) -> tuple[Tensor, Tensor]:
        """Return each fit's mean and inverse deviation of `values`.

        Parameters
        ----------
        training
            The training cases of each fit, bool (K, n).

        Returns
        -------
        tuple[Tensor, Tensor]
            Mean and inverse deviation, (K, D) each, float32, on the device of `values`.
        """
        mean, gain = self._moments.standardization(training)
        return mean.to(self.values), gain.to(self.values)


class FeatureMoments:
    """Sums over each case's slices, from which any fit's mean and deviation follow.

    Parameters
    ----------
    values
        Features (S, D) in float64.
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, (n + 1,).
    center
        What was subtracted from the features, in units of the values, (D,).
    """

    def __init__(self, values: Tensor, offsets: Tensor, *, center: Tensor) -> None:
        case = torch.repeat_interleave(torch.arange(len(offsets) - 1), offsets.diff())
        self._sums, self._squares = torch.zeros(
            2, len(offsets) - 1, values.shape[1], dtype=torch.float64
        )
        self._sums.index_add_(0, case, values)
        self._squares.index_add_(0, case, values.square())
        self._slices, self._center = offsets.diff().double(), center

    def standardization(self, training: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and inverse deviation over the slices of each fit's training cases.

        Parameters
        ----------
        training
            The training cases of each fit, bool (K, n).

        Returns
        -------
        tuple[Tensor, Tensor]
            Mean and inverse deviation, (K, D) each, float32. The inverse deviation of a feature
            that is constant over these slices is 0.
        """
        chosen = training.double()
        slices = (chosen @ self._slices)[:, None]  # (K, 1)
        mean = (chosen @ self._sums) / slices
        deviation = ((chosen @ self._squares) / slices - mean.square()).clamp(min=0).sqrt()
        constant = deviation <= _CONSTANT * torch.hypot(mean + self._center, deviation)
        return mean.float(), torch.where(constant, 0.0, 1.0 / deviation).float()
