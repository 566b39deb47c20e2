"""Fine-tuned stages: each fit trains a copy of its own, as an ordinary network would."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lnmbench.errors import UserError
from lnmbench.nets.data.device_data import shared_by
from lnmbench.nets.data.packing import pack
from lnmbench.nets.encoder.fine_tuning import FineTuned, trained_parameters
from lnmbench.nets.fits import Fits, Inputs, TrainableEncoder
from lnmbench.nets.objective import Problem, build_network
from lnmbench.nets.parallel import train
from lnmbench.nets.stacked.active_fits import Stack
from lnmbench.nets.stacked.dropout import Keep
from lnmbench.nets.stacked.optimizer import AdamW
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.records import Training

if TYPE_CHECKING:
    from collections.abc import Sequence

CASES, SIDE, DIM = 24, 12, 8
CPU = torch.device("cpu")
SETTINGS = Training(
    learning_rate=2e-3,
    encoder_learning_rate=1e-3,
    token_dim=8,
    heads=2,
    layers=1,
    batch_size=6,
    max_epochs=4,
    patience=2,
)


class TargetAlone:
    def learned(self, tasks: Sequence[str]) -> Sequence[float]:
        return ()

    def combine(self, losses: Tensor, learned: Tensor) -> Tensor:
        return losses[:, 0]


def stages() -> nn.Sequential:
    """A small encoder that has been somewhere: its statistics are not those of a start."""
    torch.manual_seed(3)
    network = nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, bias=False),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.Conv2d(6, DIM, 3, groups=2, bias=False),
        nn.BatchNorm2d(DIM),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 2)
    return network.eval()


def inputs_of(
    network: nn.Module, *, views: int = 1, augment: frozenset[str] = frozenset()
) -> Inputs:
    """Ragged cases whose brightness says something of the target; maps are the images."""
    source = torch.Generator().manual_seed(0)
    lengths = torch.randint(1, 5, (CASES,), generator=source)
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), lengths.cumsum(0)])
    target = (torch.rand(CASES, generator=source) < 0.5).float()
    slices = int(offsets[-1])
    images = torch.rand(views * slices, 1, SIDE, SIDE, generator=source) - 0.5
    images += 0.05 * target.repeat_interleave(lengths).repeat(views)[:, None, None, None]
    with torch.no_grad():
        features = network(images[:slices])
    trainable_encoder = TrainableEncoder(
        network=network, activations=images, rows=torch.arange(slices), augmentations=augment
    )
    return Inputs(
        target=target,
        slices=features,
        offsets=offsets,
        views=views,
        trainable_encoder=trainable_encoder,
    )


def fits_of(seeds: Sequence[int]) -> Fits:
    """A fit is its seed: that decides its cases."""
    parts = torch.zeros(3, len(seeds), CASES, dtype=torch.bool)
    for k, seed in enumerate(seeds):
        order = torch.randperm(CASES, generator=torch.Generator().manual_seed(seed))
        parts[2, k, order[:10]] = True
        parts[1, k, order[4:10]] = True
        parts[0, k, order[10 + seed % 3 :]] = True
    return Fits(
        training=parts[0],
        validation=parts[1],
        predicted=parts[2],
        clinical=torch.zeros(len(seeds), CASES, 0),
        seeds=tuple(seeds),
    )


def risks(inputs: Inputs, fits: Fits, settings: Training, **given: int) -> np.ndarray:
    made = train(inputs, fits, settings, TargetAlone(), threads=1, **given)
    return made.probabilities["target"][..., 0]


@pytest.mark.parametrize("token_dim", [8, None])
def test_an_encoder_that_does_not_move_is_a_frozen_one(token_dim: int | None) -> None:
    inputs, fits = inputs_of(stages()), fits_of(range(3))
    # the norm to which gradients are clipped counts those of the encoder too, and decay goes by
    # the rate of the network, not by that of its part
    apart = replace(SETTINGS, clip=1e9, weight_decay=0.1, token_dim=token_dim)
    settings = replace(apart, encoder_learning_rate=1e-12)
    tuned = risks(inputs, fits, settings)
    frozen = risks(replace(inputs, trainable_encoder=None), fits, settings)
    np.testing.assert_allclose(tuned, frozen, rtol=0, atol=1e-4)
    moved = risks(inputs, fits, replace(settings, encoder_learning_rate=1e-2))
    assert np.nanmax(np.abs(moved - frozen)) > 1e-3


WAYS = {
    "frozen": {},
    "batch": {"batch_norm": "batch"},
    "bfloat16": {"precision": "bfloat16"},
    "views": {},
    "images": {},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_fit_does_not_depend_on_its_stack(way: str) -> None:
    kinds = frozenset({"flip", "shift", "rotation", "intensity"} if way == "images" else ())
    inputs = inputs_of(stages(), views=3 if way == "views" else 1, augment=kinds)
    settings = replace(SETTINGS, **WAYS[way], max_epochs=8, patience=1)
    everything = train(inputs, fits_of(range(6)), settings, TargetAlone(), threads=1)
    assert len(set(everything.epochs.tolist())) > 1, "all fits stopped together"
    together = everything.probabilities["target"][..., 0]
    np.testing.assert_allclose(
        risks(inputs, fits_of([4, 1]), settings), together[[4, 1]], atol=1e-4
    )
    np.testing.assert_allclose(risks(inputs, fits_of([5]), settings), together[[5]], atol=1e-4)
    if way in ("views", "images"):
        plain = replace(inputs, views=1, trainable_encoder=inputs_of(stages()).trainable_encoder)
        assert np.nanmax(np.abs(risks(plain, fits_of([5]), settings) - together[5])) > 1e-4


def test_a_batch_that_must_be_whole_and_finds_no_room_is_refused() -> None:
    inputs, fits = inputs_of(stages()), fits_of(range(2))
    settings = replace(SETTINGS, batch_norm="batch")
    with pytest.raises(UserError, match="more than there is memory for.*batch_norm=frozen"):
        train(inputs, fits, settings, TargetAlone(), memory=1, threads=1)


@pytest.mark.parametrize("batch_norm", ["frozen", "batch"])
def test_little_memory_changes_no_number(batch_norm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs, fits = inputs_of(stages()), fits_of(range(2))
    settings = replace(SETTINGS, batch_norm=batch_norm)
    at_ease = Problem(inputs, fits, settings, TargetAlone(), shared_by(inputs, CPU, None))
    monkeypatch.setattr("lnmbench.nets.encoder.fine_tuning._CALL_ON_CPU", 0)  # a slice a call
    little = None if batch_norm == "batch" else 0
    in_need = Problem(inputs, fits, settings, TargetAlone(), shared_by(inputs, CPU, little))
    a, b = (gradients_of(problem, settings) for problem in (at_ease, in_need))
    for name, own in a.items():
        torch.testing.assert_close(b[name], own, rtol=1e-4, atol=1e-6)


def gradients_of(problem: Problem, settings: Training) -> dict[str, Tensor]:
    """The gradients of one step, and the parameters after it, statistics among them."""
    layout = ParameterLayout(problem.network.parameters())
    flat = layout.initial(problem.fits.seeds)
    stack = Stack(layout, flat, optimizer_of(flat, layout, settings))
    fits = stack.fits
    batch = problem.batch([own[:6] for own in problem.training])
    tokens = problem.tokens(fits, stack.values, batch, training=True)
    _, total = problem.losses(fits, stack.values, tokens, batch, Keep())
    problem.backward(fits, total, stack.values, tokens, batch, stack.gradients)
    found = {f"d {name}": own.clone() for name, own in stack.gradients.items()}
    return {**found, **{name: own.detach().clone() for name, own in stack.values.items()}}


def optimizer_of(flat: Tensor, layout: ParameterLayout, settings: Training) -> AdamW:
    k = len(flat)
    return AdamW(
        flat,
        decayed=layout.decayed,
        learning_rate=torch.full((k,), settings.learning_rate, dtype=torch.float64),
        weight_decay=torch.full((k,), settings.weight_decay, dtype=torch.float64),
        clip=settings.clip,
        paces=layout.paces(),
        decay_paces=layout.decay_paces(),
    )


@pytest.mark.parametrize("batch_norm", ["frozen", "batch"])
def test_stages_train_as_in_a_plain_loop(batch_norm: str) -> None:
    """The front alone, drawn to given tokens, against torch's modules, AdamW and clipping."""
    network = stages()
    inputs, fits = inputs_of(network), fits_of([0, 1])
    settings = replace(SETTINGS, batch_norm=batch_norm, weight_decay=0.1, clip=0.5)
    front = FineTuned(inputs, fits, settings, CPU, 1 << 30)
    project = [
        p
        for p in build_network(inputs, fits, settings, TargetAlone()).parameters()
        if p.name.startswith("project.")
    ]
    layout = ParameterLayout([*trained_parameters(network, settings), *project])
    flat = layout.initial(fits.seeds)
    stack = Stack(layout, flat, optimizer_of(flat, layout, settings))
    slots = pack([torch.arange(9), torch.arange(5, 12)], inputs.offsets, CPU).slots
    assert slots is not None
    wanted = torch.randn(2, slots.places, 8, generator=torch.Generator().manual_seed(1))
    plain = [PlainFront(network, front, stack, k, settings) for k in range(2)]
    for _ in range(5):
        tokens = front.forward(stack.fits, stack.values, slots, training=True)
        d_tokens = (tokens - wanted) * slots.real[..., None]
        front.backward(stack.fits, stack.values, d_tokens, slots, stack.gradients)
        stack.step([0, 1])
        for k, own in enumerate(plain):
            own.step(slots.slices[k, slots.tokens[k]], wanted[k, slots.tokens[k]], inputs)
    for k, own in enumerate(plain):
        for name, value in own.state().items():
            if name in stack.values:
                torch.testing.assert_close(stack.values[name][k], value, rtol=1e-4, atol=1e-5)
    moved = set(own.state()) & set(stack.values)
    assert {"trainable_encoder.0.weight", "trainable_encoder.4.bias", "project.weight"} <= moved
    assert ("trainable_encoder.1.running_mean" in moved) == (batch_norm == "batch")


