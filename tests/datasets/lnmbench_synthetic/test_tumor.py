"""Tumors: each trait shows in the image."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_synthetic.phantom import Phantom
from scipy.ndimage import binary_dilation

from lnmbench import Volume

Arrays = Callable[[Volume], tuple[np.ndarray, np.ndarray]]
MakePhantom = Callable[..., Phantom]
SPHERE = np.pi / 6


@pytest.mark.parametrize("size_mm", [9.0, 24.0, 70.0])
def test_the_mask_has_the_size_asked_for(
    size_mm: float, arrays: Arrays, make_phantom: MakePhantom
) -> None:
    volume = make_phantom(size_mm=size_mm)()
    _, mask = arrays(volume)
    spacing = np.array(volume.mask.GetSpacing())
    extent = [np.ptp(at) + 1 for at in np.nonzero(mask)][::-1] * spacing
    assert extent.max() <= size_mm + spacing[2]
    assert extent.max() >= 0.75 * size_mm
    share = mask.sum() * spacing.prod() / (SPHERE * size_mm**3)
    assert 0.3 < share < 1.05


def test_the_solid_share_shows_in_the_tumor(arrays: Arrays, make_phantom: MakePhantom) -> None:
    solid, glass = (arrays(make_phantom(solid=share)()) for share in (1.0, 0.2))
    assert (solid[0][solid[1]] > -200).mean() > 0.85
    assert (glass[0][glass[1]] > -200).mean() < 0.45
    assert solid[0][solid[1]].mean() > glass[0][glass[1]].mean() + 250


def test_spiculation_reaches_into_the_lung_around(
    arrays: Arrays, make_phantom: MakePhantom
) -> None:
    smooth, rough = (arrays(make_phantom(spiculation=share)()) for share in (0.0, 1.0))
    density = []
    for hu, mask in (smooth, rough):
        plane = int(mask.sum(axis=(1, 2)).argmax())
        wide, near = (binary_dilation(mask[plane], iterations=k) for k in (12, 3))
        density.append(hu[plane][wide & ~near].mean())
    assert density[1] > density[0] + 60


def test_visibility_shows_the_solid_share_in_core_and_surroundings(
    arrays: Arrays, make_phantom: MakePhantom
) -> None:
    cores, lungs = [], []
    for visibility in (1.0, 4.0):
        volumes = [
            arrays(make_phantom(solid=share, spiculation=0.0, visibility=visibility)())
            for share in (1.0, 0.4)
        ]
        core, lung = [], []
        for hu, mask in volumes:
            plane = int(mask.sum(axis=(1, 2)).argmax())
            wide, near = (binary_dilation(mask[plane], iterations=k) for k in (12, 5))
            core.append((hu[plane][mask[plane]] > -200).mean())
            lung.append(np.median(hu[plane][wide & ~near]))
        cores.append(core[0] - core[1])
        lungs.append(lung[1] - lung[0])
    assert cores[1] > cores[0] + 0.15
    assert abs(lungs[0]) < 15
    assert lungs[1] > 100


def test_lobulation_makes_the_outline_less_round(arrays: Arrays, make_phantom: MakePhantom) -> None:
    fill = []
    for lobulation in (0.0, 1.0):
        shares = []
        for index in range(4):
            volume = make_phantom(index=index, lobulation=lobulation)()
            mask = arrays(volume)[1]
            shares.append(mask.sum() * np.prod(volume.mask.GetSpacing()) / (SPHERE * 30.0**3))
        fill.append(np.mean(shares))
    assert fill[1] < fill[0] - 0.1
