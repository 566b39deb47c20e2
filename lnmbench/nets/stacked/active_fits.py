"""The fits of a stack that still train, without gaps in the flat buffer."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.device import upload
from lnmbench.nets.stacked.optimizer import AdamW

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from lnmbench.nets.fits import Fits
    from lnmbench.nets.stacked.parameters import ParameterLayout
    from lnmbench.records import Training


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StackState:
    """The parameters of k fits of a stack.

    Parameters
    ----------
    fits
        The index of the fit in each row.
    values
        Parameters by name, each (k, …).
    gradients
        Buffers of the same names and shapes, written by backward passes; empty in evaluation.
    device
        The device of the parameters, and of `rows`: the fits as an int64 tensor (k,).
    """

    fits: tuple[int, ...]
    values: Mapping[str, Tensor]
    gradients: Mapping[str, Tensor] = field(default_factory=dict)
    device: InitVar[torch.device | str] = "cpu"
    rows: Tensor = field(init=False)

    def __post_init__(self, device: torch.device | str) -> None:
        rows = upload(torch.tensor(self.fits, dtype=torch.int64), torch.device(device))
        object.__setattr__(self, "rows", rows)


class ActiveFits:
    """The fits that train, in the first rows of one flat buffer.

    A fit that has stopped is removed at once, and the last row moves to its place, so that the
    others train on without its cost.

    Parameters
    ----------
    layout
        The columns of the parameters.
    parameters
        The flat buffer (K, size) with initial values.
    optimizer
        The optimizer of that buffer.
    """

    def __init__(self, layout: ParameterLayout, parameters: Tensor, optimizer: AdamW) -> None:
        self._layout, self._parameters, self._optimizer = layout, parameters, optimizer
        self._gradient = torch.zeros_like(parameters)
        self.state = self._view(tuple(range(len(parameters))))

    def _view(self, fits: tuple[int, ...]) -> StackState:
        k = len(fits)
        return StackState(
            fits=fits,
            values={
                name: view.detach().requires_grad_()
                for name, view in self._layout.named_views(self._parameters[:k]).items()
            },
            gradients=self._layout.named_views(self._gradient[:k]),
            device=self._parameters.device,
        )

    @property
    def fits(self) -> tuple[int, ...]:
        """Return the index of the fit in each row."""
        return self.state.fits

    @property
    def parameters(self) -> Tensor:
        """Return the parameters of the fits that train, (k, size)."""
        return self._parameters[: len(self.fits)]

    def scale_rates(self, factor: float) -> None:
        """Multiply the initial learning rates of all fits by this factor from now on."""
        self._optimizer.rate_factor = factor

    def step(self, rows: Sequence[int]) -> None:
        """Update the fits in these rows by the gradients of the state."""
        self._optimizer.step(self._gradient[: len(self.fits)], rows)

    def remove(self, stopped: Collection[int]) -> None:
        """Remove these fits; the state is another one if there are any."""
        fits = list(self.fits)
        for fit in stopped:
            row, last = fits.index(fit), len(fits) - 1
            self._parameters[row] = self._parameters[last]
            # Between parameters a gradient is never written: what diverged there would stay.
            self._gradient[row] = 0.0
            self._optimizer.copy_row(last, row)
            fits[row] = fits[last]
            fits.pop()
        if stopped:
            self.state = self._view(tuple(fits))


def initialize_fits(
    layout: ParameterLayout, fits: Fits, settings: Training, device: torch.device
) -> ActiveFits:
    """Return all fits of a stack with initial values and a fresh optimizer.

    Parameters
    ----------
    layout
        The parameters of the network.
    fits
        The fits; their rates replace those of the settings.
    settings
        Learning rate, weight decay and gradient norm of fits without their own.
    device
        The device of the parameters.
    """
    parameters = layout.initialize(fits.seeds).to(device)
    decay_scales = layout.weight_decay_scales()
    optimizer = AdamW(
        parameters,
        decayed_size=layout.decayed_size,
        learning_rate=fits.per_fit(fits.learning_rate, settings.learning_rate),
        weight_decay=fits.per_fit(fits.weight_decay, settings.weight_decay),
        clip=settings.clip,
        lr_scales=layout.lr_scales().to(parameters),
        weight_decay_scales=None if decay_scales is None else decay_scales.to(parameters),
    )
    return ActiveFits(layout, parameters, optimizer)
