"""Layout of LaTeX tables: smaller, wrapped, landscape, in parts."""

from __future__ import annotations

from typing import Any

import pytest

from lnmbench.rendering import render

Samples = Any


def test_wide_tables_are_smaller_then_sideways_then_in_parts(samples: Samples) -> None:
    narrow, small, sideways, parts = (render([samples.wide(n, 2)], "latex") for n in (1, 2, 5, 12))
    assert r"\centering\small" in narrow
    assert r"\begin{table}" in small
    assert r"\begin{sidewaystable}" in sideways
    assert parts.count(r"\begin{sidewaystable}") >= 2
    assert "more columns" in parts
    assert parts.count(".760") == 12 * 2
    assert r"\tiny" not in parts


@pytest.mark.parametrize("name", ["differences", "over_cohorts"])
def test_tables_that_fit_stay_upright(name: str, samples: Samples) -> None:
    text = render([getattr(samples, name)()], "latex")
    assert r"\begin{table}" in text
    assert "sideways" not in text
    assert "more columns" not in text


def test_long_tables_continue_on_more_pages(samples: Samples) -> None:
    assert r"\begin{longtable}" in render([samples.wide(1, 90)], "latex")
    assert r"\begin{longtable}" not in render([samples.wide(1, 20)], "latex")
