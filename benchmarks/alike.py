"""How close images of different patients come, and how far copies of one slice go.

    python benchmarks/alike.py

renders a synthetic cohort of phantoms, which all share one anatomy, compares the middle slices of
all pairs as the checks LNM002 and LNM017 do, and then each slice with changed copies of itself.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, shift

from lnmbench.cli.progress import make_progress
from lnmbench.environment import home
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.stages.run.near_duplicates import SIMILAR, small_copy
from lnmbench.store.cohort_file import read_cohort, read_slices

Slice = NDArray[np.int16]

RANDOM = np.random.default_rng(0)
CHANGES: dict[str, Callable[[Slice], NDArray[np.float64]]] = {
    "noise of 40 HU": lambda own: own + RANDOM.normal(0, 40, own.shape),
    "smoothed, SD of 1 pixel": lambda own: gaussian_filter(own.astype(float), 1.0),
    "100 HU brighter": lambda own: own + 100.0,
    "contrast × 1.1": lambda own: own * 1.1,
    "one pixel to the side": lambda own: shift(own.astype(float), (0, 1), order=1, mode="nearest"),
}


def middle_slices(cases: int) -> list[Slice]:
    with make_progress() as progress:
        asked = Choice(name="synthetic", parameters={"n": cases})
        path = ingest(asked, Registry(), home=home(), workers=2, progress=progress)
    offsets = read_cohort(path).offsets
    middle = (offsets[:-1] + offsets[1:] - 1) // 2
    return [read_slices(path, int(place), int(place) + 1)[0] for place in middle]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--cases", type=int, default=400)
    slices = middle_slices(asked.parse_args().cases)
    copies = np.stack([small_copy(own) for own in slices])
    similar = (copies @ copies.T)[np.triu_indices(len(copies), k=1)]
    print(f"alike from {SIMILAR} on")
    print(f"{similar.size} pairs of different phantoms: {similar.max():.3f} at most")
    for what, change in CHANGES.items():
        least = min(
            float(copy @ small_copy(change(own).astype(np.int16)))
            for own, copy in zip(slices, copies, strict=True)
        )
        print(f"each with a copy of itself, {what}: {least:.4f} at least")


if __name__ == "__main__":
    main()
