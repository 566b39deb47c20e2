"""Fine-tuned stages: each fit trains its own weights, as an ordinary network would."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from lnmbench.errors import UserError
from lnmbench.nets.assembly import build_network
from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.data.packing import pack
from lnmbench.nets.encoder.fine_tuning import FineTunedEmbedder
from lnmbench.nets.encoder.functional import encoder_parameters
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.parallel import train
from lnmbench.nets.stacked.active_fits import StackState, initialize_fits
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.nets.train_loop import TrainLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training

CPU = torch.device("cpu")
DIM = 8


@pytest.mark.parametrize("missing", [(), range(0, 24, 4)], ids=["all", "some"])
@pytest.mark.parametrize("token_dim", [8, None])
@pytest.mark.parametrize("projection", ["principal", "trained"])
def test_an_encoder_that_does_not_move_is_a_frozen_one(
    projection: Literal["principal", "trained"],
    token_dim: int | None,
    missing: Sequence[int],
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    make_stages: Callable[[], nn.Sequential],
    settings: Training,
    predict_risks: Callable[..., NDArray[np.float64]],
) -> None:
    inputs, fits = make_inputs(make_stages(), missing=missing), make_fits(range(3))
    # the norm to which gradients are clipped counts those of the encoder too, and decay depends on
    # the rate of the network
    apart = replace(
        settings, clip=1e9, weight_decay=0.1, token_dim=token_dim, projection=projection
    )
    settings = replace(apart, encoder_learning_rate=1e-12)
    tuned = predict_risks(inputs, fits, settings)
    assert inputs.slices is not None
    without = replace(inputs, slices=replace(inputs.slices, trainable_encoder=None))
    frozen = predict_risks(without, fits, settings)
    np.testing.assert_allclose(tuned, frozen, rtol=0, atol=1e-4)
    moved = predict_risks(inputs, fits, replace(settings, encoder_learning_rate=1e-2))
    assert np.nanmax(np.abs(moved - frozen)) > 1e-3


VARIANTS = {
    "frozen": {},
    "batch": {"batch_norm": "batch"},
    "bfloat16": {"precision": "bfloat16"},
    "views": {},
    "images": {},
    "images of some": {},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_fit_does_not_depend_on_its_stack(
    variant: str,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    make_stages: Callable[[], nn.Sequential],
    settings: Training,
    target_alone: Callable[[], Weighting],
    predict_risks: Callable[..., NDArray[np.float64]],
) -> None:
    kinds = frozenset({"flip", "shift", "rotation", "intensity"} if variant == "images" else ())
    missing = range(0, 24, 3) if variant == "images of some" else ()
    inputs = make_inputs(
        make_stages(), views=3 if variant == "views" else 1, augment=kinds, missing=missing
    )
    settings = replace(settings, **VARIANTS[variant], max_epochs=8, patience=1)
    everything = train(inputs, make_fits(range(6)), settings, target_alone(), threads=1)
    assert len(set(everything.epochs.tolist())) > 1, "all fits stopped together"
    together = everything.probabilities["target"][..., 0]
    np.testing.assert_allclose(
        predict_risks(inputs, make_fits([4, 1]), settings), together[[4, 1]], atol=1e-4
    )
    np.testing.assert_allclose(
        predict_risks(inputs, make_fits([5]), settings), together[[5]], atol=1e-4
    )
    if variant in ("views", "images"):
        assert inputs.slices is not None
        encoder = make_inputs(make_stages()).slices.trainable_encoder
        slices = replace(inputs.slices, views=1, trainable_encoder=encoder)
        plain = replace(inputs, slices=slices)
        assert (
            np.nanmax(np.abs(predict_risks(plain, make_fits([5]), settings) - together[5])) > 1e-4
        )


def test_a_batch_that_needs_more_memory_than_there_is_is_refused(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    make_stages: Callable[[], nn.Sequential],
    settings: Training,
    target_alone: Callable[[], Weighting],
) -> None:
    inputs, fits = make_inputs(make_stages()), make_fits(range(2))
    settings = replace(settings, batch_norm="batch")
    with pytest.raises(UserError, match="needs all slices of a batch in memory.*batch_norm=frozen"):
        train(inputs, fits, settings, target_alone(), memory=1, threads=1)


@pytest.mark.parametrize("batch_norm", ["frozen", "batch"])
def test_stages_train_as_in_a_plain_loop(
    batch_norm: str,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    make_stages: Callable[[], nn.Sequential],
    settings: Training,
    target_alone: Callable[[], Weighting],
) -> None:
    """The embedder alone, fitted to some tokens, against torch's modules, AdamW and clipping."""
    network = make_stages()
    inputs, fits = make_inputs(network), make_fits([0, 1])
    settings = replace(settings, batch_norm=batch_norm, weight_decay=0.1, clip=0.5)
    slices, data = inputs.slices, load_device_data(inputs, CPU, 1 << 30)
    embedder = FineTunedEmbedder(slices, slices.trainable_encoder, fits, settings, data)
    project = [
        p
        for p in build_network(inputs, fits, settings, target_alone()).parameters()
        if p.name.startswith("project.")
    ]
    layout = ParameterLayout([*encoder_parameters(network, settings), *project])
    active = initialize_fits(layout, fits, settings, CPU)
    state = active.state
    packing = pack([torch.arange(9), torch.arange(5, 12)], slices.offsets, CPU).packing
    assert packing is not None
    expected = torch.randn(2, packing.capacity, 8, generator=torch.Generator().manual_seed(1))
    plain = [PlainEmbedder(network, embedder, state, k, settings) for k in range(2)]
    for _ in range(5):
        tokens = embedder.forward(state, packing, training=True)
        d_tokens = (tokens - expected) * packing.token_mask[..., None]
        embedder.backward(state, packing, d_tokens)
        active.step([0, 1])
        for k, single in enumerate(plain):
            single.step(
                packing.slice_rows[k, packing.token_positions[k]],
                expected[k, packing.token_positions[k]],
                inputs,
            )
    for k, single in enumerate(plain):
        for name, value in single.state().items():
            if name in state.values:
                torch.testing.assert_close(state.values[name][k], value, rtol=1e-4, atol=1e-5)
    moved = set(single.state()) & set(state.values)
    assert {"trainable_encoder.0.weight", "trainable_encoder.4.bias", "project.weight"} <= moved
    assert ("trainable_encoder.1.running_mean" in moved) == (batch_norm == "batch")


