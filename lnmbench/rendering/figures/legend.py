"""The legend of a figure: each name once, with the look of all marks that bear it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lnmbench.records import Figure, Mark, MarkKind, Panel
from lnmbench.rendering.figures.looks import Look, Looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A name, its look, the kinds of marks that bear it, and the methods that they need.

    `methods` are those that all marks of the name share: the entry is shown if they are chosen.
    """

    name: str
    look: Look
    kinds: tuple[MarkKind, ...]
    methods: tuple[str, ...]


def legend(figure: Figure, looks: Looks) -> list[Entry]:
    """Return the entries of a figure in the order in which names first appear.

    A name that stands for one row of several is left out: the row bears its own.
    """
    found: dict[tuple[str, Look], Entry] = {}
    for panel in figure.panels:
        for mark in panel.marks:
            if not mark.name or _is_row(panel, mark):
                continue
            look = looks.of(mark)
            key = (mark.name, look)
            needed = tuple(dict.fromkeys([*panel.methods, *mark.methods]))
            seen = found.get(key)
            if seen is not None:
                needed = tuple(method for method in seen.methods if method in needed)
            kinds = tuple(dict.fromkeys([*(seen.kinds if seen else ()), mark.kind]))
            found[key] = Entry(name=mark.name, look=look, kinds=kinds, methods=needed)
    return list(found.values())


def rows(panel: Panel, *marks: Mark) -> set[int]:
    """Return the rows of a panel in which marks lie; rules lie in none."""
    ways = [way for way in ("y", "x") if (panel.y if way == "y" else panel.x).categories]
    if not ways:
        return set()
    where = [mark.y if ways[0] == "y" else mark.x for mark in marks if mark.kind != "rule"]
    found = np.concatenate([np.zeros(0), *where])
    return {int(row) for row in np.rint(found[np.isfinite(found)])}


def _is_row(panel: Panel, mark: Mark) -> bool:
    if len(panel.y.categories or panel.x.categories) < 2 or mark.kind == "rule":
        return False
    alike = [one for one in panel.marks if one.name == mark.name]
    return len(rows(panel, *alike)) == 1
