"""Similarity of images of different patients, and of changed copies of one image.

    python benchmarks/near_duplicates.py

renders a synthetic cohort of phantoms, which all share one anatomy, compares the middle slices of
all pairs as the checks LNM002 and LNM017 do, and then each slice with changed copies of itself.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, shift

from lnmbench.environment import home
from lnmbench.progress import make_progress
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.stages.run.near_duplicates import SIMILAR, small_copy
from lnmbench.store.cohort_file import read_cohort, read_slices

Slice = NDArray[np.int16]

RANDOM = np.random.default_rng(0)
CHANGES: dict[str, Callable[[Slice], NDArray[np.float64]]] = {
    "noise of 40 HU": lambda image: image + RANDOM.normal(0, 40, image.shape),
    "smoothed, SD of 1 pixel": lambda image: gaussian_filter(image.astype(float), 1.0),
    "100 HU brighter": lambda image: image + 100.0,
    "contrast × 1.1": lambda image: image * 1.1,
    "one pixel to the side": lambda image: shift(
        image.astype(float), (0, 1), order=1, mode="nearest"
    ),
}


def middle_slices(cases: int) -> list[Slice]:
    with make_progress() as progress:
        data_set = Choice(name="synthetic", parameters={"n": cases})
        path = ingest(data_set, Registry(), home=home(), workers=2, progress=progress)
    offsets = read_cohort(path).offsets
    middle = (offsets[:-1] + offsets[1:] - 1) // 2
    return [read_slices(path, int(index), int(index) + 1)[0] for index in middle]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=400)
    slices = middle_slices(parser.parse_args().cases)
    copies = np.stack([small_copy(image) for image in slices])
    similar = (copies @ copies.T)[np.triu_indices(len(copies), k=1)]
    print(f"near duplicates: correlation of {SIMILAR} or more")
    print(f"{similar.size} pairs of different phantoms: {similar.max():.3f} at most")
    for name, change in CHANGES.items():
        least = min(
            float(copy @ small_copy(change(image).astype(np.int16)))
            for image, copy in zip(slices, copies, strict=True)
        )
        print(f"each with a copy of itself, {name}: {least:.4f} at least")


if __name__ == "__main__":
    main()
