"""Examples of auxiliary tasks that learn from images, for the cases of each fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lnmbench.nets.rng import seeded_generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lnmbench.records import Examples

_STREAM = "examples"
_CONSTANT = 1e-6


class ExampleSet:
    """The examples of some auxiliary tasks, and the rows of all cases and bags.

    List i of rows is `rows[offsets[i]:offsets[i + 1]]`: the slices of case i for i < n, and then
    the bags of all examples.

    Parameters
    ----------
    tasks
        The examples of each task, at least one task.
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, (n + 1,).
    seeds
        The seed of each fit.
    """

    def __init__(self, tasks: Sequence[Examples], offsets: Tensor, seeds: Sequence[int]) -> None:
        n = len(offsets) - 1
        self._streams = [seeded_generator(seed, _STREAM) for seed in seeds]
        self._bags = [task.bags for task in tasks]
        self._orders, self._first, self._counts, self._first_bag = [], [], [], []
        lengths, rows = [offsets.diff()], [torch.arange(int(offsets[-1]))]
        bags = n
        for task in tasks:
            case = torch.from_numpy(task.case)
            counts = torch.bincount(case, minlength=n)
            self._orders.append(torch.argsort(case, stable=True))
            self._counts.append(counts)
            self._first.append(counts.cumsum(0) - counts)
            self._first_bag.append(bags)
            bag_rows = torch.from_numpy(task.rows).flatten(0, 1)  # (E · bags, longest)
            present = bag_rows >= 0
            lengths.append(present.sum(1))
            rows.append(bag_rows[present])
            bags += len(bag_rows)
        self.offsets = torch.cat([offsets[:1], torch.cat(lengths).cumsum(0)])
        self.rows = torch.cat(rows)
        self._fixed = self._choose(torch.arange(n).expand(len(tasks), n))

    @property
    def bags_of_case(self) -> int:
        """Return the number of bags of all tasks that a case has in a batch."""
        return sum(self._bags)

    def draw(self, fits: Sequence[int]) -> list[Tensor]:
        """Return a random example of each task and case, for each fit (tasks, n); -1 for none.

        Parameters
        ----------
        fits
            The indices of the fits, each of which has a random stream of its own.
        """
        return [
            self._choose(torch.randint(1 << 40, self._fixed.shape, generator=self._streams[fit]))
            for fit in fits
        ]

    def evaluated(self, fits: Sequence[int]) -> list[Tensor]:
        """Return the example by which each case is evaluated, for each fit (tasks, n)."""
        return [self._fixed for _ in fits]

    def bag_lists(self, examples: Tensor) -> Tensor:
        """Return the lists of the bags of some examples, -1 for none.

        Parameters
        ----------
        examples
            The examples of each task, (tasks, K, B); -1 for none.

        Returns
        -------
        Tensor
            (K, B · bags_of_case): for each case the bags of the first task, then of the others.
        """
        lists = []
        for task, chosen in enumerate(examples):
            bags = self._bags[task]
            bag = self._first_bag[task] + chosen.unsqueeze(2) * bags + torch.arange(bags)
            lists.append(torch.where(chosen.unsqueeze(2) >= 0, bag, -1))  # (K, B, bags)
        return torch.cat(lists, 2).flatten(1)  # (K, B · bags_of_case)

    def _choose(self, numbers: Tensor) -> Tensor:
        """Return the example that each number chooses among those of its case, (tasks, n)."""
        chosen = []
        for task, order in enumerate(self._orders):
            counts = self._counts[task]
            place = self._first[task] + numbers[task] % counts.clamp(min=1)
            known = torch.full_like(place, -1)
            known[counts > 0] = order[place[counts > 0]]
            chosen.append(known)
        return torch.stack(chosen)


class TargetScale:
    """The mean and deviation of continuous targets over the training cases of each fit.

    Parameters
    ----------
    targets
        The targets, (E, …), NaN if unknown.
    training
        Whether each fit trains on each of them, bool (K, E).
    device
        The device of the targets that are scaled.
    """

    def __init__(self, targets: Tensor, training: Tensor, device: torch.device) -> None:
        flat = targets.reshape(len(targets), -1).double()  # (E, size)
        known = ~torch.isnan(flat).any(1)
        weights = training[:, known].double()  # (K, known)
        values = flat[known]
        counts = weights.sum(1, keepdim=True).clamp(min=1)  # (K, 1)
        center = values.mean(0) if len(values) else torch.zeros(flat.shape[1])
        means = weights @ (values - center) / counts  # (K, size)
        squares = weights @ (values - center).square() / counts
        spread = (squares - means.square()).clamp(min=0).sqrt()
        spread = torch.where(spread > _CONSTANT * (means + center).abs(), spread, 1.0)
        shape = (len(training), *targets.shape[1:])
        self._mean = (means + center).view(shape).float().to(device)
        self._deviation = spread.view(shape).float().to(device)

    def standardize(self, fits: Tensor, targets: Tensor) -> Tensor:
        """Return standardized targets (k, B, …).

        Parameters
        ----------
        fits
            The fits, (k,).
        targets
            Targets (k, B, …).
        """
        return (targets - self._mean[fits].unsqueeze(1)) / self._deviation[fits].unsqueeze(1)

    def restore(self, fits: Tensor, predicted: Tensor) -> Tensor:
        """Return predictions in the units of the targets, (k, B, outputs).

        Parameters
        ----------
        fits
            The fits, (k,).
        predicted
            Predictions of standardized targets, (k, B, outputs).
        """
        mean, deviation = (
            values[fits].reshape(len(fits), 1, -1) for values in (self._mean, self._deviation)
        )  # (k, 1, size)
        return predicted * deviation + mean


class ExampleTargets:
    """The targets of a task's examples.

    Parameters
    ----------
    examples
        The examples.
    device
        The device of the targets.
    """

    def __init__(self, examples: Examples, device: torch.device) -> None:
        self._targets = torch.from_numpy(examples.targets).float().to(device)  # (E, …)

    def select(self, examples: Tensor) -> Tensor:
        """Return the targets of examples (k, B, …); 0 without an example.

        Parameters
        ----------
        examples
            The examples, (k, B); -1 for none.
        """
        targets = self._targets[examples.clamp(min=0)]  # (k, B, …)
        known = (examples >= 0).view(*examples.shape, *[1] * (targets.dim() - 2))
        return torch.where(known, targets, 0.0)

    def flatten(self, examples: Tensor) -> Tensor:
        """Return the targets of examples (k, B) in one row each, (k, B, size)."""
        return self._targets[examples.clamp(min=0)].reshape(*examples.shape, -1)

    @property
    def size(self) -> int:
        """Return the number of elements of a target."""
        return int(np.prod(self._targets.shape[1:]))
