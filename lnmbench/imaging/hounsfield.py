"""Evidence that a volume does not hold HU; replacement of padding by air.

One model for every reader. It sees the voxels before they are resampled. Crops without air,
without fat or of lung alone are CT too, so a volume is refused for what no CT has, never for what
it lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench.records import Preprocessing, Volume

PADDING_HU = -2000
"""HU that readers give to pixels that a header declares as padding."""

WINDOW_HU = (-1000, 400)
"""Range in which the values of patients have to be comparable: the window of the patches."""

_FAR_BELOW_AIR = -1500
_AIR = -900
_MOST_VOXELS = 1 << 20
_FEWEST_VALUES = 32
_GRAY_LEVELS = 255
_RESCALE = "apply RescaleSlope and RescaleIntercept when you export the CT"
_ORIGINAL = "export the original CT in HU, neither windowed nor normalized"


@dataclass(frozen=True, slots=True, kw_only=True)
class HuFault:
    """Reason why a volume does not hold HU: the values, and the next step of the user."""

    got: str
    then: str


def require_hu(volume: Volume, preprocessing: Preprocessing) -> Volume:
    """Return a volume that holds HU, with air for its padding.

    Padding is what lies far below air (−1500 HU). It would otherwise be mixed into its neighbors
    when the volume is resampled.

    Parameters
    ----------
    volume
        Volume as its file holds it.
    preprocessing
        HU of air, and whether implausible values are allowed: then the fault becomes a warning.

    Raises
    ------
    UserError
        If the voxels are not HU.
    """
    voxels: NDArray[Any] = sitk.GetArrayViewFromImage(volume.image)
    fault = find_hu_fault(voxels)
    if fault is not None and not preprocessing.allow_implausible:
        raise UserError(
            "the image does not hold HU",
            expected="air near -1000 and soft tissue near 0 to 80",
            got=fault.got,
            then=fault.then,
        )
    if fault is not None:
        warning = f"implausible HU allowed ({fault.got})"
        return replace(volume, warnings=(*volume.warnings, warning))
    if voxels.size and not voxels.min() < _FAR_BELOW_AIR:
        return volume
    padding = voxels < _FAR_BELOW_AIR
    air = voxels.dtype.type(preprocessing.air_hu)
    filled = sitk.GetImageFromArray(np.where(padding, air, voxels))
    filled.CopyInformation(volume.image)
    note = f"padding replaced by air ({100 * padding.mean():.2g} % of the voxels)"
    return replace(volume, image=filled, notes=(*volume.notes, note))


def find_hu_fault(voxels: NDArray[Any]) -> HuFault | None:
    """Return the first evidence that the voxels of a volume are not HU, or None.

    Parameters
    ----------
    voxels
        Voxels as their file holds them, with padding, in any shape.
    """
    flat = voxels.ravel()
    fault = _find_fault_of_range(flat) if flat.size else None
    if fault is not None or not flat.size:
        return fault
    sample = flat[:: max(1, flat.size // _MOST_VOXELS) | 1].astype(np.float64)
    fault = _find_spread_below_air(sample)
    if fault is not None:
        return fault
    values = _drop_fill(sample)
    return next(filter(None, (rule(values) for rule in _RULES)), None)


def _find_fault_of_range(voxels: NDArray[Any]) -> HuFault | None:
    low, high = float(voxels.min()), float(voxels.max())
    if low >= 0 and np.all((voxels == low) | (voxels == high)):
        return HuFault(
            got="0 everywhere" if high == 0 else f"only {low:g} and {high:g}",
            then="this looks like a mask; check whether image and region are swapped",
        )
    if voxels.dtype.itemsize == 1:
        return HuFault(got=f"8-bit numbers, {low:g} to {high:g}", then=_ORIGINAL)
    return None


def _find_spread_below_air(sample: NDArray[np.float64]) -> HuFault | None:
    """Find a scan that is shifted down: padding repeats one value (or two), the scan does not."""
    below = sample[sample < _FAR_BELOW_AIR]
    if not below.size:
        return None
    counts = np.sort(np.unique(below, return_counts=True)[1])
    repeated = counts[-2:].sum()
    if below.size - repeated < max(0.03 * sample.size, 0.25 * repeated):
        return None
    return HuFault(
        got=f"{100 * below.size / sample.size:.0f} % of the voxels from {below.min():g} to "
        f"{below.max():g}",
        then="check whether the intercept was applied twice, or unsigned numbers read as signed",
    )


def _drop_fill(sample: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the voxels without padding and without a constant far below all others."""
    values = sample[sample >= _FAR_BELOW_AIR]
    if not values.size:
        return sample
    low = values.min()
    others = values[values > low]
    isolated = others.size > 0.01 * sample.size and others.min() - low > 200
    # Nothing fills with a value between air and 0: there, a window was cut off.
    return others if isolated and (low <= _AIR or low >= 0) else values


def _share(values: NDArray[np.float64], low: float, high: float) -> float:
    return float(np.count_nonzero((values >= low) & (values < high)) / values.size)


