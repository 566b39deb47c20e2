"""Labels without information: random classes, and one class for all cases."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from lnmbench_controls.uninformative import ConstantLabels, RandomLabels

from lnmbench import UserError
from lnmbench.testing import sample_cohort

COHORT = sample_cohort(2000)


def test_random_classes_depend_on_their_seed_alone() -> None:
    once, again = (RandomLabels(classes=7).targets(COHORT) for _ in range(2))
    other = RandomLabels(classes=7, seed=1).targets(COHORT)
    np.testing.assert_array_equal(once, again)
    # two independent draws agree in one of seven cases, ± 5 standard errors
    assert (once == other).mean() == pytest.approx(1 / 7, abs=0.04)
    assert np.bincount(once.astype(int)).tolist() == pytest.approx([2000 / 7] * 7, abs=80)
    known = ~np.isnan(COHORT.values["pt"])
    stage = np.corrcoef(once[known], COHORT.values["pt"][known])[0, 1]
    assert abs(stage) < 0.11


def test_constant_labels_are_one_class_of_several() -> None:
    task = ConstantLabels(classes=3)
    assert task.targets(COHORT).tolist() == [0.0] * 2000
    assert task.outputs == 3
    losses = task.loss(torch.zeros(2, 5, 3), torch.zeros(5))
    np.testing.assert_allclose(losses, np.full((2, 5), np.log(3.0)), rtol=1e-6)


@pytest.mark.parametrize(
    ("task", "parameters"),
    [
        (RandomLabels, {"classes": 1}),
        (RandomLabels, {"seed": -1}),
        (ConstantLabels, {"classes": 0}),
    ],
)
def test_wrong_parameters_are_refused(task: type, parameters: dict[str, int]) -> None:
    with pytest.raises(UserError, match=next(iter(parameters))):
        task(**parameters)
