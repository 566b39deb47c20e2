from __future__ import annotations

import pytest
from lnmbench_baselines.limits import require_positive, require_seed

from lnmbench import UserError


def test_the_message_names_baseline_and_parameter() -> None:
    require_positive("x", trees=1, folds=5)
    message = r"wrong value for folds \(baseline x\): expected 1 or more, got -2"
    with pytest.raises(UserError, match=message):
        require_positive("x", trees=1, folds=-2)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_are_those_of_random_generators(seed: int) -> None:
    require_seed("x", 2**32 - 1)
    with pytest.raises(UserError, match=f"wrong value for seed .baseline x.: .* got {seed}"):
        require_seed("x", seed)
