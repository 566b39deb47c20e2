"""Cells of the effect of a question: its interval and its p value."""

from __future__ import annotations

from lnmbench.records import Cell
from lnmbench.results import Effect, format_pvalue, format_with_interval


def effect_cells(effect: Effect) -> tuple[Cell, Cell]:
    """Return the cell of a difference with its interval, and that of its corrected p value."""
    difference = Cell(
        text=format_with_interval(effect.estimate, effect.low, effect.high),
        value=effect.estimate,
        low=effect.low,
        high=effect.high,
    )
    return difference, Cell(text=format_pvalue(effect.corrected), value=effect.corrected)