class PlainFront:
    """The same front as one would write it for one fit."""

    def __init__(
        self, network: nn.Module, front: FineTuned, stack: Stack, fit: int, settings: Training
    ) -> None:
        self.network, self.project = copy.deepcopy(network), nn.Linear(DIM, 8)
        for module in self.network.modules():
            module.train(settings.batch_norm == "batch" and isinstance(module, nn.BatchNorm2d))
        self.mean, self.gain = front._mean[fit], front._gain[fit]
        with torch.no_grad():
            self.project.weight.copy_(stack.values["project.weight"][fit])
            self.project.bias.copy_(stack.values["project.bias"][fit])
        self.clip = settings.clip
        groups = []
        for module, own in (
            (self.network, settings.encoder_learning_rate),
            (self.project, settings.learning_rate),
        ):
            for wide in (True, False):
                chosen = [p for p in module.parameters() if (p.dim() > 1) == wide]
                groups.append(
                    {"params": chosen, "lr": own, "weight_decay": settings.weight_decay * wide}
                )
        self.optimizer = torch.optim.AdamW(groups, lr=1.0)

    def step(self, slices: Tensor, wanted: Tensor, inputs: Inputs) -> None:
        assert inputs.trainable_encoder is not None
        features = self.network(inputs.trainable_encoder.activations[slices])
        tokens = self.project((features - self.mean) * self.gain)
        self.optimizer.zero_grad()
        (0.5 * (tokens - wanted).square().sum()).backward()
        everything = [*self.network.parameters(), *self.project.parameters()]
        nn.utils.clip_grad_norm_(everything, self.clip)
        self.optimizer.step()

    def state(self) -> dict[str, Tensor]:
        own = {
            f"trainable_encoder.{name}": value for name, value in self.network.state_dict().items()
        }
        return {**own, **{f"project.{n}": v for n, v in self.project.state_dict().items()}}


