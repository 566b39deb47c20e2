"""Numbers and titles as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmbench.results import (
    decimal_places,
    describe_target,
    format_decimal,
    format_difference,
    format_interval,
    format_p_equation,
    format_probability,
    format_pvalue,
    format_with_error,
    format_with_interval,
    join_and,
    metric_heading,
    metric_title,
    target_title,
)
from lnmbench.testing.sample_results import empty_results


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.7604, ".760"),
        (-0.0132, "−.013"),
        (1.25, "1.250"),
        (0.0004, ".00040"),
        (-0.0004, "−.00040"),
        (1e-9, ".000"),
        (-1e-9, ".000"),
        (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)
def test_small_numbers_keep_their_digits(value: float, text: str) -> None:
    assert format_decimal(value) == text


def test_an_interval_has_the_decimals_of_its_half_width_or_its_estimate() -> None:
    assert format_interval(-0.00012, 0.00072) == "−.00012 to .00072"
    assert format_interval(-0.04833, 0.04909) == "−.048 to .049"
    assert format_with_interval(0.00038, -0.04833, 0.04909) == ".000 (−.048 to .049)"
    assert format_with_interval(0.00038, 0.0001, 0.0007) == "+.00038 (.00010 to .00070)"
    assert format_interval(-0.00012, 0.00092, estimate=0.2) == ".000 to .001"
    assert format_difference(0.0004, estimate=0.2) == ".000"
    assert format_difference(0.0004) == "+.00040"
    assert decimal_places(float("nan")) == 3


@pytest.mark.parametrize(
    ("difference", "error", "text"),
    [
        (-0.00021, 0.0012, ".000 ± .001"),
        (-0.0132, 0.0009, "−.013 ± .001"),
        (-0.0132, 0.0003, "−.01320 ± .00030"),
        (0.00021, 0.0001, "+.00021 ± .00010"),
        (0.01, float("nan"), "+.010 ± –"),
    ],
)
def test_a_difference_has_as_many_decimals_as_its_error(
    difference: float, error: float, text: str
) -> None:
    assert format_with_error(difference, error) == text


def test_p_values_do_not_round_across_the_level() -> None:
    assert [format_pvalue(p) for p in (0.0499, 0.0501, 0.05)] == [".0499", ".0501", ".05"]
    assert format_p_equation(0.0001) == "p < .001"
    assert format_p_equation(0.999) == "p > .99"
    assert format_pvalue(float("nan")) == "–"


def test_probabilities_are_0_or_1_only_if_they_are() -> None:
    assert [format_probability(p) for p in (0.0, 0.004, 0.996, 1.0)] == [
        ".00",
        "< .01",
        "> .99",
        "1.00",
    ]


def test_lists_have_one_and() -> None:
    assert [join_and(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_titles_fall_back_to_names() -> None:
    results = replace(
        empty_results(), metric_titles={"brier": "Brier"}, metric_better={"brier": False}
    )
    assert metric_title(results, "brier") == "Brier"
    assert metric_heading(results, "brier") == "Brier (lower is better)"
    assert metric_heading(results, "other") == "other"
    assert (target_title(results), describe_target(results)) == ("n2", "n2")
    titled = replace(results, target_title="pN2 or higher")
    assert target_title(titled) == "pN2 or higher"
    assert describe_target(titled) == "pN2 or higher (n2)"
