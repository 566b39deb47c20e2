"""A page of thumbnails: of each case the slice with most of the tumor, and its contour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lnmbench.imaging.geometry import window
from lnmbench.records import Cohort
from lnmbench.store.atomic import replacing
from lnmbench.store.cohort_file import read_masks, read_slices
from lnmbench.text import clean

WINDOW_HU = (-1000.0, 400.0)
SIDE = 168
CAPTION = 16
GAP = 4
ACROSS = 10
MOST = 200
CONTOUR = (255, 196, 0)
PAPER, INK = (17, 17, 17), (225, 225, 225)

_LETTERS = 24


def write_thumbnails(cohort: Cohort, path: Path) -> int:
    """Write the first cases that have images, at most `MOST`, as a PNG; return how many."""
    numbers = [n for n in range(len(cohort)) if cohort.offsets[n + 1] > cohort.offsets[n]][:MOST]
    across = min(ACROSS, max(1, len(numbers)))
    down = -(-len(numbers) // across)
    cell, line = SIDE + GAP, SIDE + CAPTION + GAP
    page = Image.new("RGB", (across * cell + GAP, max(1, down) * line + GAP), PAPER)
    drawing, font = ImageDraw.Draw(page), ImageFont.load_default(size=11)
    for place, number in enumerate(numbers):
        x, y = GAP + place % across * cell, GAP + place // across * line
        page.paste(_thumbnail(cohort, number), (x, y))
        caption = _fitting(clean(cohort.ids[number]))
        drawing.text((x + 2, y + SIDE + 1), caption, fill=INK, font=font)
    with replacing(path) as beside, beside.open("wb") as stream:
        page.save(stream, format="PNG", optimize=True)
    return len(numbers)


def _thumbnail(cohort: Cohort, number: int) -> Image.Image:
    assert cohort.path is not None
    start, stop = int(cohort.offsets[number]), int(cohort.offsets[number + 1])
    masks = read_masks(cohort.path, start, stop)
    most = start + int(masks.sum(axis=(1, 2), dtype=np.int64).argmax())
    slice_hu = read_slices(cohort.path, most, most + 1)[0]
    gray = np.rint((window(slice_hu, WINDOW_HU) + 1) * 127.5).astype(np.uint8)
    picture = Image.fromarray(gray).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    mask = Image.fromarray(masks[most - start] * np.uint8(255))
    inside = np.asarray(mask.resize((SIDE, SIDE), Image.Resampling.BILINEAR)) >= 128
    colored = np.array(picture.convert("RGB"))
    colored[_outline(inside)] = CONTOUR
    return Image.fromarray(colored)


def _outline(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels just outside the tumor, so that the line hides none of it."""
    near = inside.copy()
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    near[:, 1:] |= inside[:, :-1]
    near[:, :-1] |= inside[:, 1:]
    return near & ~inside


def _fitting(text: str) -> str:
    # the font knows the Western alphabets only
    shown = text.encode("latin-1", "replace").decode("latin-1")
    return shown if len(shown) <= _LETTERS else f"{shown[: _LETTERS - 3]}..."
