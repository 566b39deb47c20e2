"""Signs that a variable contains the target, and their rate of false alarms."""

from __future__ import annotations

import numpy as np
import pytest

from lnmbench.records import LeakSigns
from lnmbench.stats.leakage import describe_signs, find_separating_pairs, find_signs

RNG = np.random.default_rng(0)
LABELS = np.repeat([0.0, 1.0], [80, 40])


def test_the_target_itself_separates_in_either_direction() -> None:
    for values in (LABELS, -LABELS):
        signs = find_signs(values, LABELS, nominal=False)
        assert signs.auc == 1.0
        assert "AUC 1" in describe_signs(signs)[0]


def test_an_implausible_auc_is_described() -> None:
    values = LABELS * 3 + RNG.normal(0, 1, 120)
    (sentence,) = describe_signs(find_signs(values, LABELS, nominal=False))
    assert sentence.startswith("alone has an AUC of .9")


def test_a_value_that_only_positive_cases_have_is_described() -> None:
    station = np.where((LABELS == 1) & (np.arange(120) % 3 == 0), 1.0, 0.0)
    signs = find_signs(station, LABELS, nominal=False)
    assert signs.auc < 0.7
    assert signs.certain == 13
    assert describe_signs(signs) == ["has a value with which all 13 cases are positive"]


def test_a_value_that_only_negative_cases_have_is_no_sign() -> None:
    pure_ground_glass = np.where((LABELS == 0) & (np.arange(120) % 2 == 0), 1.0, 0.0)
    assert describe_signs(find_signs(pure_ground_glass, LABELS, nominal=False)) == []


def test_missing_values_can_tell_the_class() -> None:
    size = np.where(LABELS == 1, RNG.normal(5, 1, 120), np.nan)
    (sentence,) = describe_signs(find_signs(size, LABELS, nominal=False))
    assert sentence == "is known in one class and missing in the other"
    some = np.where(np.arange(120) % 2 == 0, size, np.nan)
    (sentence,) = describe_signs(find_signs(some, LABELS, nominal=False))
    assert sentence == "is known in 20 cases, all of them positive"


def test_many_random_categories_are_no_sign() -> None:
    for categories in (4, 20, 60, 120):
        values = RNG.integers(0, categories, 120).astype(float)
        assert describe_signs(find_signs(values, LABELS, nominal=True)) == []


def test_a_category_of_positive_cases_is_a_sign() -> None:
    values = np.where(LABELS == 1, 2.0, np.arange(120) % 2)
    assert find_signs(values, LABELS, nominal=True).auc == 1.0


@pytest.mark.parametrize("distance", [0.0, 0.5, 1.0])
def test_plausible_variables_rarely_give_alarm(distance: float) -> None:
    """An AUC of .76 (distance 1), as size and SUV have, gives no alarm in 200 cohorts."""
    alarms = sum(
        bool(
            describe_signs(
                find_signs(LABELS * distance + RNG.normal(0, 1, 120), LABELS, nominal=False)
            )
        )
        for _ in range(200)
    )
    assert alarms == 0


def test_few_cases_give_no_signs() -> None:
    signs = find_signs(np.array([0.0, 1.0] * 7), np.array([0.0, 1.0] * 7), nominal=False)
    assert signs.auc is None
    assert describe_signs(LeakSigns()) == []


def test_two_counts_that_together_give_the_target_are_found() -> None:
    examined = RNG.integers(5, 30, 120).astype(float)
    negative = examined - LABELS * RNG.integers(1, 5, 120)
    age = RNG.normal(60, 9, 120)
    variables = {"age": age, "examined": examined, "negative": negative}
    assert find_separating_pairs(variables, LABELS) == [("examined", "negative")]
