"""Phantoms: the same result on each call, different cases, HU of the tissues."""

from __future__ import annotations

import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import SimpleITK as sitk
from lnmbench_synthetic.dataset import Synthetic

from lnmbench import Volume
from lnmbench.imaging.geometry import to_patches
from lnmbench.records import Preprocessing

Arrays = Callable[[Volume], tuple[np.ndarray, np.ndarray]]


def test_a_phantom_renders_the_same_in_threads_and_after_pickling(
    volumes: list[Volume], arrays: Arrays
) -> None:
    phantoms = [case.volume for case in Synthetic(n=6, seed=2).cases()]
    with ThreadPoolExecutor(3) as pool:
        again = list(pool.map(lambda phantom: pickle.loads(pickle.dumps(phantom))(), phantoms))
    for one, other in zip(volumes, again, strict=True):
        for a, b in zip(arrays(one), arrays(other), strict=True):
            np.testing.assert_array_equal(a, b)
        assert one.image.GetOrigin() == other.image.GetOrigin()


def test_a_phantom_renders_the_same_in_another_process() -> None:
    code = (
        "import zlib, SimpleITK as sitk\n"
        "from lnmbench_synthetic.dataset import Synthetic\n"
        "case = next(Synthetic(n=1, seed=6).cases())\n"
        "print(zlib.crc32(sitk.GetArrayFromImage(case.volume().image).tobytes()))\n"
    )
    command = [sys.executable, "-c", code]
    elsewhere = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (case,) = Synthetic(n=1, seed=6).cases()
    assert case.volume is not None
    assert int(elsewhere) == zlib.crc32(sitk.GetArrayFromImage(case.volume().image).tobytes())


def test_renders_and_grids_differ_from_case_to_case(volumes: list[Volume], arrays: Arrays) -> None:
    spacings = {volume.image.GetSpacing() for volume in volumes}
    assert len(spacings) == len(volumes)
    for x, y, z in spacings:
        assert x == y
        assert 0.6 <= x <= 0.85
        assert 2.5 <= z <= 5.0
    middles = {arrays(volume)[0][3].tobytes() for volume in volumes}
    assert len(middles) == len(volumes)


def test_tissues_have_their_hu(volumes: list[Volume], arrays: Arrays) -> None:
    for volume in volumes:
        hu, mask = arrays(volume)
        assert hu.dtype == np.int16
        assert hu.min() >= -1024
        assert 400 < hu.max() < 900
        shares = {
            "air": (hu < -950).mean(),
            "lung": ((hu > -930) & (hu < -700)).mean(),
            "fat": ((hu > -150) & (hu < -50)).mean(),
            "soft tissue": ((hu > 0) & (hu < 180)).mean(),
            "bone": (hu > 300).mean(),
        }
        least = {"air": 0.10, "lung": 0.08, "fat": 0.04, "soft tissue": 0.08, "bone": 0.004}
        assert all(shares[tissue] > least[tissue] for tissue in least), shares
        assert hu[mask].mean() > -600


def test_patches_of_the_default_cohort_are_few_and_full() -> None:
    cases = list(Synthetic(n=24).cases())
    slices = []
    for case in cases:
        assert case.volume is not None
        patches = to_patches(case.volume(), Preprocessing())
        assert patches.slices.shape[1:] == (224, 224)
        assert (patches.slices == -1024).mean() < 0.5
        slices.append(len(patches.slices))
    assert 3.5 < np.mean(slices) < 6.0
