"""Comparisons behind the boundary."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Literal, cast

from lnmbench.contracts import Comparison
from lnmbench.records import Pair, TestResult, freeze
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.values import (
    Unexpected,
    describe,
    require_number,
    require_option,
    require_text,
)

ComparisonRole = Literal["primary", "exploratory", "as published"]
ROLES = ("primary", "exploratory", "as published")

_any_number = partial(require_number, nan=True, infinite=True)
_probability = partial(require_number, low=0.0, high=1.0, nan=True)
_NUMBERS: dict[str, Callable[[object], float]] = {
    **dict.fromkeys(("estimate", "low", "high"), partial(require_number, nan=True)),
    **dict.fromkeys(("statistic", "df"), _any_number),
    **dict.fromkeys(("pvalue", "worse", "equivalent", "better"), _probability),
    "rope": partial(require_number, low=0.0, nan=True),
}


class GuardedComparison:
    """A comparison of a plugin, whose results are numbers and probabilities.

    Parameters
    ----------
    comparison
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, comparison: Comparison, boundary: Boundary) -> None:
        self._comparison, self._boundary = comparison, boundary

    @cached_property
    def title(self) -> str:
        """Name in tables."""
        return self._boundary.read("title", require_text, self._comparison)

    @cached_property
    def role(self) -> ComparisonRole:
        """Primary test, exploratory test, or the test of earlier publications."""
        return self._boundary.read("role", _require_role, self._comparison)

    def __call__(self, pair: Pair) -> TestResult | None:
        """Return the test of method b against method a, None if it does not suit the metric."""
        check = _require_primary_result if self.role == "primary" else _require_result
        return self._boundary.call("__call__", check, self._comparison, freeze(pair))


def _require_role(value: object) -> ComparisonRole:
    return cast("ComparisonRole", require_option(value, ROLES))


def _require_result(value: object) -> TestResult | None:
    if value is None:
        return None
    if not isinstance(value, TestResult):
        raise Unexpected("a TestResult or None", describe(value))
    numbers: dict[str, float] = {}
    for name, require in _NUMBERS.items():
        try:
            numbers[name] = require(getattr(value, name))
        except Unexpected as error:
            raise Unexpected(f"{name}: {error.expected}", error.got) from None
    if not isinstance(value.detail, str):
        raise Unexpected("detail: a text", describe(value.detail))
    if numbers["low"] > numbers["high"]:
        raise Unexpected("low <= high", f"{numbers['low']:g} > {numbers['high']:g}")
    return TestResult(
        estimate=numbers["estimate"],
        low=numbers["low"],
        high=numbers["high"],
        statistic=numbers["statistic"],
        df=numbers["df"],
        pvalue=numbers["pvalue"],
        detail=value.detail,
        worse=numbers["worse"],
        equivalent=numbers["equivalent"],
        better=numbers["better"],
        rope=numbers["rope"],
    )


def _require_primary_result(value: object) -> TestResult | None:
    result = _require_result(value)
    if result is not None and not 0.0 <= result.pvalue <= 1.0:
        raise Unexpected("pvalue: a number from 0 to 1", f"{result.pvalue:g}")
    return result
