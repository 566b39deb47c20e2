from __future__ import annotations

from lnmbench.records import Choice, FeatureSelection, feature_selection


def test_a_baseline_selects_nothing_unless_it_says_so() -> None:
    assert feature_selection(Choice(name="logistic")) == FeatureSelection(method="none", most=10)
    parameters: dict[str, object] = {"select": "lasso", "select_most": 3}
    chosen = Choice(name="logistic", parameters=parameters)
    assert feature_selection(chosen) == FeatureSelection(method="lasso", most=3)
