"""Calls of one network with the parameters of one fit or another."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from lnmbench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from lnmbench.records import Training

PREFIX = "trainable_encoder."
"""What the names of the parameters begin with in the flat buffer."""


class Copies:
    """Copies of a network that share its structure; their parameters are rows of a flat buffer.

    With batch normalization `frozen` everything runs as in eval mode. Else batch normalizations
    alone run as in training: dropout and dropped layers would draw from a generator that fits
    share. In bfloat16 parameters stay in float32, and losses need no scaling, for it has the range
    of float32.
    """

    def __init__(self, network: nn.Module, settings: Training, device: torch.device) -> None:
        # a call puts parameters into the network, which stacks in other threads must not see
        self._network = copy.deepcopy(network).eval().to(device)
        self._norms = [m for m in self._network.modules() if isinstance(m, _BatchNorm)]
        self._names = [name for name, _ in network.named_parameters()]
        self._statistics = list(statistics(network)) if settings.batch_norm == "batch" else []
        self._settings, self._device = settings, device
        self._run: Callable[[dict[str, Tensor], Tensor], Tensor] = self._eager
        if settings.compile:
            self._run = torch.compile(self._eager)

    @property
    def whole(self) -> bool:
        """Whether all slices of a batch must be in one call, as each depends on the others."""
        return bool(self._statistics)

    def leaves(self, values: Mapping[str, Tensor], row: int) -> dict[str, Tensor]:
        """Return the parameters of the fit in a row, as leaves for autograd."""
        return {name: values[PREFIX + name].detach()[row].requires_grad_() for name in self._names}

    def statistics(self, values: Mapping[str, Tensor], row: int) -> dict[str, Tensor]:
        """Return the running statistics of the fit in a row; calls in training move them."""
        # not `detach`: autograd would take a change of statistics for one of the parameters
        return {name: values[PREFIX + name].data[row] for name in self._statistics}

    def __call__(
        self,
        leaves: Mapping[str, Tensor],
        statistics: Mapping[str, Tensor],
        maps: Tensor,
        *,
        training: bool,
    ) -> Tensor:
        """Return the features (m, D) of maps (m, …), in float32."""
        for norm in self._norms:
            norm.train(training and self.whole)
        try:
            with self._precision():
                return self._run({**leaves, **statistics}, maps).float()
        except ValueError as error:
            if "more than 1 value per channel" not in str(error):
                raise
            raise UserError(
                "batch_norm=batch finds one value a channel in a batch: it has no statistics",
                expected="more slices in a batch, or larger maps",
                then="use batch_norm=frozen, a larger batch_size, or train from earlier on",
            ) from error

    def _precision(self) -> AbstractContextManager[object]:
        if self._settings.precision != "bfloat16":
            return nullcontext()
        return torch.autocast(self._device.type, torch.bfloat16)

    def _eager(self, given: dict[str, Tensor], maps: Tensor) -> Tensor:
        made: Tensor = torch.func.functional_call(self._network, given, (maps,))
        return made

    def require_compiler(self, maps: Tensor) -> None:
        """Raise `UserError` where the network is to be compiled and cannot."""
        if not self._settings.compile:
            return
        given = dict(self._network.named_parameters())
        try:
            with torch.no_grad():
                self(given, {}, maps, training=False)
        except Exception as error:  # what is wrong has as many types as there are backends
            raise UserError(
                "the encoder cannot be compiled here",
                got=(str(error) or type(error).__name__).splitlines()[0][:120],
                then="leave the training setting compile out",
            ) from error

    def bytes_remembered(self, maps: Tensor) -> int:
        """Return how much a call remembers of each slice for its gradients, given one (1, …)."""
        return self._remembered(torch.cat([maps, maps])) - self._remembered(maps)

    def _remembered(self, maps: Tensor) -> int:
        sizes: dict[int, int] = {}

        def kept(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            sizes[storage.data_ptr()] = storage.nbytes()
            return tensor

        hooks = torch.autograd.graph.saved_tensors_hooks(kept, lambda tensor: tensor)
        with torch.enable_grad(), hooks, self._precision():
            self._network(maps)
        return sum(sizes.values())


def statistics(network: nn.Module) -> dict[str, Tensor]:
    """Return the running means and variances of all batch normalizations by name."""
    return {
        f"{path}.{name}" if path else name: own
        for path, module in network.named_modules()
        if isinstance(module, _BatchNorm)
        for name, own in module.named_buffers(recurse=False)
        if name in ("running_mean", "running_var")
    }
