"""Initial values: torch's values, and the same for shared layers in networks with other heads."""

from __future__ import annotations

import math

import pytest
import torch

from lnmbench.nets.stacked.bodies import SliceBody
from lnmbench.nets.stacked.network import AuxHead, Network
from lnmbench.nets.stacked.parameters import Parameter, ParameterLayout
from lnmbench.records import Training

BODY = SliceBody(
    dim=300, max_slices=4, settings=Training(projection="trained", token_dim=32, layers=2)
)


def layout_with(aux: dict[str, int]) -> ParameterLayout:
    heads = tuple(AuxHead(name=name, outputs=outputs) for name, outputs in aux.items())
    return ParameterLayout(Network(body=BODY, clinical=5, aux=heads).parameters())


def test_shared_layers_start_alike_with_and_without_auxiliary_heads() -> None:
    single, multi = layout_with({}), layout_with({"pt": 7, "size": 1})
    alone = single.named_views(single.initialize([3, 4]))
    with_heads = multi.named_views(multi.initialize([4, 3, 8]))
    assert set(with_heads) - set(alone) == {
        f"aux.{name}.{part}" for name in ("pt", "size") for part in ("weight", "bias")
    }
    for name, values in alone.items():
        assert torch.equal(values[0], with_heads[name][1]), name
        assert torch.equal(values[1], with_heads[name][0]), name


def test_parameters_start_within_torchs_bounds_and_fill_them() -> None:
    layout = layout_with({})
    values = layout.named_views(layout.initialize(range(4)))
    weight = values["project.weight"]
    assert float(weight.abs().max()) == pytest.approx(1 / math.sqrt(300), rel=1e-3)
    assert abs(float(weight.mean())) < 1e-3
    assert not torch.equal(weight[0], weight[1])
    attention = values["encoder.layers.0.self_attn.in_proj_weight"]
    assert float(attention.abs().max()) == pytest.approx(math.sqrt(6 / (4 * 32)), rel=1e-2)
    assert not torch.equal(attention, values["encoder.layers.1.self_attn.in_proj_weight"])
    assert (values["encoder.layers.0.norm1.weight"] == 1).all()
    assert (values["encoder.layers.0.self_attn.out_proj.bias"] == 0).all()


def test_weight_decay_covers_the_matrices_and_nothing_else() -> None:
    layout = layout_with({"pt": 7})
    flat = torch.zeros(1, layout.size)
    flat[:, : layout.decayed_size] = 1
    for name, values in layout.named_views(flat).items():
        assert bool(values.all()) == (values.dim() == 3), name


def test_pretrained_convolutions_keep_their_weights_and_memory_order() -> None:
    weights = torch.randn(6, 4, 3, 5)
    conv = Parameter(
        name="conv", shape=(6, 4, 3, 5), pretrained=weights, decays=True, channels_last=True
    )
    layout = ParameterLayout([conv, Parameter(name="x", shape=(3,))])
    flat = layout.initialize([1, 2])
    for values in layout.named_views(flat)["conv"]:
        assert torch.equal(values, weights)
        assert values.is_contiguous(memory_format=torch.channels_last)
    layout.named_views(flat)["conv"][1] += 1
    assert torch.equal(flat[1, :360].sort().values, (weights + 1).flatten().sort().values)


def test_two_parameters_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two parameters"):
        ParameterLayout([Parameter(name="x", shape=(2,)), Parameter(name="x", shape=(3,))])
