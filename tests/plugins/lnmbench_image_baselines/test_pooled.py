from __future__ import annotations

import numpy as np
import pytest
from lnmbench_image_baselines.pooled import Pooled

from lnmbench import UserError
from lnmbench.contracts import ImageBaseline, TunedReduction
from lnmbench.testing import parametrize_with_contract_checks


@parametrize_with_contract_checks("baseline", [Pooled(encoder="resnet18")])
def test_it_keeps_the_contract(contract_check: object) -> None:
    assert callable(contract_check)
    contract_check()


def test_it_reduces_features_of_a_frozen_encoder() -> None:
    pooled = Pooled(encoder="resnet18", components=4)
    assert isinstance(pooled, ImageBaseline)
    assert (pooled.encoder, pooled.aux, pooled.model) == ("resnet18", "", "")
    features = np.random.default_rng(0).normal(size=(20, 30))
    assert pooled.reduction().fit(features).transform(features).shape == (20, 4)


def test_the_inner_folds_choose_among_numbers_of_components() -> None:
    features = np.random.default_rng(0).normal(size=(80, 90))
    pooled = Pooled(components="4+16+64+4")
    assert isinstance(pooled, TunedReduction)
    settings = pooled.reductions()
    assert settings == [{"components": 4}, {"components": 16}, {"components": 64}]
    widths = [pooled.reduction(**each).fit(features).transform(features).shape for each in settings]
    assert widths == [(80, 4), (80, 16), (80, 64)]
    assert Pooled().components == (16,)
    assert Pooled().reductions() == [{}], "no choice, no setting in the tables"


@pytest.mark.parametrize("components", [0, "0+4", "4+", "four", "-4", "1.5"])
def test_no_number_of_components_is_refused(components: int | str) -> None:
    with pytest.raises(UserError, match="wrong value for components.*expected 1 or more, or sev"):
        Pooled(components=components)
