"""Gradient caching: forward passes of the trained stages within a memory limit.

The history of all calls of a step may need more memory than there is. So the first calls keep
theirs, and the others are repeated when the gradients are computed. That changes no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.data.augmentation import augment
from lnmbench.nets.encoder.functional import PREFIX, FunctionalNetwork

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lnmbench.nets.encoder.activations import ActivationStore
    from lnmbench.nets.stacked.active_fits import StackState

# Bytes that a call may save on a CPU and elsewhere, and the most slices of a call.
_CALL_BYTES_ON_CPU, _CALL_BYTES, _CALL_SLICES = 1 << 29, 1 << 32, 256
# The share of the memory that histories of a step may fill.
_HISTORY_SHARE = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Call:
    """Some slices of one fit; `features` have a history, or are None if it was not kept."""

    slices: Tensor
    draws: Tensor | None
    leaves: Mapping[str, Tensor]
    features: Tensor | None


class CachedEncoder:
    """The trained stages of an encoder, called for one fit after the other.

    Parameters
    ----------
    network
        The trained stages.
    activations
        Their inputs.
    augmentations
        The kinds of random changes of the inputs in training.
    memory_bytes
        The memory that the stack may fill on the device.
    device
        The device of the network.
    """

    def __init__(
        self,
        network: FunctionalNetwork,
        activations: ActivationStore,
        augmentations: frozenset[str],
        *,
        memory_bytes: int,
        device: torch.device,
    ) -> None:
        self._network, self._activations = network, activations
        self._augmentations = augmentations
        sample = activations(torch.zeros(1, dtype=torch.int64))
        network.require_compiler(sample)
        self.slice_bytes = max(1, network.saved_bytes(sample))
        self._call_slices = _slices_per_call(self.slice_bytes, device, memory_bytes)
        self._history_slices = memory_bytes // _HISTORY_SHARE // self.slice_bytes
        self._calls: dict[int, list[_Call]] = {}
        self._training, self._slices_left = False, 0

    def start_step(self, *, training: bool) -> None:
        """Discard the calls of the last step."""
        self._calls, self._training = {}, training
        self._slices_left = self._history_slices if training else 0

    def forward(self, state: StackState, row: int, slices: Tensor, draws: Tensor | None) -> Tensor:
        """Return features (m, D) without a history.

        Parameters
        ----------
        state
            The parameters of the fits.
        row
            The row of one of them.
        slices
            The rows of its slices among the activations, (m,).
        draws
            Random numbers of their augmentation, (m, 6); None for no change.
        """
        network, training = self._network, self._training
        calls: list[_Call] = []
        features: list[Tensor] = []
        leaves, statistics = network.leaves(state, row), network.statistics(state, row)
        whole = training and network.needs_whole_batch
        slices_left = self._slices_left
        size = len(slices) if whole else self._call_slices
        for start in range(0, len(slices), size):
            part = slices[start : start + size]
            part_draws = None if draws is None else draws[start : start + size]
            inputs = self._inputs(part, part_draws)
            slices_left -= len(part)
            with torch.set_grad_enabled(slices_left >= 0):
                result = network(leaves, statistics, inputs, training=training)
            features.append(result.detach())
            with_history = None
            if slices_left >= 0:
                with_history, self._slices_left = result, slices_left
            calls.append(_Call(slices=part, draws=part_draws, leaves=leaves, features=with_history))
        if training:
            self._calls[row] = calls
        return torch.cat(features)  # (m, D)

    def backward(self, state: StackState, row: int, d_features: Tensor) -> None:
        """Add the gradients of a fit's parameters to those in the state.

        Parameters
        ----------
        state
            The parameters of the fits, with buffers for the gradients.
        row
            The row of one of them.
        d_features
            The gradients of its features in this step, (m, D).
        """
        calls = self._calls[row]
        parts = torch.split(d_features, [len(call.slices) for call in calls])
        for call, part in zip(calls, parts, strict=True):
            features = call.features
            if features is None:
                features = self._repeat(state, row, call)
            gradients = torch.autograd.grad(
                features, list(call.leaves.values()), part, allow_unused=True
            )
            for name, gradient in zip(call.leaves, gradients, strict=True):
                if gradient is not None:
                    state.gradients[PREFIX + name][row] += gradient

    def _repeat(self, state: StackState, row: int, call: _Call) -> Tensor:
        # the running statistics already include these slices
        statistics = self._network.statistics(state, row)
        copies = {name: values.clone() for name, values in statistics.items()}
        inputs = self._inputs(call.slices, call.draws)
        with torch.enable_grad():
            return self._network(call.leaves, copies, inputs, training=True)

    def _inputs(self, slices: Tensor, draws: Tensor | None) -> Tensor:
        activations = self._activations(slices)
        return activations if draws is None else augment(activations, draws, self._augmentations)


def _slices_per_call(slice_bytes: int, device: torch.device, memory_bytes: int) -> int:
    """Return the slices of a call that saves so many bytes of each: a power of two."""
    limit = _CALL_BYTES_ON_CPU if device.type == "cpu" else _CALL_BYTES
    slices = min(limit, memory_bytes // _HISTORY_SHARE) // slice_bytes
    return min(_CALL_SLICES, 1 << max(0, slices.bit_length() - 1))
