"""The losses of K fits on their batches: a number for each fit and task, never mixed over fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lnmbench.contracts import AuxTask


def target_losses(logits: Tensor, target: Tensor, present: Tensor) -> Tensor:
    """Return (K,), the binary cross-entropy summed over the cases present, for logits (K, B, 1)."""
    losses = functional.binary_cross_entropy_with_logits(
        logits.squeeze(-1), target, reduction="none"
    )
    return (losses * present).sum(1)


def known_labels(targets: Tensor) -> tuple[Tensor, Tensor]:
    """Return labels (n, …) with zeros for unknown ones, and which cases' labels are known (n,)."""
    unknown = torch.isnan(targets)
    known = ~unknown.reshape(len(targets), -1).any(1)
    return torch.where(unknown, 0.0, targets), known


def aux_losses(task: AuxTask, logits: Tensor, labels: Tensor, counted: Tensor) -> Tensor:
    """Return (K,): each fit's mean loss over the cases that are counted, 0 where there are none.

    `logits` is (K, B, outputs), `labels` (K, B, …), `counted` bool (K, B): present and known.
    Raises `ValueError` where the task does not return one loss for each case.
    """
    losses = task.loss(logits, labels)
    if losses.shape != counted.shape:
        shapes = f"{tuple(losses.shape)} for {tuple(counted.shape)} cases"
        raise ValueError(f"auxiliary task {task.title!r} returns losses of shape {shapes}")
    return torch.where(counted, losses, 0.0).sum(1) / counted.sum(1).clamp(min=1)


def mean_of(sums: Tensor, counts: Sequence[int]) -> Tensor:
    """Return (K,), sums over cases divided by their number; 0 where there are none."""
    return sums / torch.as_tensor(counts, device=sums.device).clamp(min=1)
