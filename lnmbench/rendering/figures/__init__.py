"""Figures of a report, drawn with matplotlib, which is imported when the first is drawn."""

from lnmbench.rendering.figures.draw_figure import DrawnPanel, draw_file, draw_panel
from lnmbench.rendering.figures.figure_files import require_new_folder, write_figures
from lnmbench.rendering.figures.legend import LegendEntry, legend_entries, rows_of
from lnmbench.rendering.figures.styles import DARK, LIGHT, Styles, make_styles

__all__ = [
    "DARK",
    "LIGHT",
    "DrawnPanel",
    "LegendEntry",
    "Styles",
    "draw_file",
    "draw_panel",
    "legend_entries",
    "make_styles",
    "require_new_folder",
    "rows_of",
    "write_figures",
]
