"""Networks: learning rates of their parts, and logits of each task."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from lnmbench.nets.data.packing import pack
from lnmbench.nets.stacked.bodies import ClinicalBody, SliceBody
from lnmbench.nets.stacked.dropout import StepDropout
from lnmbench.nets.stacked.network import AuxHead, Network
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.records import Training

SETTINGS = Training(
    projection="trained",
    token_dim=8,
    heads=2,
    layers=2,
    learning_rate=1e-3,
    head_learning_rate=5e-3,
)
CPU = torch.device("cpu")


def test_projection_and_heads_have_learning_rates_of_their_own() -> None:
    body = SliceBody(dim=32, max_slices=4, settings=SETTINGS)
    parameters = Network(body=body, clinical=3, aux=(AuxHead(name="pt", outputs=2),)).parameters()
    scales = {parameter.name: parameter.lr_scale for parameter in parameters}
    assert scales["project.weight"] == math.sqrt(8 / 32)
    assert scales["target.weight"] == pytest.approx(5.0)
    assert scales["aux.pt.bias"] == pytest.approx(5.0)
    assert scales["fc.weight"] == scales["encoder.layers.1.linear2.bias"] == 1.0


def test_the_target_alone_sees_the_clinical_features_of_a_network_with_images() -> None:
    offsets = torch.tensor([0, 2, 5])
    network = Network(
        body=SliceBody(dim=8, max_slices=3, settings=SETTINGS),
        clinical=3,
        aux=(AuxHead(name="pt", outputs=2),),
        weighting_scalars=(0.5, 0.25),
    )
    layout = ParameterLayout(network.parameters())
    values = layout.named_views(layout.initialize([0, 1]))
    assert network.stack_weighting_scalars(values).tolist() == [[0.5, 0.25]] * 2
    batch = pack([torch.tensor([0, 1]), torch.tensor([1])], offsets, CPU)
    assert batch.packing is not None
    source = torch.Generator().manual_seed(0)
    tokens = torch.randn(2, batch.packing.capacity, 8, generator=source)
    clinical = torch.randn(2, 2, 3, generator=source)
    for name in ("target.weight", "aux.pt.weight"):  # heads start at zero
        assert not values[name].any()
        values[name].normal_(generator=source)
    features = network.features(values, tokens, clinical, batch.packing, StepDropout())
    risk = network.target_logits(values, features, clinical)
    (aux,) = network.aux_logits(values, features, cases=2)
    assert (risk.shape, aux.shape) == ((2, 2, 1), (2, 2, 2))
    others = network.features(values, tokens, clinical + 1, batch.packing, StepDropout())
    other_risk = network.target_logits(values, others, clinical + 1)
    assert not torch.allclose(risk, other_risk)
    assert torch.equal(aux, network.aux_logits(values, others, cases=2)[0])
    with pytest.raises(ValueError, match="needs tokens"):
        network.features(values, None, clinical, None, StepDropout())


def test_a_network_without_images_is_a_hidden_layer_and_heads() -> None:
    network = Network(body=ClinicalBody(clinical=3, settings=SETTINGS), clinical=3)
    layout = ParameterLayout(network.parameters())
    values = layout.named_views(layout.initialize([4]))
    source = torch.Generator().manual_seed(0)
    clinical = torch.randn(1, 2, 3, generator=source)
    values["target.weight"].normal_(generator=source)
    features = network.features(values, None, clinical, None, StepDropout())
    risk = network.target_logits(values, features, clinical)
    weights = {name: value[0] for name, value in values.items()}
    hidden = functional.linear(clinical[0], weights["hidden.weight"], weights["hidden.bias"]).relu()
    expected_features = functional.linear(hidden, weights["fc.weight"], weights["fc.bias"])
    both = torch.cat([expected_features, clinical[0]], 1)
    expected = functional.linear(both, weights["target.weight"], weights["target.bias"])
    torch.testing.assert_close(risk[0], expected)


def test_each_modality_enters_the_head_by_a_layer_of_its_own_and_is_zero_where_it_lacks() -> None:
    network = Network(
        body=ClinicalBody(clinical=3 + 4 + 2, settings=SETTINGS),
        clinical=3,
        modalities=(("cfdna", 4), ("pet", 2)),
    )
    layout = ParameterLayout(network.parameters())
    values = layout.named_views(layout.initialize([4, 5]))
    assert values["target.weight"].shape == (2, 1, 3 * 8 + 3)
    source = torch.Generator().manual_seed(0)
    modalities = [torch.randn(2, 3, width, generator=source) for width in (4, 2)]
    present = torch.tensor([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]).expand(2, 3, 2)
    outputs = network.modality_features(values, modalities, present, StepDropout())
    for k in range(2):
        cfdna, pet = (
            functional.linear(
                x[k], values[f"target.{name}.weight"][k], values[f"target.{name}.bias"][k]
            )
            for name, x in zip(("cfdna", "pet"), modalities, strict=True)
        )
        cfdna[2], pet[1:] = 0.0, 0.0
        torch.testing.assert_close(outputs[k], torch.cat([cfdna, pet], 1))