def _is_wrapped(values: NDArray[np.float64]) -> HuFault | None:
    share = _share(values, 31000, np.inf)
    if share < 0.001:
        return None
    return HuFault(
        got=f"{100 * share:.2g} % of the voxels above 31000",
        then="signed numbers were saved as unsigned ones: export the CT again",
    )


def _is_narrow(values: NDArray[np.float64]) -> HuFault | None:
    outside = _share(values, -np.inf, -20), _share(values, np.nextafter(20, 21), np.inf)
    if max(outside) > 0.001:
        return None
    low, high = np.quantile(values, (0.001, 0.999))
    whole = np.array_equal(values, np.rint(values))
    if whole and high - low > 20:
        return None
    kind = "values" if whole else "fractions"
    return HuFault(got=f"{kind} from {values.min():.3g} to {values.max():.3g}", then=_ORIGINAL)


def _is_signed_gray(values: NDArray[np.float64]) -> HuFault | None:
    low, high = values.min(), values.max()
    if low != -128 or high > 127 or _share(values, low, low + 1) < 0.005:
        return None
    whole = np.array_equal(values, np.rint(values))
    return HuFault(got=f"gray levels from -128 to {high:g}", then=_ORIGINAL) if whole else None


def _has_nothing_below_0(values: NDArray[np.float64]) -> HuFault | None:
    """Find values that end at 0; a peak of soft tissue and bone above 0 does not end abruptly."""
    if _share(values, -np.inf, 0) >= 0.002:
        return None
    soft = _share(values, 0, 450) >= 0.8 and _share(values, 880, np.inf) < 0.01
    if soft and _share(values, 0, 10) < 0.02:
        return None
    few = "nothing" if values.min() >= 0 else "hardly anything"
    return HuFault(
        got=f"{values.min():g} to {values.max():g}, {few} below 0 as air and fat are",
        then=_ORIGINAL,
    )


def _is_shifted(values: NDArray[np.float64]) -> HuFault | None:
    """Find a peak of shifted soft tissue; bone and contrast decline steadily above 300 HU."""
    above = values[values > 300]
    peak = _share(above, 880, 1200) if above.size else 0.0
    if peak * above.size < 0.03 * values.size or peak < 0.5:
        return None
    return HuFault(
        got=f"{100 * peak * above.size / values.size:.2g} % of the voxels near 1000, where shifted "
        "soft tissue lies",
        then=_RESCALE,
    )


def _is_mostly_bright(values: NDArray[np.float64]) -> HuFault | None:
    share = _share(values, 600, np.inf)
    if share < max(0.15, _share(values, 300, 600)):
        return None
    return HuFault(got=f"{100 * share:.0f} % of the voxels above 600", then=_RESCALE)


def _is_air_alone(values: NDArray[np.float64]) -> HuFault | None:
    tissue = _share(values, -900, -500) + _share(values, -200, 300)
    if _share(values, -850, np.inf) >= 0.01 and tissue >= 0.02:
        return None
    return HuFault(got=f"only {values.min():g} to {values.max():g}", then=_RESCALE)


def _is_clipped(values: NDArray[np.float64]) -> HuFault | None:
    """Find values that were cut off: they pile up at the end of their range, unlike noise."""
    some = values[:: max(1, values.size >> 12)]
    if np.unique(some).size < _FEWEST_VALUES and np.unique(values).size < _FEWEST_VALUES:
        return None
    low, high = values.min(), values.max()
    gray = high - low <= _GRAY_LEVELS
    cuts = [
        f"{end:g}"
        for end, sign, harmless in (
            (low, 1, low <= WINDOW_HU[0] + 50 and not gray),
            (high, -1, high >= WINDOW_HU[1]),
        )
        if not harmless and _piles_up(sign * (values - end))
    ]
    if not cuts:
        return None
    return HuFault(
        got=f"a copy that is cut off at {' and '.join(cuts)}",
        then=f"export the original CT; values from {WINDOW_HU[0]} to {WINDOW_HU[1]} are used",
    )


def _piles_up(inward: NDArray[np.float64]) -> bool:
    at_end = np.count_nonzero(inward == 0)
    near = np.count_nonzero((inward > 0) & (inward <= 10))
    return bool(at_end > max(0.0005 * inward.size, 10, near / 3))


def _lies_between_lung_and_fat(values: NDArray[np.float64]) -> HuFault | None:
    share = _share(values, -550, -180)
    soft_tissue = _share(values, -150, 250) > 0.1
    if share < 0.4 or (soft_tissue and _share(values, -np.inf, -600) > 0.001):
        return None
    return HuFault(
        got=f"{100 * share:.0f} % of the voxels from -550 to -180, between lung and fat",
        then=_RESCALE,
    )


_RULES: tuple[Callable[[NDArray[np.float64]], HuFault | None], ...] = (
    _is_wrapped,
    _is_narrow,
    _is_signed_gray,
    _has_nothing_below_0,
    _is_shifted,
    _is_mostly_bright,
    _is_air_alone,
    _is_clipped,
    _lies_between_lung_and_fat,
)
