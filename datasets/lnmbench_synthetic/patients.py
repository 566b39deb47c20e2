"""Causal model of the synthetic patients.

    invasiveness ──► traits: size, lobulation, spiculation, solid share (what the image shows)
         │              │                     │
         │              ▼                     ▼
         ├──────────►  pT    traits ──► clinical features ──► nodal score
         │                   traits ────────────────────────► nodal score
         └── effect ────────────────────────────────────────► nodal score

Every arrow has its own noise. The clinical features depend on the traits and never directly on the
invasiveness, so the only path from pT to the nodes that bypasses image and clinical features is the
invasiveness, and `effect` is its weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.draws import Draws

T_STAGES = ("T1a", "T1b", "T1c", "T2a", "T2b", "T3", "T4")
T_SIZES_MM = (10.0, 20.0, 30.0, 40.0, 50.0, 70.0)
SIZES_MM = (8.0, 75.0)
LOBES = ("right upper", "right middle", "right lower", "left upper", "left lower")

_MEDIAN_SIZE_MM = 23.5
_LOG_SIZE_SD = 0.50
_LOBE_SHARES = (0.30, 0.06, 0.22, 0.24, 0.18)
# Correlation of each trait with the invasiveness, at visibility 1.
_LOADINGS = {"size": 0.55, "lobulation": 0.50, "spiculation": 0.65, "solid": 0.65}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patients:
    """True values of n patients: arrays of shape (n,).

    `invasiveness` is standard normal. `traits` is (n, 4), standard normal: log size, lobulation,
    spiculation and solid share in the image. `size_mm` is the tumor's longest
    diameter; `lobulation`, `spiculation` and `solid` lie between 0 and 1. `smoking` is 0 never,
    1 former, 2 current; `histology` 0 adenocarcinoma, 1 squamous, 2 other; `lobe` and `t_stage`
    are indices of `LOBES` and `T_STAGES`. `long_axis_mm`, `lobulated` and `spiculated` are a
    reader's findings in the CT, with a reader's errors.
    """

    invasiveness: NDArray[np.float64]
    traits: NDArray[np.float64]
    size_mm: NDArray[np.float64]
    lobulation: NDArray[np.float64]
    spiculation: NDArray[np.float64]
    solid: NDArray[np.float64]
    age: NDArray[np.float64]
    female: NDArray[np.bool_]
    smoking: NDArray[np.int64]
    pack_years: NDArray[np.float64]
    cea_ng_ml: NDArray[np.float64]
    histology: NDArray[np.int64]
    lobe: NDArray[np.int64]
    long_axis_mm: NDArray[np.float64]
    lobulated: NDArray[np.bool_]
    spiculated: NDArray[np.bool_]
    node_short_axis_mm: NDArray[np.float64]
    t_stage: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.invasiveness)


def derive_patients(draws: Draws, visibility: float = 1.0) -> Patients:
    """Return the patients of these draws; values are rounded as in clinical reports.

    Of their values, only the solid share and the CEA, which follows it, depend on the visibility.
    """
    u = draws.normal("invasiveness")
    loadings = compute_loadings(visibility)
    log_size, lobulation, spiculation, solid = (
        r * u + np.sqrt(1 - r**2) * draws.normal(trait) for trait, r in loadings.items()
    )
    size_mm = np.clip(_MEDIAN_SIZE_MM * np.exp(_LOG_SIZE_SD * log_size), *SIZES_MM)
    female = draws.uniform("sex") < 0.45
    smoking = _draw_smoking(draws, female)
    cea = 2.6 * np.exp(0.75 * (0.35 * solid + 0.94 * draws.normal("cea")))
    node = 6.5 * np.exp(0.38 * (0.30 * log_size + 0.95 * draws.normal("node")))
    return Patients(
        invasiveness=u,
        traits=np.stack([log_size, lobulation, spiculation, solid], axis=1),
        size_mm=size_mm,
        lobulation=scipy.special.ndtr(lobulation),
        spiculation=scipy.special.ndtr(spiculation),
        solid=0.1 + 0.9 * scipy.special.ndtr(0.4 + solid),
        age=np.clip(np.round(64 + 9 * draws.normal("age")), 30, 90),
        female=female,
        smoking=smoking,
        pack_years=np.where(smoking > 0, np.round(_draw_pack_years(draws)), 0.0),
        cea_ng_ml=np.maximum(np.round(cea, 1), 0.3),
        histology=np.searchsorted([0.64, 0.90], draws.uniform("histology"), side="right"),
        lobe=np.searchsorted(np.cumsum(_LOBE_SHARES)[:-1], draws.uniform("lobe"), side="right"),
        long_axis_mm=np.round(size_mm * np.exp(0.08 * draws.normal("long_axis"))),
        lobulated=lobulation + 0.8 * draws.normal("lobulation_report") > 0.0,
        spiculated=spiculation + 0.8 * draws.normal("spiculation_report") > 0.2,
        node_short_axis_mm=np.clip(np.round(node), 3, 30),
        t_stage=_draw_t_stage(draws, size_mm, u),
    )


def compute_loadings(visibility: float) -> dict[str, float]:
    """Return the correlation of each trait with the invasiveness; that of the solid share rises."""
    loadings = dict(_LOADINGS)
    loadings["solid"] += (1 - loadings["solid"]) * (1 - 1 / visibility**2)
    return loadings


def compute_expected_invasiveness(
    traits: NDArray[np.float64], visibility: float = 1.0
) -> NDArray[np.float64]:
    """Return the conditional mean of the invasiveness given the traits.

    The residual is normal with a constant SD, so a risk computed with this mean instead of the
    invasiveness ranks patients as the exact conditional risk does.

    Parameters
    ----------
    traits
        (n, 4), standard normal: log size, lobulation, spiculation and solid share in the image.
    visibility
        The visibility that the patients were drawn with.

    Returns
    -------
    ndarray
        (n,), in SDs of the invasiveness.
    """
    loadings = np.array(list(compute_loadings(visibility).values()))
    precision = 1 + np.sum(loadings**2 / (1 - loadings**2))
    mean: NDArray[np.float64] = traits @ (loadings / (1 - loadings**2)) / precision
    return mean


def _draw_smoking(draws: Draws, female: NDArray[np.bool_]) -> NDArray[np.int64]:
    never, current = np.where(female, 0.45, 0.15), np.where(female, 0.18, 0.30)
    uniform = draws.uniform("smoking")
    return (uniform >= never).astype(np.int64) + (uniform >= 1 - current)


def _draw_pack_years(draws: Draws) -> NDArray[np.float64]:
    years: NDArray[np.float64] = np.clip(33 * np.exp(0.6 * draws.normal("pack_years")), 1, 150)
    return years


def _draw_t_stage(
    draws: Draws, size_mm: NDArray[np.float64], u: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return pT by size, raised by findings of the specimen alone (TNM, 8th edition).

    Pleural invasion gives at least T2a; a satellite nodule or chest wall invasion at least T3; a
    nodule in another lobe or mediastinal invasion T4. Invasiveness makes all three more likely.
    """
    specimen_mm = size_mm * np.exp(0.06 * draws.normal("specimen"))
    stage = np.searchsorted(T_SIZES_MM, specimen_mm, side="left")
    raised = {"pleura": (-2.2, 2.4, "T2a"), "t3": (-4.8, 2.0, "T3"), "t4": (-6.0, 2.0, "T4")}
    for cause, (intercept, slope, name) in raised.items():
        occurs = draws.uniform(cause) < scipy.special.expit(intercept + slope * u)
        stage = np.where(occurs, np.maximum(stage, T_STAGES.index(name)), stage)
    return stage
