"""A page of thumbnails: the slice of each case with the largest tumor area, and its contour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lnmbench.records import Cohort
from lnmbench.stages.case_thumbnail import SIDE, read_thumbnail
from lnmbench.store.atomic import replacing
from lnmbench.text import clean

CAPTION = 16
GAP = 4
COLUMNS = 10
MOST = 200
PAPER, INK = (17, 17, 17), (225, 225, 225)

_LETTERS = 24


def write_thumbnails(cohort: Cohort, cohort_file: Path, path: Path) -> int:
    """Write the first cases with images, at most `MOST`, as a PNG; return their number.

    Parameters
    ----------
    cohort
        The cohort.
    cohort_file
        The file with its slices and masks.
    path
        The PNG file to write.
    """
    numbers = np.flatnonzero(np.diff(cohort.offsets))[:MOST].tolist()
    columns = min(COLUMNS, max(1, len(numbers)))
    rows = -(-len(numbers) // columns)
    cell, line = SIDE + GAP, SIDE + CAPTION + GAP
    page = Image.new("RGB", (columns * cell + GAP, max(1, rows) * line + GAP), PAPER)
    drawing, font = ImageDraw.Draw(page), ImageFont.load_default(size=11)
    for position, number in enumerate(numbers):
        x, y = GAP + position % columns * cell, GAP + position // columns * line
        pixels = read_thumbnail(cohort, cohort_file, number)
        if pixels is not None:
            page.paste(Image.fromarray(pixels), (x, y))
        caption = _shorten(clean(cohort.ids[number]))
        drawing.text((x + 2, y + SIDE + 1), caption, fill=INK, font=font)
    with replacing(path, private=True) as temporary_path, temporary_path.open("wb") as stream:
        page.save(stream, format="PNG", optimize=True)
    return len(numbers)


def _shorten(text: str) -> str:
    # the font knows the Western alphabets only
    western = text.encode("latin-1", "replace").decode("latin-1")
    return western if len(western) <= _LETTERS else f"{western[: _LETTERS - 3]}..."
