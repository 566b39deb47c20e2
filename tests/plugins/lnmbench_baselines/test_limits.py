from __future__ import annotations

import pytest
from lnmbench_baselines.limits import require_positive

from lnmbench import UserError


def test_the_message_names_baseline_and_parameter() -> None:
    require_positive("x", trees=1, folds=5)
    message = r"wrong value for folds \(baseline x\): expected 1 or more, got -2"
    with pytest.raises(UserError, match=message):
        require_positive("x", trees=1, folds=-2)
