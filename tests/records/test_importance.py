"""Records of the importance of inputs."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import get_args

import numpy as np
import pytest

from lnmbench.records import Estimate, InputImportance, InputKind, PermutedPredictions


def test_records_of_importance_are_frozen() -> None:
    predictions = PermutedPredictions(kind="feature", name="age", values=np.zeros((2, 3, 1)))
    importance = InputImportance(
        kind="modality", name="image", metric="auc", losses=np.zeros((1, 2)), loss=Estimate(value=0)
    )
    assert get_args(InputKind) == ("feature", "modality")
    for record in (predictions, importance):
        with pytest.raises(FrozenInstanceError):
            record.name = "another"  # type: ignore[misc]  # frozen
