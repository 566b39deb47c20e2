from __future__ import annotations

import numpy as np
import pytest
from lnmbench_image_baselines.pooled import Pooled

from lnmbench import UserError
from lnmbench.contracts import ImageBaseline
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


def test_no_component_is_refused() -> None:
    with pytest.raises(UserError, match="wrong value for components.*expected 1 or more, got 0"):
        Pooled(components=0)
