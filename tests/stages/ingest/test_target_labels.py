"""Labels of the targets that a cohort has columns for."""

from __future__ import annotations

from typing import Any

from lnmbench.registry import Registry
from lnmbench.stages.ingest.target_labels import label_cohort


def test_targets_without_a_column_or_with_parameters_are_left_out(make_cohort: Any) -> None:
    labeled = {each.name: each for each in label_cohort(make_cohort(30), Registry())}
    assert "n2" in labeled
    assert "station" not in labeled
    assert labeled["n2"].labels.shape == (30,)