class PlainEmbedder:
    """The same embedder as one would write it for one fit."""

    def __init__(
        self,
        network: nn.Module,
        embedder: FineTunedEmbedder,
        state: StackState,
        fit: int,
        settings: Training,
    ) -> None:
        self.network, self.project = copy.deepcopy(network), nn.Linear(DIM, 8)
        for module in self.network.modules():
            module.train(settings.batch_norm == "batch" and isinstance(module, nn.BatchNorm2d))
        self.mean, self.gain = embedder._mean[fit], embedder._gain[fit]
        with torch.no_grad():
            self.project.weight.copy_(state.values["project.weight"][fit])
            self.project.bias.copy_(state.values["project.bias"][fit])
        self.clip = settings.clip
        groups = []
        for module, rate in (
            (self.network, settings.encoder_learning_rate),
            (self.project, settings.learning_rate),
        ):
            for wide in (True, False):
                chosen = [p for p in module.parameters() if (p.dim() > 1) == wide]
                groups.append(
                    {"params": chosen, "lr": rate, "weight_decay": settings.weight_decay * wide}
                )
        self.optimizer = torch.optim.AdamW(groups, lr=1.0)

    def step(self, slices: Tensor, expected: Tensor, inputs: Inputs) -> None:
        assert inputs.slices is not None
        assert inputs.slices.trainable_encoder is not None
        features = self.network(inputs.slices.trainable_encoder.activations[slices])
        tokens = self.project((features - self.mean) * self.gain)
        self.optimizer.zero_grad()
        (0.5 * (tokens - expected).square().sum()).backward()
        everything = [*self.network.parameters(), *self.project.parameters()]
        nn.utils.clip_grad_norm_(everything, self.clip)
        self.optimizer.step()

    def state(self) -> dict[str, Tensor]:
        encoder = {
            f"trainable_encoder.{name}": value for name, value in self.network.state_dict().items()
        }
        return {**encoder, **{f"project.{n}": v for n, v in self.project.state_dict().items()}}


def test_slices_of_a_case_change_alike_and_each_draw_differs(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    make_stages: Callable[[], nn.Sequential],
    settings: Training,
) -> None:
    inputs = make_inputs(make_stages(), augment=frozenset({"intensity"}))
    data = load_device_data(inputs, CPU, 1 << 30)
    slices = inputs.slices
    embedder = FineTunedEmbedder(slices, slices.trainable_encoder, make_fits([0]), settings, data)
    packing = pack([torch.arange(6)], slices.offsets, CPU).packing
    assert packing is not None
    draws, again = (embedder._draw_augmentations([0], packing) for _ in range(2))
    assert not torch.equal(draws, again)
    of_case = packing.case_indices()[0][packing.token_mask[0]]
    for case in range(6):
        case_draws = draws[0, packing.token_mask[0]][of_case == case]
        assert (case_draws == case_draws[0]).all()
    assert len({tuple(row.tolist()) for row in draws[0, packing.token_mask[0]]}) == 6


class MixedDevices(TorchFunctionMode):
    """The functions, other than copies, that take tensors of the CPU and of the device `meta`."""

    def __init__(self) -> None:
        super().__init__()
        self.functions: list[str] = []

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        leaves = tree_leaves((args, kwargs))
        devices = {x.device.type for x in leaves if isinstance(x, Tensor)}
        if devices == {"cpu", "meta"} and func is not Tensor.to:
            self.functions.append(func.__name__)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("augment", ["none", "flip+shift+rotation+intensity"])
@pytest.mark.parametrize("projection", ["principal", "trained"])
def test_steps_on_a_device_read_nothing_there_and_index_nothing_with_the_cpu(
    projection: Literal["principal", "trained"],
    augment: str,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    make_stages: Callable[[], nn.Sequential],
    target_alone: Callable[[], Weighting],
    settings: Training,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inputs, fits = make_inputs(make_stages()), make_fits(range(3))
    settings = replace(settings, projection=projection, augment=augment)
    data = load_device_data(inputs, torch.device("meta"))
    with monkeypatch.context() as patched:  # principal components are computed on the CPU
        patched.setattr(Tensor, "cpu", lambda values: torch.zeros(values.shape))
        loop = TrainLoop(StackedObjective(inputs, fits, settings, target_alone(), data), settings)
    with MixedDevices() as mixed:
        losses = loop._train_epoch(1)
    assert losses.is_meta
    assert mixed.functions == []
    with MixedDevices() as mixed:
        losses[torch.arange(3)]
    assert mixed.functions == ["__getitem__"]
