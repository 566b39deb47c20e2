"""What is drawn on: matplotlib set up the same for everybody, and how large a drawing is."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from lnmbench.records import Panel
from lnmbench.rendering.figures.legend import Entry
from lnmbench.rendering.figures.looks import LIGHT
from lnmbench.rendering.figures.names import ACROSS, SHORT, above, names_above, wrapped

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

FileFormat = Literal["svg", "pdf"]

WIDE_IN, HIGH_IN = 4.4, 3.4
_LEGEND_LINE_IN = 0.2
POINTS = 72.0
# for what the first font has no sign for, where one of these is installed
_MORE_FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei", "Noto Sans Arabic")
_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": LIGHT["edge"],
    "axes.labelcolor": LIGHT["ink"],
    "axes.labelsize": 10.0,
    "axes.linewidth": 0.8,
    "axes.titlesize": 10.0,
    "font.size": 10.0,
    "pdf.fonttype": 42,
    "svg.hashsalt": "lnmbench",
    "text.color": LIGHT["ink"],
    "text.parse_math": False,
    "xtick.color": LIGHT["edge"],
    "xtick.labelcolor": LIGHT["ink"],
    "ytick.color": LIGHT["edge"],
    "ytick.labelcolor": LIGHT["ink"],
}


@contextmanager
def matplotlib(*, fonttype: str) -> Iterator[None]:
    """Set matplotlib up for us alone, whatever the user's own settings are."""
    import matplotlib as mpl
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    family = ["DejaVu Sans", *(name for name in _MORE_FONTS if name in installed)]
    with mpl.rc_context(), warnings.catch_warnings():
        # a name may hold signs that no font has; they are drawn as boxes
        warnings.filterwarnings("ignore", message="(?s).*Glyph .* missing from")
        warnings.filterwarnings("ignore", message=".*[Cc]onstrained_?layout not applied")
        mpl.rcdefaults()
        own: Any = {**_STYLE, "font.family": family, "svg.fonttype": fonttype}
        mpl.rcParams.update(own)
        yield


def blank(panels: Sequence[Panel], entries: Sequence[Entry] = ()) -> Canvas:
    """Return an empty drawing with room for the panels side by side and a legend below."""
    from matplotlib.figure import Figure as Canvas

    high = max(map(_height, panels), default=HIGH_IN)
    lines = -(-sum(len(wrapped(e.name, ACROSS)) for e in entries) // max(1, len(panels)))
    size = (WIDE_IN * max(1, len(panels)), high + _LEGEND_LINE_IN * lines)
    return Canvas(figsize=size, dpi=POINTS, layout="constrained")


def _height(panel: Panel) -> float:
    names = panel.y.categories
    if not names:
        return HIGH_IN
    if names_above(panel.y):
        row = max(0.55, 0.42 * max(len(above(name)) for name in names))
    else:
        row = max(0.3, 0.1 + 0.17 * max(len(wrapped(name, SHORT)) for name in names))
    return max(2.0, 0.8 + row * len(names))


def written(canvas: Canvas, format: FileFormat) -> bytes:
    """Return the drawing as a file without the time at which it was made."""
    page = io.BytesIO()
    nothing: dict[str, Any] = {"Date": None} if format == "svg" else {"CreationDate": None}
    canvas.savefig(page, format=format, metadata=nothing, transparent=True)
    return page.getvalue()
