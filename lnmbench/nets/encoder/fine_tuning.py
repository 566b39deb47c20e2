"""Fine-tuning: the last stages of an encoder, a copy for each fit, before its projection.

What the calls of a step would have to remember for their gradients may be more than there is memory
for. So the first calls keep what they remember, and the others are repeated when the gradients are
wanted (gradient caching). That changes no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from lnmbench.errors import UserError
from lnmbench.nets.data.augmentation import augment, draw_augmentations
from lnmbench.nets.data.views import cases_of
from lnmbench.nets.encoder.activations import Maps
from lnmbench.nets.encoder.functional import PREFIX, Copies, statistics
from lnmbench.nets.rng import seeded_generator
from lnmbench.nets.stacked.network import SliceBody
from lnmbench.nets.stacked.parameters import Parameter
from lnmbench.nets.stacked.projection import Moments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lnmbench.nets.data.packing import Slots
    from lnmbench.nets.fits import Fits, Inputs
    from lnmbench.records import Training

# What a call may remember on a CPU and elsewhere, and how many slices are worth a call.
_CALL_ON_CPU, _CALL, _MOST_SLICES = 1 << 29, 1 << 32, 256
# The shares of the memory that maps may take for good, and that calls of a step may remember.
_RESIDENT, _REMEMBERED = 2, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTunedBody(SliceBody):
    """A body of slices whose encoder's last stages are trained with it."""

    trained: tuple[Parameter, ...]

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the parameters of the trained stages and of all layers."""
        return (*self.trained, *SliceBody.parameters(self))


def trained_parameters(network: nn.Module, settings: Training) -> tuple[Parameter, ...]:
    """Return the parameters of the trained stages, with their pretrained weights.

    Running statistics of batch normalization stand among them where they are taken from batches:
    they belong to a fit's weights as much, but nothing descends.
    """
    pace = settings.encoder_learning_rate / settings.learning_rate
    found = [_parameter(name, own, pace) for name, own in network.named_parameters()]
    if settings.batch_norm == "batch":
        found += [_parameter(name, own, 0.0) for name, own in statistics(network).items()]
    return tuple(found)


def _parameter(name: str, given: Tensor, pace: float) -> Parameter:
    return Parameter(
        name=PREFIX + name,
        shape=tuple(given.shape),
        given=given.detach().float().cpu(),
        decays=given.dim() > 1,
        pace=pace,
        # at the full rate decay would shrink what the encoder's own rate cannot mend
        decay_pace=pace,
        channels_last=given.dim() > 3,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Call:
    """Some slices of one fit on their way; `made` are their features with a history, or None."""

    slices: Tensor
    drawn: Tensor | None
    leaves: Mapping[str, Tensor]
    made: Tensor | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """What a fit's step remembers: its calls, and its standardized features (m, D)."""

    calls: tuple[_Call, ...]
    standardized: Tensor


