"""Galleries of a report: images side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """An image of a gallery.

    Attributes
    ----------
    pixels
        The RGB values, (height, width, 3).
    alt
        The image in words for readers who cannot see it; not empty.
    caption
        The text below the image.
    methods
        The fingerprints of the image's methods: an HTML page shows it if all of them are chosen.
    """

    pixels: NDArray[np.uint8]
    alt: str
    caption: str = ""
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gallery:
    """Images side by side, in rows that break with the width of the page.

    A report is passed on: captions and words never contain the id of a case.
    """

    key: str
    title: str
    pictures: tuple[Picture, ...]
    notes: tuple[str, ...] = ()
