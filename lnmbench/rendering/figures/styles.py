"""Styles of marks: distinguishable colors, each combined with a dash and a marker.

The colors are those of Okabe and Ito (Color Universal Design, 2008), darker on white and lighter
on black so that each has a contrast of 3:1 to the background.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lnmbench.records import Figure, Mark

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff",
    "sheet": "#f6f5f2",
    "ink": "#1c1c1a",
    "soft": "#5c5c57",
    "edge": "#8a8a84",
    "grid": "#e4e3de",
    "link": "#0b5394",
    "badge": "#8f2d00",
    "c0": "#0072b2",
    "c1": "#c85200",
    "c2": "#00805d",
    "c3": "#a3427f",
    "c4": "#8a6500",
    "c5": "#2a86b8",
    "c6": "#4f4f9e",
    "k0": "#77736a",
    "k1": "#94707c",
    "w0": "#3f4d5a",
    "w1": "#b3123b",
}
DARK: Mapping[str, str] = {
    "paper": "#161615",
    "sheet": "#21211f",
    "ink": "#ecebe6",
    "soft": "#b3b2ab",
    "edge": "#7c7b75",
    "grid": "#353531",
    "link": "#8ec5f4",
    "badge": "#ffb48c",
    "c0": "#5aaeea",
    "c1": "#ff9356",
    "c2": "#3fc79c",
    "c3": "#e895c6",
    "c4": "#e2b53c",
    "c5": "#9ad6f7",
    "c6": "#aaa9f2",
    "k0": "#a5a197",
    "k1": "#c09aa6",
    "w0": "#c3cdd6",
    "w1": "#ff8fa3",
}
SERIES = tuple(name for name in LIGHT if name.startswith("c"))
CONTROLS = tuple(name for name in LIGHT if name.startswith("k"))
WORDS = tuple(name for name in LIGHT if name.startswith("w"))

# numbers of colors, dashes and markers share no divisor: styles repeat after 140 methods
_DASHES: tuple[tuple[float, ...], ...] = ((), (5.0, 2.0), (1.4, 1.6), (7.0, 2.0, 1.4, 2.0))
_MARKERS = ("o", "s", "^", "D", "v")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The name of a color in `LIGHT` and `DARK`, lengths of dash and gap in points, a marker."""

    color: str
    dashes: tuple[float, ...] = ()
    marker: str = "o"

    @property
    def hex(self) -> str:
        """The color on white, as #rrggbb."""
        return LIGHT[self.color]


NEUTRAL = Style(color="soft")


class Styles:
    """The style of each `Mark.color`, the same in all figures of a page.

    Colors that are not methods (training, positive, reference) have separate hues, and so have
    methods that are controls.
    """

    def __init__(
        self, methods: Iterable[str], words: Iterable[str] = (), controls: Iterable[str] = ()
    ) -> None:
        controls = list(dict.fromkeys(controls))
        methods = list(dict.fromkeys(m for m in methods if m and m not in controls))
        known = {*methods, *controls}
        others = [word for word in dict.fromkeys(filter(None, words)) if word not in known]
        self._styles = {
            color: _style(number, series)
            for names, series in ((methods, SERIES), (controls, CONTROLS), (others, WORDS))
            for number, color in enumerate(names)
        }

    def style_of(self, mark: Mark) -> Style:
        """Return a mark's style; a mark without a color, and every rule, is neutral."""
        return NEUTRAL if mark.kind == "rule" else self._styles.get(mark.color, NEUTRAL)


def make_styles(
    figures: Iterable[Figure], methods: Iterable[str] = (), controls: Iterable[str] = ()
) -> Styles:
    """Return the styles of a page: methods in their order, words in that of the figures.

    A method keeps its style whether or not a figure shows it. `controls` are those of the methods
    that are controls.
    """
    marks = [mark for figure in figures for panel in figure.panels for mark in panel.marks]
    methods = [*methods, *(method for mark in marks for method in mark.methods)]
    return Styles(methods, (mark.color for mark in marks), controls)


def _style(number: int, series: tuple[str, ...]) -> Style:
    return Style(
        color=series[number % len(series)],
        dashes=_DASHES[number % len(_DASHES)],
        marker=_MARKERS[number % len(_MARKERS)],
    )
