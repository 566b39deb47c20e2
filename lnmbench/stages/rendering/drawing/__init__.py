"""Draws the figures of a report; matplotlib is imported when the first is drawn."""

from __future__ import annotations

from lnmbench.stages.rendering.drawing.files import write_figures
from lnmbench.stages.rendering.drawing.legend import Entry, legend, rows
from lnmbench.stages.rendering.drawing.looks import DARK, LIGHT, Looks, looks_of
from lnmbench.stages.rendering.drawing.panels import Drawn, draw_file, draw_panel

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
