"""Numbers and lists as text, in journal style: no leading zero, a true minus sign."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lnmbench.records import Results

DECIMALS = 3
FINE_DECIMALS = 5
"""Decimals of a number that would be zero with `DECIMALS` of them."""
ALPHA = 0.05
"""The level of significance of all tests."""
MISSING = "–"


def format_decimal(value: float, *, digits: int | None = None) -> str:
    """Return a number with `digits` decimals: three by default, five if three are all zeros.

    Examples
    --------
    >>> [format_decimal(value) for value in (0.7604, -0.0132, 1.0, float("nan"))]
    ['.760', '−.013', '1.000', '–']
    >>> format_decimal(0.00042), format_decimal(0.00042, digits=2), format_decimal(1e-9)
    ('.00042', '.00', '.000')
    """
    if not math.isfinite(value):
        return MISSING
    digits = decimal_places(value) if digits is None else digits
    text = f"{abs(value):.{digits}f}"
    text = text[1:] if text.startswith("0.") else text
    return f"−{text}" if value < 0.0 and text.strip(".0") else text


def format_difference(value: float, *, estimate: float | None = None) -> str:
    """Return a difference with its sign, without one if it rounds to zero.

    It has as many decimals as `estimate`, if that is passed.

    Examples
    --------
    >>> format_difference(0.008), format_difference(-0.013), format_difference(0.0001)
    ('+.008', '−.013', '+.00010')
    """
    text = format_decimal(value, digits=None if estimate is None else decimal_places(estimate))
    return f"+{text}" if value > 0.0 and text.strip(".0") and text != MISSING else text


def format_with_error(difference: float, error: float) -> str:
    """Return a difference ± its error, both with the decimals that the error has.

    Examples
    --------
    >>> format_with_error(0.0102, 0.0034), format_with_error(-0.00021, 0.0012)
    ('+.010 ± .003', '.000 ± .001')
    >>> format_with_error(0.009, 0.0004)
    '+.00900 ± .00040'
    """
    return f"{format_difference(difference, estimate=error)} ± {format_decimal(error)}"


def format_interval(low: float, high: float, *, estimate: float | None = None) -> str:
    """Return an interval as `LOW to HIGH`, which stays readable with negative bounds.

    Parameters
    ----------
    low, high
        The ends of the interval.
    estimate
        The number whose decimals the ends get; by default half the width of the interval.

    Examples
    --------
    >>> format_interval(-0.013, 0.029), format_interval(0.0001, 0.0007)
    ('−.013 to .029', '.00010 to .00070')
    >>> format_interval(0.0001, 0.0007, estimate=0.001)
    '.000 to .001'
    """
    digits = decimal_places((high - low) / 2.0 if estimate is None else estimate)
    return f"{format_decimal(low, digits=digits)} to {format_decimal(high, digits=digits)}"


def format_with_interval(difference: float, low: float, high: float) -> str:
    """Return a difference with its interval, all with the decimals that half the width has.

    Examples
    --------
    >>> format_with_interval(0.009, -0.007, 0.025), format_with_interval(0.0004, -0.048, 0.049)
    ('+.009 (−.007 to .025)', '.000 (−.048 to .049)')
    """
    shown = format_difference(difference, estimate=(high - low) / 2.0)
    return f"{shown} ({format_interval(low, high)})"


def decimal_places(value: float) -> int:
    """Return the number of decimals to print; rounding noise near zero gets no more than others.

    Examples
    --------
    >>> decimal_places(0.027), decimal_places(0.0), decimal_places(-0.0004), decimal_places(1e-17)
    (3, 3, 5, 3)
    """
    if not math.isfinite(value):
        return DECIMALS
    return (
        FINE_DECIMALS if round(value, DECIMALS) == 0.0 != round(value, FINE_DECIMALS) else DECIMALS
    )


def format_pvalue(p: float) -> str:
    """Return a p value with two digits, with more below .01 and where rounding would give .05.

    Examples
    --------
    >>> [format_pvalue(p) for p in (0.45, 0.0042, 0.0496, 1e-9, 1.0)]
    ['.45', '.004', '.0496', '< .001', '> .99']
    """
    if not math.isfinite(p):
        return MISSING
    if p < 0.001:
        return "< .001"
    if p >= 0.995:
        return "> .99"
    digits = 3 if p < 0.01 else 2
    while round(p, digits) == ALPHA != p and digits < 6:
        digits += 1
    return format_decimal(p, digits=digits)


def format_alpha(alpha: float) -> str:
    """Return a threshold of p with up to three significant digits.

    Examples
    --------
    >>> [format_alpha(alpha) for alpha in (0.05, 0.025, 0.05 / 6)]
    ['.05', '.025', '.00833']
    """
    return f"{alpha:.3g}".removeprefix("0")


def format_probability(probability: float) -> str:
    """Return a probability with two digits, never as 0 or 1 unless it is exactly that.

    Examples
    --------
    >>> [format_probability(value) for value in (0.25, 0.001, 0.9999, 1.0)]
    ['.25', '< .01', '> .99', '1.00']
    """
    if 0.0 < probability < 0.005:
        return "< .01"
    return "> .99" if 0.995 <= probability < 1.0 else format_decimal(probability, digits=2)


def format_p_equation(p: float) -> str:
    """Return a p value for running text.

    Examples
    --------
    >>> format_p_equation(0.45), format_p_equation(1e-9)
    ('p = .45', 'p < .001')
    """
    text = format_pvalue(p)
    return f"p {text}" if text[0] in "<>" else f"p = {text}"


def join_and(parts: Sequence[str]) -> str:
    """Return parts as a list in running text.

    Examples
    --------
    >>> join_and(["a"]), join_and(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def metric_title(results: Results, metric: str) -> str:
    """Return the title of a metric, its name if no plugin gives one."""
    return results.metric_titles.get(metric, metric)


def metric_heading(results: Results, metric: str) -> str:
    """Return the title of a metric, with a remark if lower values are better."""
    title = metric_title(results, metric)
    return title if results.metric_better.get(metric, True) else f"{title} (lower is better)"


def target_title(results: Results) -> str:
    """Return the target in words, as `pN2 or higher`; its option if it has no title."""
    return results.target_title or results.protocol.target


def describe_target(results: Results) -> str:
    """Return the target in words with its option, as `pN2 or higher (n2)`."""
    option = results.protocol.target
    return f"{results.target_title} ({option})" if results.target_title else option
