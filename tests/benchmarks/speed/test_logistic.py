"""The fast search of logistic regression agrees with scikit-learn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_logistic_chooses_as_scikit_learn_does(run: Callable[[str], str]) -> None:
    printed = run("logistic --cases 60 --folds 2 --inner 2 --rounds 1")
    assert "agreement: the same C in 2 of 2 outer folds" in printed
    assert re.search(r"median: scikit-learn .*: ratio [\d.]+ ×", printed)