class FineTuned:
    """Maps the packed slices of K fits to tokens by each fit's own stages and projection.

    A `Front`. Features are standardized with mean and deviation of the start's features over each
    fit's training slices, so that an encoder which has not moved gives the tokens of a frozen one.
    """

    prefixes: tuple[str, ...] = (PREFIX, "project.")

    def __init__(
        self, inputs: Inputs, fits: Fits, settings: Training, device: torch.device, memory: int
    ) -> None:
        trainable_encoder, features, offsets = (
            inputs.trainable_encoder,
            inputs.slices,
            inputs.offsets,
        )
        assert trainable_encoder is not None
        assert features is not None
        assert offsets is not None
        # in float64 they need no shift
        center = torch.zeros(features.shape[1], dtype=torch.float64)
        found = Moments(features.double(), offsets, center=center).standardization(fits.training)
        self._mean, self._gain = (own.to(device) for own in found)
        self._maps = Maps(trainable_encoder, inputs.views, device, memory // _RESIDENT)
        self._copies = Copies(trainable_encoder.network, settings, device)
        self._augment = trainable_encoder.augmentations
        self._streams = [seeded_generator(seed, "augmentation") for seed in fits.seeds]
        some = self._maps(torch.zeros(1, dtype=torch.int64))
        self._copies.require_compiler(some)
        remembered = max(1, self._copies.bytes_remembered(some))
        self._at_once = _slices_a_call(remembered, device, memory)
        if self._copies.whole:
            _refuse_large_batches(offsets, settings, remembered, memory)
        self._room = memory // _REMEMBERED // remembered
        self._seen: dict[int, _Seen] = {}

    def forward(
        self, fits: Sequence[int], values: Mapping[str, Tensor], slots: Slots, *, training: bool
    ) -> Tensor:
        """Return tokens (k, P, d), of standardized features themselves where none project."""
        weight, bias = (values.get(f"project.{part}") for part in ("weight", "bias"))
        width = self._mean.shape[1] if weight is None else weight.shape[1]
        tokens = self._mean.new_zeros(len(fits), slots.places, width)
        drawn = self._drawn(fits, slots) if training and self._augment else None
        self._seen, room = {}, self._room if training else 0
        for row, (fit, own) in enumerate(zip(fits, slots.tokens, strict=True)):
            if not len(own):
                continue
            slices = slots.slices[row, own]
            changes = None if drawn is None else drawn[row, own]
            calls, features = self._call(values, row, slices, changes, room, training=training)
            room -= sum(len(call.slices) for call in calls if call.made is not None)
            x = (features - self._mean[fit]) * self._gain[fit]
            if training:
                self._seen[row] = _Seen(calls=calls, standardized=x)
            if weight is not None and bias is not None:
                x = torch.addmm(bias[row].detach(), x, weight[row].detach().mT)
            tokens[row].index_copy_(0, own.to(x.device), x)
        return tokens

    def backward(
        self,
        fits: Sequence[int],
        values: Mapping[str, Tensor],
        d_tokens: Tensor,
        slots: Slots,
        gradients: Mapping[str, Tensor],
    ) -> None:
        """Write the gradients of the stages and of the projection."""
        for name, own in gradients.items():
            if name.startswith(self.prefixes):
                own.zero_()
        for row, seen in self._seen.items():
            d_features = d_tokens[row, slots.tokens[row]]
            if "project.weight" in values:
                torch.mm(d_features.mT, seen.standardized, out=gradients["project.weight"][row])
                torch.sum(d_features, 0, out=gradients["project.bias"][row])
                d_features = d_features @ values["project.weight"][row].detach()
            d_features = d_features * self._gain[fits[row]]
            parts = torch.split(d_features, [len(call.slices) for call in seen.calls])
            for call, part in zip(seen.calls, parts, strict=True):
                self._descend(values, row, call, part, gradients)
        self._seen = {}

    def _call(
        self,
        values: Mapping[str, Tensor],
        row: int,
        slices: Tensor,
        changes: Tensor | None,
        room: int,
        *,
        training: bool,
    ) -> tuple[tuple[_Call, ...], Tensor]:
        """Return the calls of a fit, those with a history for `room` slices, and the features."""
        calls: list[_Call] = []
        features: list[Tensor] = []
        leaves, own = self._copies.leaves(values, row), self._copies.statistics(values, row)
        at_once = len(slices) if training and self._copies.whole else self._at_once
        for some in torch.split(torch.arange(len(slices)), at_once):
            drawn = None if changes is None else changes[some]
            images = self._images(slices[some], drawn)
            room -= len(some)
            with torch.set_grad_enabled(room >= 0):
                made = self._copies(leaves, own, images, training=training)
            features.append(made.detach())
            kept = made if room >= 0 else None
            calls.append(_Call(slices=slices[some], drawn=drawn, leaves=leaves, made=kept))
        return tuple(calls), torch.cat(features)

    def _descend(
        self,
        values: Mapping[str, Tensor],
        row: int,
        call: _Call,
        d_made: Tensor,
        gradients: Mapping[str, Tensor],
    ) -> None:
        """Add the gradients of one call's slices to those of the fit in this row."""
        made = call.made
        if made is None:
            # the running statistics have moved on with these slices already
            own = {k: v.clone() for k, v in self._copies.statistics(values, row).items()}
            images = self._images(call.slices, call.drawn)
            with torch.enable_grad():
                made = self._copies(call.leaves, own, images, training=True)
        found = torch.autograd.grad(made, list(call.leaves.values()), d_made, allow_unused=True)
        for name, gradient in zip(call.leaves, found, strict=True):
            if gradient is not None:
                gradients[PREFIX + name][row] += gradient

    def _images(self, slices: Tensor, drawn: Tensor | None) -> Tensor:
        maps = self._maps(slices)
        return maps if drawn is None else augment(maps, drawn, self._augment)

    def _drawn(self, fits: Sequence[int], slots: Slots) -> Tensor:
        """Return what changes the image at each place, (k, P, 6): alike for those of a case."""
        case, counts = cases_of(slots)
        each = [
            draw_augmentations(n, self._streams[fit]) for fit, n in zip(fits, counts, strict=True)
        ]
        drawn = nn.utils.rnn.pad_sequence(each, batch_first=True).to(case.device)
        return drawn[torch.arange(len(fits), device=case.device)[:, None], case]


def _slices_a_call(remembered: int, device: torch.device, memory: int) -> int:
    """Return how many slices a call takes that remembers so many bytes of each: a power of two."""
    most = _CALL_ON_CPU if device.type == "cpu" else _CALL
    fit = min(most, memory // _REMEMBERED) // remembered
    return min(_MOST_SLICES, 1 << max(0, fit.bit_length() - 1))


def _refuse_large_batches(
    offsets: Tensor, settings: Training, remembered: int, memory: int
) -> None:
    """Raise `UserError` where a batch that must be in one call is more than there is memory for."""
    slices = settings.batch_size * float(offsets.diff().float().mean())
    needed = slices * remembered
    if needed > memory:
        raise UserError(
            "batch_norm=batch takes all slices of a batch at once, more than there is memory for",
            expected=f"at most {memory / 1e9:.1f} GB",
            got=f"about {needed / 1e9:.1f} GB",
            then="use a smaller batch_size, batch_norm=frozen, or more --memory",
        )
