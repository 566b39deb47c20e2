"""Cells of predictions as numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from lnmbench_outside_predictions.predicted_values import Values, read_values

from lnmbench import UserError


def read(*cells: str, scale: Any = "auto", separator: str = ",") -> Values:
    return read_values(cells, scale=scale, separator=separator, where="column 'r'")


@pytest.mark.parametrize(
    ("cells", "separator", "numbers", "scale"),
    [
        (("0.2", "1", ""), ",", (0.2, 1.0, math.nan), "probability"),
        (("0,2", "1,0", "NA"), ";", (0.2, 1.0, math.nan), "probability"),
        (("20%", "7.5 %", "100%"), ",", (0.2, 0.075, 1.0), "probability"),
        (("0", "1.0", "nan"), ",", (0.0, 1.0, math.nan), "call"),
        (("Yes", "no", "yes"), ",", (1.0, 0.0, 1.0), "call"),
        (("positive", "negative", "[Not Available]"), ",", (1.0, 0.0, math.nan), "call"),
        (("ja", "nein"), ",", (1.0, 0.0), "call"),
        (("no", "No"), ",", (0.0, 0.0), "call"),
        (("positive",), ",", (1.0,), "call"),
        (("N+", "N0"), ",", (1.0, 0.0), "call"),
        (("有转移", "无转移"), ",", (1.0, 0.0), "call"),
    ],
)
def test_the_scale_follows_from_the_values(
    cells: tuple[str, ...], separator: str, numbers: tuple[float, ...], scale: str
) -> None:
    values = read(*cells, separator=separator)
    np.testing.assert_allclose(values.numbers, numbers)
    assert values.scale == scale


def test_ratings_are_scaled_to_0_and_1() -> None:
    values = read("1", "5", "2", "", scale="rating")
    np.testing.assert_allclose(values.numbers, (0.0, 1.0, 0.25, math.nan))
    assert (values.scale, values.rating_range) == ("rating", (1.0, 5.0))
    assert "from 1 to 5" in values.notes[0]
    assert read("3", "3", scale="rating").numbers == (0.5, 0.5)


def test_calls_that_are_probabilities_by_declaration() -> None:
    assert read("0", "1", scale="probability").scale == "probability"


@pytest.mark.parametrize(
    ("cells", "scale", "message"),
    [
        (("0.2", "85"), "auto", "1 of 2 predictions outside of 0 to 1.*divide percentages by 100"),
        (("-1", "0.5"), "probability", "got -1 to 0.5; set scale=rating"),
        (("0.2", "0.8"), "call", "wrong calls"),
        (("0", "2"), "call", "calls of 0 or 1"),
        (("yes", "no", "unsure"), "auto", "3 different cells without a number.*'unsure'"),
        (("yes", "0.3"), "auto", "1 different cell without a number"),
        (("yes", "no"), "probability", "without a number"),
        (("left",), "auto", "expected numbers, or two words"),
        (("left", "right"), "auto", "expected numbers, or two words"),
        (("20%", "0.3"), "auto", "1 of 2 values are percentages"),
        (("", "NA"), "auto", "no predictions"),
        (("0,2", "0,3"), "auto", "without a number"),
        (("inf", "0.3"), "auto", "without a number"),
        (("=1+1", "0.3"), "auto", "without a number"),
    ],
)
def test_what_has_no_meaning_is_refused(cells: tuple[str, ...], scale: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(*cells, scale=scale)
