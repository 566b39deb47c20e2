from __future__ import annotations

import pytest
from lnmbench_torchvision import register_encoders, weights
from lnmbench_torchvision.families import FAMILIES
from lnmbench_torchvision.stages import import_models

MODELS = import_models()
NETWORKS = {name: family for family in FAMILIES for name in family.names}


def test_names_are_torchvisions_and_no_network_is_listed_twice() -> None:
    known = {*MODELS.list_models(MODELS), *MODELS.list_models(MODELS.video)}
    assert set(NETWORKS) <= known
    assert len(NETWORKS) == sum(len(family.names) for family in FAMILIES)
    assert set(register_encoders()) == set(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
def test_colors_and_size_are_those_of_pretraining(name: str) -> None:
    family = NETWORKS[name]
    preset = weights.default_weights(MODELS, name).transforms()
    assert family.colors == (tuple(preset.mean), tuple(preset.std))
    assert family.size in (None, preset.crop_size[0])
