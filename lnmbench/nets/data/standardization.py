"""Standardization of slice features, for each fit by its own training cases.

This module determines the cases from which each number is computed, to prevent leakage.
Each fit standardizes every feature with the mean and deviation over the slices of its own training
cases, and with nothing else. Before that, all slices are shifted and scaled once for all fits; that
serves float32 alone (features of a frozen network have offsets far larger than their spread) and
cancels exactly in each fit's standardization, so no fit learns anything from it.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

# A feature that varies less than this share of its size is constant up to the noise of float32.
_CONSTANT = 1e-5
# So many slices locate a feature well enough; one extreme case does not move a median.
_SAMPLE = 64
# Numbers of a block of slices that is computed at once: on a CPU it stays in the cache of a core.
_CPU_BLOCK, _GPU_BLOCK = 1 << 17, 1 << 24


def split_cases(
    offsets: Tensor, dim: int, *, on_cpu: bool = True
) -> Iterator[tuple[slice, slice, Tensor]]:
    """Yield blocks of cases: their numbers, their rows, and the case of each row in its block.

    Parameters
    ----------
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, (n + 1,), on the CPU.
    dim
        The number of features of a slice.
    on_cpu
        Whether the block is computed on a CPU.
    """
    most = max(1, (_CPU_BLOCK if on_cpu else _GPU_BLOCK) // dim)
    starts, first, n = offsets.tolist(), 0, len(offsets) - 1
    while first < n:
        last = first + 1
        while last < n and starts[last + 1] - starts[first] <= most:
            last += 1
        counts = offsets[first : last + 1].diff()
        case = torch.repeat_interleave(torch.arange(last - first), counts)
        yield slice(first, last), slice(starts[first], starts[last]), case
        first = last


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
    key
        The name of the features, by which what is computed from them is shared; empty for none.
    """

    def __init__(
        self, slices: Tensor, offsets: Tensor, device: torch.device, *, key: str = ""
    ) -> None:
        self.offsets, self.key = offsets, key
        sample = slices[:: max(1, len(slices) // _SAMPLE)]
        center = sample.median(0).values.double()
        blocks = list(split_cases(offsets, slices.shape[1]))
        squares = torch.zeros_like(center)
        for _, rows, _ in blocks:
            squares += (slices[rows].double() - center).square_().sum(0)
        spread = (squares / len(slices)).sqrt()
        spread[spread == 0] = 1.0
        values = torch.empty_like(slices, dtype=torch.float32)
        self._moments = FeatureMoments(offsets, center=center / spread)
        for cases, rows, case in blocks:
            scaled = (slices[rows].double() - center) / spread
            self._moments.add(cases, case, scaled)
            values[rows] = scaled
        self.values = values.to(device)

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
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, (n + 1,).
    center
        What was subtracted from the features, in units of the values, (D,).
    """

    def __init__(self, offsets: Tensor, *, center: Tensor) -> None:
        shape = (2, len(offsets) - 1, len(center))
        self._sums, self._squares = torch.zeros(shape, dtype=torch.float64)
        self._slices, self._center = offsets.diff().double(), center

    def add(self, cases: slice, case: Tensor, values: Tensor) -> None:
        """Add the slices of some cases.

        Parameters
        ----------
        cases
            Their numbers.
        case
            The case of each slice, counted from the first of them, (S,).
        values
            Features (S, D) in float64.
        """
        self._sums[cases].index_add_(0, case, values)
        self._squares[cases].index_add_(0, case, values.square())

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
            that is constant over these slices is 0, and so it is without slices.
        """
        chosen = training.double()
        slices = (chosen @ self._slices)[:, None].clamp(min=1)  # (K, 1)
        mean = (chosen @ self._sums) / slices
        deviation = ((chosen @ self._squares) / slices - mean.square()).clamp(min=0).sqrt()
        constant = deviation <= _CONSTANT * torch.hypot(mean + self._center, deviation)
        return mean.float(), torch.where(constant, 0.0, 1.0 / deviation).float()