def test_a_network_that_cannot_be_compiled_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_compiler(function: object) -> object:
        def fail(*given: object) -> None:
            raise RuntimeError("no C++ compiler found\nand much more")

        return fail

    monkeypatch.setattr(torch, "compile", without_compiler)
    settings = replace(SETTINGS, compile=True)
    with pytest.raises(UserError, match="cannot be compiled here: got no C.. compiler found; "):
        train(inputs_of(stages()), fits_of([0]), settings, TargetAlone())


def test_compiled_calls_are_those_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[object] = []
    monkeypatch.setattr(torch, "compile", lambda function: compiled.append(function) or function)
    inputs, fits = inputs_of(stages()), fits_of([0])
    plain = risks(inputs, fits, SETTINGS)
    np.testing.assert_array_equal(risks(inputs, fits, replace(SETTINGS, compile=True)), plain)
    assert compiled


def test_only_batch_normalization_ever_leaves_eval_mode() -> None:
    """Dropout would draw from a generator that all fits share."""
    network = stages()
    network.insert(3, nn.Dropout(0.9))
    inputs = inputs_of(network)
    for batch_norm in ("frozen", "batch"):
        settings = replace(SETTINGS, batch_norm=batch_norm)
        first, second = (risks(inputs, fits_of([0]), settings) for _ in range(2))
        np.testing.assert_array_equal(first, second)


def test_the_same_slices_of_a_case_change_alike_and_each_draw_anew() -> None:
    inputs = inputs_of(stages(), augment=frozenset({"intensity"}))
    front = FineTuned(inputs, fits_of([0]), SETTINGS, CPU, 1 << 30)
    slots = pack([torch.arange(6)], inputs.offsets, CPU).slots
    assert slots is not None
    drawn, again = front._drawn([0], slots), front._drawn([0], slots)
    assert not torch.equal(drawn, again)
    of_case = slots.pool[0].argmax(0)[slots.real[0]]
    for case in range(6):
        own = drawn[0, slots.real[0]][of_case == case]
        assert (own == own[0]).all()
    assert len({tuple(row.tolist()) for row in drawn[0, slots.real[0]]}) == 6
