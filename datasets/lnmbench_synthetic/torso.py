"""Anatomy of one plane of a reference chest without vessels: tissues and their HU.

Coordinates are mm in LPS: x toward the patient's left, y toward the back, z toward the head,
with the center of the chest at 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lnmbench_synthetic.shapes import cover, measure_ellipse, paint

if TYPE_CHECKING:
    from lnmbench_synthetic.shapes import Field

HALF_BODY_MM = (172.0, 118.0)

AIR = -1000.0
LUNG = -865.0
FAT = -100.0
MUSCLE = 52.0
LIVER = 68.0
BLOOD = 120.0
MARROW = 190.0
CORTEX = 480.0

_RIB_EVERY_MM = 26.0
_RIB_FALLS_MM = 78.0


def paint_plane(x: Field, y: Field, z: float, fat_mm: float) -> tuple[Field, Field]:
    """Return one plane in HU, and the share of lung in its voxels.

    Parameters
    ----------
    x, y
        Coordinates of the pixels in mm (rows, columns).
    z
        Height of the plane in mm.
    fat_mm
        Thickness of the fat under the skin.
    """
    canvas = np.full_like(x, AIR)
    wall = measure_ellipse(x, y, center=(0.0, 3.0), half=_compute_half_wall_mm(z), power=2.4)
    lungs = _measure_lungs(x, y, z, wall)
    share = cover(lungs, 1.6)
    _paint_shell(canvas, x, y, fat_mm)
    _paint_ribs(canvas, x, y, z, wall)
    paint(canvas, cover(wall - 8.0, 2.0), FAT + 15)
    paint(canvas, cover(np.minimum(_measure_diaphragm(x, y, z), wall - 9.0), 2.0), LIVER)
    _paint_heart_and_vessels(canvas, x, y, z)
    paint(canvas, share, LUNG + np.float32(0.4) * (y + 30))
    _paint_airways(canvas, x, y, z)
    _paint_spine(canvas, x, y, z)
    return canvas, share


def _compute_half_wall_mm(z: float) -> tuple[float, float]:
    """Return the half axes of the rib cage: widest below the middle, narrow at the apex."""
    height = (z + 110) / 220
    width = float(np.sqrt(max(1 - ((height - 0.35) / 0.72) ** 2, 0.08)))
    return 42.0 + 100.0 * width, 40.0 + 58.0 * width


def _measure_lungs(x: Field, y: Field, z: float, wall: Field) -> Field:
    low = float(np.clip((30 - z) / 70, 0, 1))
    middle = measure_ellipse(x, y, center=(2.0, -12.0), half=(37.0, 66.0), power=2.2)
    spine = measure_ellipse(x, y, center=(0.0, 66.0), half=(25.0, 42.0), power=2.2)
    heart_half = (25.0 + 42.0 * low, 30.0 + 22.0 * low)
    heart = measure_ellipse(x, y, center=(20.0, -28.0), half=heart_half, power=2.0)
    between = np.maximum(np.maximum(middle, spine), np.maximum(heart, _measure_diaphragm(x, y, z)))
    lungs: Field = np.minimum(wall - 10.0, -between)
    return lungs


def _measure_diaphragm(x: Field, y: Field, z: float) -> Field:
    """Return the depth in mm of each point below the two domes; the right dome is higher."""
    dome = -78.0 - 6.0 * (x > 0) - np.float32(0.004) * ((np.abs(x) - 62) ** 2 + (y + 8) ** 2)
    below: Field = (dome - z).astype(np.float32)
    return below


def _paint_shell(canvas: Field, x: Field, y: Field, fat_mm: float) -> None:
    """Paint skin, fat and the muscles of the chest wall, with fat between their layers."""
    body = measure_ellipse(x, y, center=(0.0, 0.0), half=HALF_BODY_MM, power=2.5)
    depth = body - fat_mm - 3.0 * np.sin(x / 29) * np.cos(y / 21)
    paint(canvas, cover(body, 1.5), MUSCLE)
    paint(canvas, cover(body - 2.2, 1.5), FAT)
    paint(canvas, cover(depth, 2.5), MUSCLE)
    seam = 1.4 - np.abs(depth - 9.0 - 3.0 * np.sin(x / 17 + 1) * np.sin(y / 19))
    paint(canvas, 0.8 * cover(seam, 2.0), FAT)


def _paint_ribs(canvas: Field, x: Field, y: Field, z: float, wall: Field) -> None:
    """Paint the ribs: rings of the chest wall that fall from the spine to the front."""
    front = np.float32(0.5) - np.arctan2(y, np.abs(x) + 1e-3) / np.float32(np.pi)
    phase = (z + _RIB_FALLS_MM * front) / np.float32(_RIB_EVERY_MM)
    above = (phase - np.floor(phase) - np.float32(0.5)) * np.float32(_RIB_EVERY_MM)
    inside = 1 - np.sqrt((above / 6.5) ** 2 + ((wall - 4.5) / 4.0) ** 2)
    cartilage = np.clip((front - 0.72) * 8, 0, 1)
    paint(canvas, cover(inside * 5, 1.6), CORTEX - (CORTEX - 110) * cartilage)
    paint(canvas, cover(inside * 5 - 2.0, 1.6), MARROW - (MARROW - 90) * cartilage)
    sternum = measure_ellipse(
        x, y, center=(0.0, 3.0 - _compute_half_wall_mm(z)[1] + 2), half=(19.0, 6.5), power=2.5
    )
    paint(canvas, cover(sternum, 1.6), CORTEX - 200)
    paint(canvas, cover(sternum - 2.0, 1.6), MARROW - 60)


def _paint_heart_and_vessels(canvas: Field, x: Field, y: Field, z: float) -> None:
    """Paint the heart below, the great vessels above, and the descending aorta."""
    if z < 35:
        low = float(np.clip((35 - z) / 60, 0, 1))
        half = (20.0 + 42.0 * low, 24.0 + 22.0 * low)
        heart = measure_ellipse(x, y, center=(20.0, -26.0), half=half, power=2.0)
        paint(canvas, cover(heart, 2.0), BLOOD - 40)
        for center, size in (((4.0, -34.0), 0.42), ((34.0, -16.0), 0.45)):
            chamber = (size * half[0], size * half[1])
            paint(
                canvas,
                cover(measure_ellipse(x, y, center=center, half=chamber, power=2.0), 6.0),
                BLOOD,
            )
    for center, radius in _list_great_vessels(z):
        vessel = measure_ellipse(x, y, center=center, half=(radius, radius), power=2.0)
        paint(canvas, cover(vessel, 1.8), BLOOD)


def _list_great_vessels(z: float) -> list[tuple[tuple[float, float], float]]:
    vessels = [((23.0, 40.0), 12.0)] if z < 55 else []
    if 0 < z < 60:
        vessels += [((-6.0, -28.0), 15.5), ((-26.0, -20.0), 9.0)]
    if 0 < z < 28:
        vessels += [((16.0, -24.0), 13.0), ((24.0, -4.0), 9.0), ((-22.0, 2.0), 8.0)]
    if 48 < z < 66:
        vessels += [((8.0 + k * 5, -16.0 + k * 13), 11.0) for k in range(4)]
    if z >= 60:
        vessels += [((-14.0, -22.0), 7.0), ((4.0, -20.0), 5.5), ((16.0, -8.0), 5.5)]
    return vessels


def _paint_airways(canvas: Field, x: Field, y: Field, z: float) -> None:
    apart = float(np.clip((38 - z) * 0.75, 0, 40))
    if z < -5:
        return
    radius = 8.5 if apart == 0 else 6.0
    for side in (-1.0, 1.0) if apart else (0.0,):
        center = (side * apart, 8.0 + 0.3 * apart)
        airway = measure_ellipse(x, y, center=center, half=(radius, radius), power=2.0)
        paint(canvas, cover(airway + 1.5, 1.5), MUSCLE)
        paint(canvas, cover(airway, 1.5), AIR + 10)


def _paint_spine(canvas: Field, x: Field, y: Field, z: float) -> None:
    disc = abs((z / 24) % 1 - 0.5) > 0.43
    body = measure_ellipse(x, y, center=(0.0, 56.0), half=(19.0, 15.5), power=2.4)
    arch = measure_ellipse(x, y, center=(0.0, 81.0), half=(15.0, 12.0), power=2.0)
    process = measure_ellipse(x, y, center=(0.0, 97.0), half=(4.0, 13.0), power=2.0)
    wings = measure_ellipse(x, y, center=(0.0, 84.0), half=(36.0, 5.0), power=2.0)
    canal = measure_ellipse(x, y, center=(0.0, 79.0), half=(9.5, 8.5), power=2.0)
    for bone in (arch, process, wings, body):
        outer = 90.0 if disc else CORTEX - 60
        paint(canvas, cover(bone, 1.6), outer)
        paint(canvas, cover(bone - 2.4, 1.6), 85.0 if disc else MARROW)
    paint(canvas, cover(canal, 1.6), 25.0)
