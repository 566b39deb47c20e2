"""Calls of one network with the parameters of one fit or another."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from lnmbench.errors import UserError
from lnmbench.nets.stacked.parameters import Parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from lnmbench.nets.stacked.active_fits import StackState
    from lnmbench.records import Training

PREFIX = "trainable_encoder."
"""The prefix of the encoder's parameters in the flat buffer."""


class FunctionalNetwork:
    """One network for all fits, whose parameters are rows of the stack's flat buffer.

    With frozen batch normalization the network runs in eval mode. Otherwise batch normalizations
    alone run in training mode: dropout and dropped layers would draw from a generator that fits
    share. In bfloat16 parameters stay in float32, and losses need no scaling, since bfloat16 has
    the range of float32.

    Parameters
    ----------
    network
        The network; a copy of it is used.
    settings
        The kind of batch normalization, the precision, and whether to compile.
    device
        The device of the network.
    """

    def __init__(self, network: nn.Module, settings: Training, device: torch.device) -> None:
        # a call puts parameters into the network, which must not affect stacks in other threads
        self._network = copy.deepcopy(network).eval().to(device)
        self._norms = [m for m in self._network.modules() if isinstance(m, _BatchNorm)]
        self._names = [name for name, _ in network.named_parameters()]
        statistics = batch_norm_statistics(network) if settings.batch_norm == "batch" else {}
        self._statistics = list(statistics)
        self._settings, self._device = settings, device
        self._run: Callable[[dict[str, Tensor], Tensor], Tensor] = self._run_eagerly
        if settings.compile:
            self._run = torch.compile(self._run_eagerly)

    @property
    def needs_whole_batch(self) -> bool:
        """Return whether a call must have all slices of a batch, as each depends on the others."""
        return bool(self._statistics)

    def leaves(self, state: StackState, row: int) -> dict[str, Tensor]:
        """Return the parameters of the fit in a row, as leaves for autograd."""
        views = {name: state.values[PREFIX + name].detach()[row] for name in self._names}
        return {name: view.requires_grad_() for name, view in views.items()}

    def statistics(self, state: StackState, row: int) -> dict[str, Tensor]:
        """Return the running statistics of the fit in a row; calls in training update them."""
        # not `detach`: autograd would take a change of statistics for one of the parameters
        return {name: state.values[PREFIX + name].data[row] for name in self._statistics}

    def __call__(
        self,
        leaves: Mapping[str, Tensor],
        statistics: Mapping[str, Tensor],
        activations: Tensor,
        *,
        training: bool,
    ) -> Tensor:
        """Return features (m, D) in float32.

        Parameters
        ----------
        leaves
            The parameters of a fit.
        statistics
            Its running statistics of batch normalization; empty if they are frozen.
        activations
            The network's inputs (m, …).
        training
            Whether batch normalization uses and updates statistics of the batch.
        """
        for norm in self._norms:
            norm.train(training and self.needs_whole_batch)
        try:
            with self._precision():
                return self._run({**leaves, **statistics}, activations).float()
        except ValueError as error:
            if "more than 1 value per channel" not in str(error):
                raise
            raise UserError(
                "batch_norm=batch cannot compute statistics: a batch has one value per channel",
                expected="more slices in a batch, or larger activations",
                then="use batch_norm=frozen, a larger batch_size, or train from an earlier stage",
            ) from error

    def _precision(self) -> AbstractContextManager[object]:
        if not self._settings.trains_in_bfloat16:
            return nullcontext()
        return torch.autocast(self._device.type, torch.bfloat16)

    def _run_eagerly(self, parameters: dict[str, Tensor], activations: Tensor) -> Tensor:
        features: Tensor = torch.func.functional_call(self._network, parameters, (activations,))
        return features

    def require_compiler(self, activations: Tensor) -> None:
        """Raise `UserError` if the settings ask to compile the network and that fails.

        Parameters
        ----------
        activations
            Inputs (m, …) of a call that tries the compiler.
        """
        if not self._settings.compile:
            return
        parameters = dict(self._network.named_parameters())
        try:
            with torch.no_grad():
                self(parameters, {}, activations, training=False)
        except Exception as error:  # compilers raise as many types as there are backends
            raise UserError(
                "the encoder cannot be compiled here",
                got=(str(error) or type(error).__name__).splitlines()[0][:120],
                then="omit the training setting compile",
            ) from error

    def saved_bytes(self, activations: Tensor) -> int:
        """Return the bytes that a call saves of each slice for its gradients.

        Parameters
        ----------
        activations
            The activations of any slice, (1, …).
        """
        pair = torch.cat([activations, activations])  # (2, …)
        return self._saved_bytes(pair) - self._saved_bytes(activations)

    def _saved_bytes(self, activations: Tensor) -> int:
        sizes: dict[int, int] = {}

        def record(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            sizes[storage.data_ptr()] = storage.nbytes()
            return tensor

        hooks = torch.autograd.graph.saved_tensors_hooks(record, lambda tensor: tensor)
        with torch.enable_grad(), hooks, self._precision():
            self._network(activations)
        return sum(sizes.values())


def batch_norm_statistics(network: nn.Module) -> dict[str, Tensor]:
    """Return the running means and variances of all batch normalizations by name."""
    return {
        f"{path}.{name}" if path else name: buffer
        for path, module in network.named_modules()
        if isinstance(module, _BatchNorm)
        for name, buffer in module.named_buffers(recurse=False)
        if name in ("running_mean", "running_var")
    }


def encoder_parameters(network: nn.Module, settings: Training) -> tuple[Parameter, ...]:
    """Return the parameters of the trained stages, with their pretrained weights.

    With `batch_norm=batch` they include the running statistics: these belong to a fit's weights,
    but are not trained by gradients.
    """
    lr_scale = settings.encoder_learning_rate / settings.learning_rate
    parameters = [_parameter(name, p, lr_scale) for name, p in network.named_parameters()]
    if settings.batch_norm == "batch":
        statistics = batch_norm_statistics(network)
        parameters += [_parameter(name, buffer, 0.0) for name, buffer in statistics.items()]
    return tuple(parameters)


def _parameter(name: str, values: Tensor, lr_scale: float) -> Parameter:
    return Parameter(
        name=PREFIX + name,
        shape=tuple(values.shape),
        pretrained=values.detach().float().cpu(),
        decays=values.dim() > 1,
        lr_scale=lr_scale,
        # at the full rate, decay would shrink weights faster than the encoder's rate restores them
        weight_decay_scale=lr_scale,
        channels_last=values.dim() > 3,
    )
