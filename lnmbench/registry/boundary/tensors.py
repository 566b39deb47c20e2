"""Checks of tensors that plugins return; importing this module imports torch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lnmbench.nets.device import is_out_of_memory
from lnmbench.registry.boundary.values import (
    SLACK,
    SUM_SLACK,
    Unexpected,
    describe,
    require_shape,
)


def runs_out_of_memory(error: BaseException) -> bool:
    """Return whether memory ran out: the trainer tries again with fewer fits."""
    return isinstance(error, MemoryError | RuntimeError) and is_out_of_memory(error)


def require_tensor(value: object, *, shape: Sequence[int | None], like: Tensor) -> Tensor:
    """Return a tensor of floating-point numbers on the device of another one.

    Parameters
    ----------
    value
        Any value.
    shape
        The length of each axis, None for any.
    like
        The tensor whose device it must have.
    """
    if not isinstance(value, Tensor):
        raise Unexpected("a tensor", describe(value))
    require_shape(value.shape, shape)
    if not value.is_floating_point():
        raise Unexpected("floating-point numbers", str(value.dtype))
    if value.device != like.device:
        raise Unexpected(f"a tensor on {like.device}", f"one on {value.device}")
    return value


def require_finite(value: Tensor) -> Tensor:
    """Return a tensor whose numbers are finite."""
    wrong = value[~torch.isfinite(value)]
    if len(wrong):
        raise Unexpected("finite numbers", f"{len(wrong)} of {value.numel()}: {wrong[0].item():g}")
    return value


def require_gradient(value: Tensor, source: Tensor) -> Tensor:
    """Return a tensor that depends on another one, with finite gradients.

    Parameters
    ----------
    value
        The tensor.
    source
        A leaf of autograd.
    """
    if not value.requires_grad:
        raise Unexpected("a value that depends on its input", "a constant (no gradient)")
    (gradient,) = torch.autograd.grad(value.sum(), source, allow_unused=True)
    if gradient is None:
        raise Unexpected("a value that depends on its input", "a constant (no gradient)")
    if not bool(torch.isfinite(gradient).all()):
        raise Unexpected("finite gradients", "NaN or infinite ones")
    return value


def require_predictions(value: Tensor, logits: Tensor) -> Tensor:
    """Return predictions, which are finite for those cases whose logits are finite.

    Parameters
    ----------
    value
        (…, n, outputs).
    logits
        The logits of the same shape; those of a fit that diverged may be NaN.
    """
    require_finite(value[torch.isfinite(logits).all(-1)])
    return value


def require_probabilities(value: Tensor, logits: Tensor, *, sums: bool) -> Tensor:
    """Return probabilities of those cases whose logits are finite.

    Parameters
    ----------
    value
        (…, n, outputs).
    logits
        The logits of the same shape; those of a fit that diverged may be NaN.
    sums
        Whether the probabilities of a case add up to 1.
    """
    predicted = require_predictions(value, logits)[torch.isfinite(logits).all(-1)]
    outside = predicted[(predicted < -SLACK) | (predicted > 1 + SLACK)]
    if len(outside):
        raise Unexpected("probabilities from 0 to 1", f"{outside[0].item():g}")
    totals = predicted.sum(-1)
    wrong = totals[(totals - 1).abs() > SUM_SLACK]
    if sums and len(wrong):
        raise Unexpected("probabilities that add up to 1", f"a sum of {wrong[0].item():g}")
    return value
