"""Draws the figures of a report; matplotlib is imported when the first is drawn."""

from __future__ import annotations

from lnmbench.rendering.figures.files import write_figures
from lnmbench.rendering.figures.legend import Entry, legend, rows
from lnmbench.rendering.figures.looks import DARK, LIGHT, Looks, looks_of
from lnmbench.rendering.figures.panels import Drawn, draw_file, draw_panel

__all__ = [
    "DARK",
    "LIGHT",
    "Drawn",
    "Entry",
    "Looks",
    "draw_file",
    "draw_panel",
    "legend",
    "looks_of",
    "rows",
    "write_figures",
]
