from __future__ import annotations

import pytest
from lnmbench_image_baselines.two_stage import TwoStage

from lnmbench import UserError
from lnmbench.contracts import ImageBaseline
from lnmbench.testing import parametrize_with_contract_checks


@parametrize_with_contract_checks("baseline", [TwoStage(aux="pt")])
def test_it_keeps_the_contract(contract_check: object) -> None:
    assert callable(contract_check)
    contract_check()


def test_the_model_gets_all_features_of_the_network() -> None:
    two_stage = TwoStage(aux="pt+size", encoder="resnet18", model="logistic")
    assert isinstance(two_stage, ImageBaseline)
    assert (two_stage.aux, two_stage.encoder) == ("pt+size", "resnet18")
    assert two_stage.model == "logistic"
    assert two_stage.reduction() is None


@pytest.mark.parametrize("aux", ["", " ", "none"])
def test_no_task_is_refused(aux: str) -> None:
    with pytest.raises(UserError, match="learns features from auxiliary tasks.*baseline pooled"):
        TwoStage(aux=aux)
