"""Bodies of stacked networks, against their arithmetic for one model."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from lnmbench.nets.data.packing import pack
from lnmbench.nets.stacked.bodies import ClinicalBody, SliceBody
from lnmbench.nets.stacked.dropout import StepDropout
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.records import Training

OFFSETS = torch.tensor([0, 3, 4, 9])
CPU = torch.device("cpu")


def make_values(body: SliceBody | ClinicalBody, models: int) -> dict[str, Tensor]:
    layout = ParameterLayout(body.parameters())
    return dict(layout.named_views(layout.initialize(range(models))))


def test_slices_are_pooled_and_mapped_to_features() -> None:
    settings = Training(token_dim=6, layers=0, image_features=4)
    body = SliceBody(dim=6, max_slices=5, settings=settings)
    values = make_values(body, 2)
    packing = pack([torch.tensor([0, 2]), torch.tensor([1])], OFFSETS, CPU).packing
    assert packing is not None
    features = torch.randn(9, 6, generator=torch.Generator().manual_seed(1))
    tokens = features[packing.slice_rows] * packing.token_mask.unsqueeze(2)
    outputs = body(values, tokens, packing, StepDropout())
    assert outputs.shape == (2, 2, 4)
    for model, column, case in ((0, 0, 0), (0, 1, 2), (1, 0, 1)):
        mean = features[OFFSETS[case] : OFFSETS[case + 1]].mean(0)
        weight, bias = values["fc.weight"][model], values["fc.bias"][model]
        torch.testing.assert_close(outputs[model, column], functional.linear(mean, weight, bias))
    weights = body.slice_weights(values, tokens, packing)
    positions = packing.token_positions[0]
    torch.testing.assert_close(
        weights[0, positions].sort().values, torch.tensor([1 / 5] * 5 + [1 / 3] * 3)
    )


def test_a_wide_trained_projection_learns_more_slowly() -> None:
    settings = Training(token_dim=16, layers=2, heads=2, projection="trained")
    rates = {
        parameter.name: parameter.lr_scale
        for parameter in SliceBody(dim=400, max_slices=5, settings=settings).parameters()
    }
    assert rates["project.weight"] == rates["project.bias"] == math.sqrt(16 / 400)
    assert rates["encoder.layers.1.linear1.weight"] == 1.0


def test_clinical_features_pass_a_hidden_layer() -> None:
    body = ClinicalBody(clinical=3, settings=Training(image_features=5))
    values = make_values(body, 2)
    clinical = torch.randn(2, 7, 3, generator=torch.Generator().manual_seed(2))
    outputs = body(values, clinical, StepDropout())
    assert outputs.shape == (2, 7, 5)
    hidden = functional.linear(clinical[1], values["hidden.weight"][1], values["hidden.bias"][1])
    expected = functional.linear(hidden.relu(), values["fc.weight"][1], values["fc.bias"][1])
    torch.testing.assert_close(outputs[1], expected)
    assert body.token_dropout_width == 0
