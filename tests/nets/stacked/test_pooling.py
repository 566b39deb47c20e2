"""Pooling of stacked models, against one ordinary torch model for each case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from lnmbench.nets.data.batches import Batch
from lnmbench.nets.data.packing import choose_layout, pack_steps
from lnmbench.nets.stacked.bodies import SliceBody
from lnmbench.nets.stacked.dropout import StepDropout
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.nets.stacked.pooling import Pooling
from lnmbench.records import Training
from lnmbench.records.training import PoolingKind

CPU = torch.device("cpu")
WIDTH = 8
LENGTHS = (2, 5, 1, 7, 3, 4)
OFFSETS = torch.tensor([0, *LENGTHS]).cumsum(0)
CASES = [torch.tensor([3, 0, 2]), torch.tensor([1, 5]), torch.tensor([4])]
KINDS: list[tuple[PoolingKind, int]] = [
    ("mean", 0),
    ("max", 0),
    ("attention", 0),
    ("gated_attention", 0),
    ("mean", 2),
    ("max", 1),
    ("attention", 2),
    ("gated_attention", 1),
    ("transformer", 2),
]


def make_body(kind: PoolingKind, layers: int) -> SliceBody:
    settings = Training(token_dim=WIDTH, heads=2, layers=layers, image_features=4, pooling=kind)
    return SliceBody(dim=WIDTH, max_slices=max(LENGTHS), settings=settings)


def make_values(body: SliceBody, models: int = 3) -> dict[str, Tensor]:
    """Return random parameters, those that start at zero among them."""
    layout, source = ParameterLayout(body.parameters()), torch.Generator().manual_seed(1)
    values = layout.named_views(layout.initialize(range(models)))
    return {
        name: (value + 0.5 * torch.randn(value.shape, generator=source)).requires_grad_()
        for name, value in values.items()
    }


def make_batch(kind: PoolingKind, layers: int, cases: Sequence[Tensor] = CASES) -> Batch:
    layout = choose_layout(kind, layers)
    (batch,) = pack_steps([cases], OFFSETS, CPU, layout=layout)
    return batch


def pack_tokens(features: Tensor, batch: Batch) -> Tensor:
    assert batch.packing is not None
    return features[batch.packing.slice_rows] * batch.packing.token_mask.unsqueeze(2)


def encode_alone(x: Tensor, values: Mapping[str, Tensor], kind: str, layers: int) -> Tensor:
    """Return the features of one case (slices, width) by one ordinary model."""
    if kind == "transformer":
        x = torch.cat([values["pool.token"][None], x])
    for i in range(layers):
        layer = nn.TransformerEncoderLayer(WIDTH, 2, 2 * WIDTH, dropout=0.0, batch_first=True)
        prefix = f"encoder.layers.{i}."
        own = {n.removeprefix(prefix): v for n, v in values.items() if n.startswith(prefix)}
        x = torch.func.functional_call(layer, own, (x[None],))[0]
    if kind == "mean":
        pooled = x.mean(0)
    elif kind == "max":
        pooled = x.max(0).values
    elif kind == "transformer":
        pooled = x[0]
    else:
        hidden = torch.tanh(x @ values["pool.hidden.weight"].T + values["pool.hidden.bias"])
        if kind == "gated_attention":
            gate = x @ values["pool.gate.weight"].T + values["pool.gate.bias"]
            hidden = hidden * torch.sigmoid(gate)
        scores = hidden @ values["pool.score.weight"][0] + values["pool.score.bias"]
        pooled = (scores.softmax(0)[:, None] * x).sum(0)
    return functional.linear(pooled, values["fc.weight"], values["fc.bias"])


@pytest.mark.parametrize(("kind", "layers"), KINDS)
def test_a_stack_pools_as_one_model_does(kind: PoolingKind, layers: int) -> None:
    body, batch = make_body(kind, layers), make_batch(kind, layers)
    values = make_values(body)
    features = torch.randn(int(OFFSETS[-1]), WIDTH, generator=torch.Generator().manual_seed(2))
    features.requires_grad_()
    assert batch.packing is not None
    outputs = body(values, pack_tokens(features, batch), batch.packing, StepDropout())
    assert outputs.shape == (3, 3, 4)
    weights = torch.randn(outputs.shape, generator=torch.Generator().manual_seed(3))
    total, expected_total = outputs.new_zeros(()), outputs.new_zeros(())
    for model, cases in enumerate(CASES):
        of_model = {name: value[model] for name, value in values.items()}
        for column, case in enumerate(cases.tolist()):
            x = features[OFFSETS[case] : OFFSETS[case + 1]]
            expected = encode_alone(x, of_model, kind, layers)
            torch.testing.assert_close(outputs[model, column], expected, atol=1e-5, rtol=1e-4)
            total = total + (outputs[model, column] * weights[model, column]).sum()
            expected_total = expected_total + (expected * weights[model, column]).sum()
    sources = [features, *values.values()]
    names = ["features", *values]
    gradients = torch.autograd.grad(total, sources, retain_graph=True)
    for name, a, b in zip(
        names, gradients, torch.autograd.grad(expected_total, sources), strict=True
    ):
        torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-3, msg=name)


@pytest.mark.parametrize(("kind", "layers"), KINDS)
def test_a_model_does_not_depend_on_the_others_of_its_stack(kind: PoolingKind, layers: int) -> None:
    body, batch, alone = (
        make_body(kind, layers),
        make_batch(kind, layers),
        make_batch(kind, layers, CASES[1:2]),
    )
    values = make_values(body)
    features = torch.randn(int(OFFSETS[-1]), WIDTH, generator=torch.Generator().manual_seed(2))
    assert batch.packing is not None
    assert alone.packing is not None
    together = body(values, pack_tokens(features, batch), batch.packing, StepDropout())
    of_one = {name: value[1:2] for name, value in values.items()}
    one = body(of_one, pack_tokens(features, alone), alone.packing, StepDropout())
    torch.testing.assert_close(together[1, :2], one[0], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("kind", ["attention", "gated_attention"])
def test_attention_starts_as_the_mean_and_its_weights_add_up_to_one(
    kind: Literal["attention", "gated_attention"],
) -> None:
    pooling = Pooling(kind=kind, width=WIDTH)
    layout = ParameterLayout(pooling.parameters())
    values = layout.named_views(layout.initialize(range(3)))
    batch = make_batch(kind, 0)
    packing = batch.packing
    assert packing is not None
    assert packing.places is not None
    features = torch.randn(int(OFFSETS[-1]), WIDTH, generator=torch.Generator().manual_seed(2))
    tokens = pack_tokens(features, batch)
    torch.testing.assert_close(pooling(values, tokens, packing), packing.average(tokens))
    values["pool.score.weight"].normal_()
    weights = pooling.weights(values, tokens, packing.places)
    assert not weights[packing.places < 0].any()
    sums = weights.sum(2)
    torch.testing.assert_close(sums[batch.case_mask], torch.ones(int(batch.case_mask.sum())))
    assert not torch.allclose(weights[0, 0, :7], torch.full((7,), 1 / 7))


def test_large_scores_are_finite() -> None:
    pooling = Pooling(kind="attention", width=WIDTH)
    layout = ParameterLayout(pooling.parameters())
    values = layout.named_views(layout.initialize(range(3)))
    values["pool.score.weight"].fill_(1e4)
    batch = make_batch("attention", 0)
    assert batch.packing is not None
    features = 1e3 * torch.randn(int(OFFSETS[-1]), WIDTH)
    pooled = pooling(values, pack_tokens(features, batch), batch.packing)
    assert torch.isfinite(pooled).all()


def test_a_pooling_without_places_is_refused() -> None:
    batch = make_batch("mean", 0)
    assert batch.packing is not None
    with pytest.raises(ValueError, match="pooling max needs the places"):
        Pooling(kind="max", width=2)({}, torch.zeros(3, batch.packing.capacity, 2), batch.packing)


def weigh_alone(x: Tensor, values: Mapping[str, Tensor], kind: str, layers: int) -> Tensor:
    """Return the weights of the slices of one case, by the attention of an ordinary model."""
    slices = len(x)
    if kind == "transformer":
        x = torch.cat([values["pool.token"][None], x])
    matrices = []
    for i in range(layers):
        layer = nn.TransformerEncoderLayer(WIDTH, 2, 2 * WIDTH, dropout=0.0, batch_first=True)
        prefix = f"encoder.layers.{i}."
        layer.load_state_dict(
            {n.removeprefix(prefix): v for n, v in values.items() if n.startswith(prefix)}
        )
        matrices.append(layer.self_attn(x[None], x[None], x[None])[1][0])
        x = layer(x[None])[0]
    if kind == "mean":
        weights = torch.full((slices,), 1.0 / slices)
    elif kind == "max":
        weights = functional.one_hot(x.argmax(0), len(x)).float().mean(0)
    elif kind == "transformer":
        weights = functional.one_hot(torch.tensor(0), len(x)).float()
    else:
        hidden = torch.tanh(x @ values["pool.hidden.weight"].T + values["pool.hidden.bias"])
        if kind == "gated_attention":
            gate = x @ values["pool.gate.weight"].T + values["pool.gate.bias"]
            hidden = hidden * torch.sigmoid(gate)
        weights = (hidden @ values["pool.score.weight"][0] + values["pool.score.bias"]).softmax(0)
    for matrix in reversed(matrices):
        weights = weights @ (matrix + torch.eye(len(matrix))) / 2
    return weights[-slices:]


@pytest.mark.parametrize(("kind", "layers"), KINDS)
@torch.no_grad()
def test_the_weights_of_slices_follow_pooling_and_attention(kind: PoolingKind, layers: int) -> None:
    body, batch = make_body(kind, layers), make_batch(kind, layers)
    values = {name: value.detach() for name, value in make_values(body).items()}
    features = torch.randn(int(OFFSETS[-1]), WIDTH, generator=torch.Generator().manual_seed(2))
    packing = batch.packing
    assert packing is not None
    weights = body.slice_weights(values, pack_tokens(features, batch), packing)
    for model, cases in enumerate(CASES):
        of_model = {name: value[model] for name, value in values.items()}
        for case in cases.tolist():
            rows = torch.arange(int(OFFSETS[case]), int(OFFSETS[case + 1]))
            is_slice = packing.token_mask[model] & torch.isin(packing.slice_rows[model], rows)
            order = packing.slice_rows[model][is_slice].argsort()
            expected = weigh_alone(features[rows], of_model, kind, layers)
            torch.testing.assert_close(
                weights[model][is_slice][order], expected, atol=1e-5, rtol=1e-4
            )
