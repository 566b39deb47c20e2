"""The detectable difference in newly drawn cohorts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

Run = Callable[[str], str]
ROW = re.compile(r"^\s+(\.\d+)\s+(.+)$", flags=re.MULTILINE)


def test_the_printed_difference_is_found_in_four_of_five_new_cohorts(run: Run) -> None:
    printed = run("detectable_difference --cases 150 --cohorts 60 --repeats 3")
    assert "150 cases, 3 × 10 folds, 60 cohorts" in printed
    rows = {alpha: [float(n) for n in numbers.split()] for alpha, numbers in ROW.findall(printed)}
    assert list(rows) == [".05", ".025", ".0125", ".00417"]
    for by_folds, power_by_folds, in_cohort, power_in_cohort, error, spread in rows.values():
        # Monte Carlo error of the power: .05; with 3 repeats the corrected test is conservative
        assert 0.68 < power_in_cohort < 0.98
        # the spread of nearly equal models alone promises differences that are hardly ever found
        assert by_folds < 0.6 * in_cohort
        assert power_by_folds < 0.3
        assert error == pytest.approx(spread, rel=0.3)
    differences = [row[2] for row in rows.values()]
    assert differences == sorted(differences), "a lower threshold requires a greater difference"
