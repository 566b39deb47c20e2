"""PNG files: the same pixels, the same bytes, no metadata."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from lnmbench.rendering.png import encode_png


def test_a_file_has_the_pixels_and_nothing_else() -> None:
    pixels = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    content = encode_png(pixels)
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.mode, image.size, image.info) == ("PNG", "RGB", (7, 5), {})
    assert (np.asarray(image) == pixels).all()
    assert encode_png(pixels.copy()) == content
