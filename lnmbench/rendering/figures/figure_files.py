"""Figures and images of a report as files: SVG, PDF, CSV with the numbers, and PNG."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lnmbench.records import Figure, Gallery, Mark, Page, Panel
from lnmbench.rendering.blocks import clean_page
from lnmbench.rendering.figures.draw_figure import FileFormat, draw_file
from lnmbench.rendering.figures.styles import make_styles
from lnmbench.rendering.png import encode_png
from lnmbench.store.atomic import new_folder, require_empty
from lnmbench.text import format_csv

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMATS: tuple[FileFormat, ...] = ("svg", "pdf")
COLUMNS = ("panel", "name", "kind", "methods", "category", "x", "y", "low", "high")
_PROBLEM = "figures need a new folder"


def require_new_folder(folder: Path) -> None:
    """Raise `UserError` for a folder that `write_figures` would refuse."""
    require_empty(folder.resolve(), what=_PROBLEM)


def write_figures(page: Page, folder: Path) -> list[Path]:
    """Write each figure of a page as `<key>.svg`, `<key>.pdf` and `<key>.csv` to a new folder.

    The images of a gallery become `<key>-1.png` and so on. The folder appears complete or not at
    all; without figures and galleries none is created. With images, which may be of patients, only
    its owner can read it. Raises `UserError` if it exists and is not empty.
    """
    folder = folder.resolve()
    page = clean_page(page)
    blocks = [block for block in page.blocks if isinstance(block, Figure | Gallery)]
    if not blocks:
        return []
    figures = [block for block in blocks if isinstance(block, Figure)]
    styles = make_styles(figures, page.methods, page.controls)
    private = any(isinstance(block, Gallery) for block in blocks)
    with new_folder(folder, what=_PROBLEM, private=private) as temporary_folder:
        for stem, block in _stems(blocks).items():
            if isinstance(block, Gallery):
                _write_pictures(block, temporary_folder, stem)
            else:
                for kind in FORMATS:
                    path = temporary_folder / f"{stem}.{kind}"
                    path.write_bytes(draw_file(block, styles, kind))
                table = figure_csv(block, page.methods)
                (temporary_folder / f"{stem}.csv").write_text(table, encoding="utf-8")
    return sorted(folder.iterdir())


def _write_pictures(gallery: Gallery, folder: Path, stem: str) -> None:
    digits = len(str(len(gallery.pictures)))
    for number, picture in enumerate(gallery.pictures, start=1):
        path = folder / f"{stem}-{number:0{digits}}.png"
        path.write_bytes(encode_png(picture.pixels))


def figure_csv(figure: Figure, labels: Mapping[str, str]) -> str:
    """Return a figure's numbers as tidy CSV: one line for each point of each mark.

    `panel` is its title or number, `methods` are the labels of the mark's methods, `category` is
    the name of the row if an axis has rows. Numbers have full precision and are empty if unknown.
    Text that a spreadsheet would interpret as a formula gets an apostrophe in front.
    """
    rows: list[tuple[str | int | float | None, ...]] = []
    for number, panel in enumerate(figure.panels, start=1):
        for mark in panel.marks:
            methods = "; ".join(labels.get(method, method) for method in mark.methods)
            head = (panel.title or str(number), mark.name, mark.kind, methods)
            rows += [(*head, *point) for point in _points(panel, mark)]
    return format_csv(COLUMNS, rows)


def _points(panel: Panel, mark: Mark) -> Iterator[tuple[str | int | float | None, ...]]:
    names = panel.y.categories or panel.x.categories
    rows = mark.y if panel.y.categories else mark.x
    for n in range(mark.x.size):
        row = round(float(rows[n])) if names and math.isfinite(rows[n]) else -1
        has_name = mark.kind != "rule" and 0 <= row < len(names)
        yield (
            names[row] if has_name else "",
            _number(mark.x, n),
            _number(mark.y, n),
            _number(mark.low, n),
            _number(mark.high, n),
        )


def _number(values: NDArray[np.float64] | None, n: int) -> float | None:
    return None if values is None else float(values[n])


def _stems(blocks: Sequence[Figure | Gallery]) -> dict[str, Figure | Gallery]:
    """Return the blocks by file name, made of their keys in portable letters."""
    by_stem: dict[str, Figure | Gallery] = {}
    for block in blocks:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", block.key).strip("-")[:80] or "figure"
        number, name = 1, stem
        while name in by_stem:
            number += 1
            name = f"{stem}-{number}"
        by_stem[name] = block
    return by_stem
