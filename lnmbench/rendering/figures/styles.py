"""Styles of marks: distinguishable colors, each combined with a dash and a marker.

The eight colors of methods have a contrast of 3:1 to the background, and differ from each other
by at least 10 (distance in OKLab × 100) for normal vision and for the three kinds of dichromacy,
as Machado, Oliveira and Fernandes (2009) simulate them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import count

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
    "c0": "#0c6983",
    "c1": "#f15d00",
    "c2": "#579c68",
    "c3": "#5f24a7",
    "c4": "#ab1108",
    "c5": "#04096e",
    "c6": "#bb5ed6",
    "c7": "#470029",
    "k0": "#77736a",
    "k1": "#94707c",
    "w0": "#3f4d5a",
    "w1": "#b3123b",
    "w2": "#6b6a1f",
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
    "c0": "#047694",
    "c1": "#fee314",
    "c2": "#53ad03",
    "c3": "#b6b6fb",
    "c4": "#fa7991",
    "c5": "#d3fdf9",
    "c6": "#b061e1",
    "c7": "#9b5f17",
    "k0": "#a5a197",
    "k1": "#c09aa6",
    "w0": "#c3cdd6",
    "w1": "#ff8fa3",
    "w2": "#d6d27a",
}
SERIES = tuple(name for name in LIGHT if name.startswith("c"))
CONTROLS = tuple(name for name in LIGHT if name.startswith("k"))
WORDS = tuple(name for name in LIGHT if name.startswith("w"))

# colors with dashes repeat after 32 methods, with markers after 160
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
    methods that are controls. `words` are the colors of each figure: those of one figure differ.
    """

    def __init__(
        self,
        methods: Iterable[str],
        words: Iterable[Iterable[str]] = (),
        controls: Iterable[str] = (),
    ) -> None:
        controls = list(dict.fromkeys(controls))
        methods = list(dict.fromkeys(m for m in methods if m and m not in controls))
        self._styles = {
            color: _style(number, series)
            for names, series in ((methods, SERIES), (controls, CONTROLS))
            for number, color in enumerate(names)
        }
        numbers = _number_words(words, {*methods, *controls, ""})
        self._styles |= {word: _style(number, WORDS) for word, number in numbers.items()}

    def style_of(self, mark: Mark) -> Style:
        """Return a mark's style; a mark without a color, and every rule, is neutral."""
        return NEUTRAL if mark.kind == "rule" else self._styles.get(mark.color, NEUTRAL)


def make_styles(
    figures: Iterable[Figure], methods: Iterable[str] = (), controls: Iterable[str] = ()
) -> Styles:
    """Return the styles of a page: the first ones are those of the methods that figures draw.

    A figure draws few methods, and these get the colors that are easiest to tell apart. A method
    has the same style in all figures. `methods` are those of the page, and `controls` those of
    them that are controls.
    """
    marks_by_figure = [
        [mark for panel in figure.panels for mark in panel.marks] for figure in figures
    ]
    marks = [mark for group in marks_by_figure for mark in group]
    known = dict.fromkeys([*methods, *(method for mark in marks for method in mark.methods)])
    drawn = [mark.color for mark in marks if mark.color in known]
    words = [[mark.color for mark in group] for group in marks_by_figure]
    return Styles([*drawn, *known], words, controls)


def _number_words(words: Iterable[Iterable[str]], known: Set[str]) -> dict[str, int]:
    """Return the number of each word: the lowest one that no other word of its figure has."""
    numbers: dict[str, int] = {}
    for group in words:
        unique = [word for word in dict.fromkeys(group) if word not in known]
        used = {numbers[word] for word in unique if word in numbers}
        for word in unique:
            if word not in numbers:
                numbers[word] = next(number for number in count() if number not in used)
                used.add(numbers[word])
    return numbers


def _style(number: int, series: tuple[str, ...]) -> Style:
    return Style(
        color=series[number % len(series)],
        dashes=_DASHES[(number + number // len(series)) % len(_DASHES)],
        marker=_MARKERS[number % len(_MARKERS)],
    )
