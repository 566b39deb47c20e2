"""Losses of K fits on their batches: one number for each fit and task, never averaged over fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from lnmbench.contracts import AuxTask


def target_losses(logits: Tensor, target: Tensor, counted: Tensor) -> Tensor:
    """Return each fit's binary cross-entropy, summed over its counted cases, (K,).

    That of a case with several outcomes is the mean over those that are known.

    Parameters
    ----------
    logits
        Logits (K, B, m).
    target
        Labels 0 and 1, (K, B) of one outcome, or (K, B, m) with NaN where unknown.
    counted
        Whether a case is in the batch and its target known, bool (K, B).
    """
    if target.dim() == logits.dim():
        return (_mean_over_known(logits, target) * counted).sum(1)
    risk = logits.squeeze(-1)  # (K, B)
    losses = functional.binary_cross_entropy_with_logits(risk, target, reduction="none")
    return (losses * counted).sum(1)


def _mean_over_known(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy over the known labels of each case, (K, B); 0 without one."""
    known = ~torch.isnan(labels)
    losses = functional.binary_cross_entropy_with_logits(
        logits, torch.where(known, labels, 0.0), reduction="none"
    )
    return (losses * known).sum(-1) / known.sum(-1).clamp(min=1)


def split_known_labels(targets: Tensor, *, partial: bool = False) -> tuple[Tensor, Tensor]:
    """Return labels without unknown cases, and whether the labels of a case are known.

    Parameters
    ----------
    targets
        Labels (n, …), NaN if unknown.
    partial
        Whether one known element makes a case known; otherwise all of them must be known.

    Returns
    -------
    tuple[Tensor, Tensor]
        Labels (n, …) with 0 for NaN, which stays in cases that are known in part; bool (n,).
    """
    unknown = torch.isnan(targets)
    by_case = unknown.reshape(len(targets), -1)  # (n, elements)
    known = ~(by_case.all(1) if partial else by_case.any(1))  # (n,)
    is_known = known.view(-1, *[1] * (targets.dim() - 1))  # (n, …)
    return torch.where(unknown & ~is_known, 0.0, targets), known


def aux_losses(task: AuxTask, logits: Tensor, labels: Tensor, counted: Tensor) -> Tensor:
    """Return each fit's mean loss of an auxiliary task over its counted cases, (K,).

    Parameters
    ----------
    task
        The auxiliary task.
    logits
        Logits (K, B, outputs).
    labels
        Labels (K, B, …), from `split_known_labels`.
    counted
        Whether a case is in the batch and its label known, bool (K, B).

    Returns
    -------
    Tensor
        (K,), 0 for a fit without counted cases.

    Raises
    ------
    ValueError
        If the task does not return one loss for each case.
    """
    losses = task.loss(logits, labels)
    if losses.shape != counted.shape:
        shapes = f"{tuple(losses.shape)} for {tuple(counted.shape)} cases"
        raise ValueError(f"auxiliary task {task.title!r} returns losses of shape {shapes}")
    return torch.where(counted, losses, 0.0).sum(1) / counted.sum(1).clamp(min=1)


def divide_by_counts(sums: Tensor, counts: Tensor) -> Tensor:
    """Return means from sums over cases.

    Parameters
    ----------
    sums
        Sum over the cases of each fit, (K,).
    counts
        The number of cases of each fit, (K,).

    Returns
    -------
    Tensor
        (K,), 0 for a fit without cases.
    """
    return sums / counts.clamp(min=1)
