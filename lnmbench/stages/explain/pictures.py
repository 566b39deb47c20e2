"""Pictures and figures of one explained case: occlusion maps, weights and effects of slices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.imaging.pictures import draw_outline, gray_pixels
from lnmbench.records import WINDOW_HU, Axis, Figure, Gallery, Mark, Panel, Picture
from lnmbench.results import format_decimal, format_difference
from lnmbench.stages.explain.explain_run import Explained
from lnmbench.stages.explain.explanations import CaseExplanation, MethodExplanation, OcclusionMap

RAISES, LOWERS = (255, 106, 0), (45, 140, 255)
"""Colors of squares that raise and that lower the probability."""
_OPACITY = 0.65


def color_limit(explained: Explained) -> float:
    """Return the effect with full color: the largest one of all maps, so that colors compare."""
    maps = [c.occlusion for network in explained.methods for c in network.cases]
    return max((float(np.abs(m.effects).max()) for m in maps if m is not None), default=0.0)


def draw_effects(
    pixels: NDArray[np.uint8], effects: NDArray[np.float64], limit: float
) -> NDArray[np.uint8]:
    """Return a picture with the color of each effect over it: none for 0, full for the limit.

    Parameters
    ----------
    pixels
        RGB values, (rows, columns, 3).
    effects
        The effect at each pixel, (rows, columns).
    limit
        The absolute effect with full color.
    """
    strength = np.clip(np.abs(effects) / limit, 0.0, 1.0) if limit else np.zeros_like(effects)
    colors = np.where((effects > 0)[:, :, None], RAISES, LOWERS)  # (rows, columns, 3)
    opacity = _OPACITY * strength[:, :, None]
    return np.rint(pixels * (1.0 - opacity) + colors * opacity).astype(np.uint8)


def make_gallery(explained: Explained, position: int, limit: float) -> Gallery | None:
    """Return the pictures of a case: the plain slice, and the map of each method.

    Parameters
    ----------
    explained
        The explanations.
    position
        The position of the case among the explained ones.
    limit
        The effect with full color.
    """
    maps = [(each, each.cases[position]) for each in explained.methods]
    pictures = [
        picture
        for each, case in maps
        for picture in _draw_map(_name(explained, each), each.method.fingerprint, case, limit)
    ]
    first = next((case.occlusion for _, case in maps if case.occlusion is not None), None)
    if first is None:
        return None
    number = explained.cases[position]
    plain = Picture(
        pixels=_draw_slice(first),
        alt=f"CT slice of case {number}{_describe_outline(first)}",
        caption="CT" + _describe_outline(first),
    )
    return Gallery(
        key=f"occlusion_case_{number}",
        title=f"{explained.describe_case(number, explained.outcomes)}: effect of occluded squares",
        pictures=(plain, *pictures),
    )


def _name(explained: Explained, explanation: MethodExplanation) -> str:
    """Return the label of a method, with the outcome if there are several."""
    outcome = explained.name_outcome(explanation.outcome)
    label = explanation.method.label
    return f"{label}, {outcome}" if len(explained.outcomes) > 1 else label


def _draw_map(
    label: str, fingerprint: str, case: CaseExplanation, limit: float
) -> Sequence[Picture]:
    occlusion = case.occlusion
    if occlusion is None:
        return ()
    largest = float(occlusion.effects.flat[np.abs(occlusion.effects).argmax()])
    prediction = format_decimal(case.stored, digits=2)
    share = ""
    if occlusion.tumor.any():
        share = f", {format_decimal(occlusion.tumor_share, digits=2)} of the effects in the tumor"
    return (
        Picture(
            pixels=draw_outline(
                draw_effects(_gray(occlusion), occlusion.effects, limit), occlusion.slice_mask
            ),
            alt=f"Occlusion map of {label}: largest effect {format_difference(largest)}{share}",
            caption=f"{label}: {prediction}; largest effect {format_difference(largest)}{share}",
            methods=(fingerprint,),
        ),
    )


def _draw_slice(occlusion: OcclusionMap) -> NDArray[np.uint8]:
    return draw_outline(_gray(occlusion), occlusion.slice_mask)


def _gray(occlusion: OcclusionMap) -> NDArray[np.uint8]:
    return gray_pixels(occlusion.slice_hu, WINDOW_HU)


def _describe_outline(occlusion: OcclusionMap) -> str:
    return " with the outline of the tumor" if occlusion.slice_mask.any() else ""


def make_slice_figure(explained: Explained, position: int, outcome: int) -> Figure | None:
    """Return a figure with the effects and weights of a case's slices, None without slices.

    Parameters
    ----------
    explained
        The explanations.
    position
        The position of the case among the explained ones.
    outcome
        The number of the outcome.
    """
    slices = [
        (each.method, each.cases[position].slices)
        for each in explained.methods
        if each.outcome == outcome and each.cases[position].slices is not None
    ]
    if not slices:
        return None
    number = explained.cases[position]
    effects: list[Mark] = []
    weights: list[Mark] = []
    for method, each in slices:
        if each is None:
            continue
        x = np.arange(1.0, len(each.effects) + 1.0)
        for marks, y in ((effects, each.effects), (weights, each.weights)):
            for kind in ("line", "points"):
                marks.append(
                    Mark(
                        kind="line" if kind == "line" else "points",
                        x=x,
                        y=np.asarray(y, dtype=np.float64),
                        name=method.label,
                        methods=(method.fingerprint,),
                        color=method.fingerprint,
                    )
                )
    count = max(len(each.effects) for _, each in slices if each is not None)
    zero = Mark(kind="rule", x=np.array([1.0, float(count)]), y=np.zeros(2))
    axis = Axis(title="Slice, from the feet", low=0.5, high=count + 0.5)
    heaviest = max(float(each.weights.max()) for _, each in slices if each is not None)
    largest = max(
        (float(each.effects[np.abs(each.effects).argmax()]) for _, each in slices if each),
        key=abs,
    )
    suffix = f"_outcome_{outcome + 1}" if len(explained.outcomes) > 1 else ""
    return Figure(
        key=f"slices_case_{number}{suffix}",
        title=f"{explained.describe_case(number, [outcome])}: slices",
        alt=f"{count} slices; largest effect {format_difference(largest)}",
        panels=(
            Panel(x=axis, y=Axis(title="Effect on the probability"), marks=(zero, *effects)),
            Panel(
                x=axis,
                y=Axis(title="Weight in the pooled vector", low=0.0, high=1.1 * heaviest),
                marks=(*weights,),
            ),
        ),
    )
