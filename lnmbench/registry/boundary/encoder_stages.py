"""Stages of an encoder behind its boundary; importing this module imports torch."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from lnmbench.nets.encoder.guarded_stages import GuardedStages
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.tensors import require_finite, runs_out_of_memory
from lnmbench.registry.boundary.values import Unexpected, describe

_TOLERANCE = 1e-3


class BoundaryOfStages:
    """The boundary around calls of encoder stages.

    Frozen stages are called twice for one input, once, to find out whether their features are
    random.
    """

    def __init__(self, boundary: Boundary) -> None:
        self._boundary, self._tried = replace(boundary, passes=runs_out_of_memory), False

    def __call__(
        self, run: nn.Module, inputs: Tensor, *, width: int | None, frozen: bool
    ) -> Tensor:
        """Return what the stages return for the inputs.

        Parameters
        ----------
        run, inputs, width, frozen
            As in `lnmbench.nets.encoder.guarded_stages.StageGuard`.
        """
        check = partial(_require_output, count=len(inputs), width=width, finite=frozen)
        output = self._boundary.call("stages", check, run, inputs)
        if frozen and not self._tried:
            self._tried = True
            check = partial(check, count=1)
            first, second = (
                self._boundary.call("stages", check, run, inputs[:1]) for _ in range(2)
            )
            if not torch.allclose(first, second, rtol=_TOLERANCE, atol=_TOLERANCE):
                raise self._boundary.refuse(
                    "stages",
                    expected="the same features for the same slice",
                    got="others in every call",
                )
        return output


def require_stages(value: object, *, boundary: Boundary, width: int | None) -> GuardedStages:
    """Return the stages of an encoder in eval mode, behind its boundary.

    Parameters
    ----------
    value
        Any value.
    boundary
        The boundary of the encoder.
    width
        The number of features, None for an encoder without images.
    """
    if not isinstance(value, nn.Sequential):
        raise Unexpected("a torch.nn.Sequential", describe(value))
    if width is not None and not len(value):
        raise Unexpected("at least one stage", "none")
    stages = OrderedDict(value.named_children())
    guarded = GuardedStages(stages, BoundaryOfStages(boundary), width)
    return guarded.eval()


def _require_output(value: object, *, count: int, width: int | None, finite: bool) -> Tensor:
    if not isinstance(value, Tensor):
        raise Unexpected("a tensor", describe(value))
    if width is not None and tuple(value.shape) != (count, width):
        raise Unexpected(f"features of shape ({count}, {width})", f"shape {tuple(value.shape)}")
    if not value.dim() or len(value) != count:
        raise Unexpected(f"one row for each of {count} inputs", f"shape {tuple(value.shape)}")
    if not value.is_floating_point():
        raise Unexpected("floating-point numbers", str(value.dtype))
    return require_finite(value) if finite else value
