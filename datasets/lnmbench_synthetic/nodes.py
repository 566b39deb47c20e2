"""Nodal status of the patients: the score, the true risk, and the drawn pN."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import scipy

from lnmbench_synthetic.model import CausalModel
from lnmbench_synthetic.population import draw_population

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench_synthetic.draws import Draws
    from lnmbench_synthetic.patients import Patients

N_STAGES = ("N0", "N1", "N2")
N1_SHARE_OF_THE_REST = 0.2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nodes:
    """Nodal status of n patients: arrays of shape (n,).

    `score` is the log odds of N2 up to a constant, `risk` the probability of N2, `n_stage` the
    status drawn with this risk, an index of `N_STAGES`.
    """

    score: NDArray[np.float64]
    risk: NDArray[np.float64]
    n_stage: NDArray[np.int64]

    @property
    def n2(self) -> NDArray[np.bool_]:
        """Mask (n,) of the patients with N2."""
        positive: NDArray[np.bool_] = self.n_stage == N_STAGES.index("N2")
        return positive


def compute_nodal_score(
    patients: Patients, invasiveness: NDArray[np.float64], effect: float
) -> NDArray[np.float64]:
    """Return the log odds of N2 (n,) up to a constant.

    At `effect` 0 it depends only on the traits and on the clinical features as recorded.

    Parameters
    ----------
    patients
        The patients (n).
    invasiveness
        The invasiveness (n,), or its expectation given the traits.
    effect
        Weight of the invasiveness.
    """
    _, _, spiculation, solid = patients.traits.T
    clinical = (
        0.55 * np.log(patients.cea_ng_ml / 2.6)
        + 1.4 * np.log(patients.node_short_axis_mm / 6.5)
        - 0.03 * (patients.age - 64)
        + 0.4 * (patients.histology == 0)
        + 0.2 * (patients.smoking == 2)
    )
    score: NDArray[np.float64] = (
        clinical + 0.55 * spiculation + 0.45 * solid + 1.3 * effect * invasiveness
    )
    return score


def draw_nodes(draws: Draws, patients: Patients, model: CausalModel) -> Nodes:
    """Return nodal status, drawn by proportional odds.

    Parameters
    ----------
    draws, patients
        The patients (n) and their random numbers.
    model
        The model of their nodal status.
    """
    score = compute_nodal_score(patients, patients.invasiveness, model.effect)
    n2_cut, any_cut = _solve_cuts(model)
    risk = scipy.special.expit((score - n2_cut) / model.noise)
    uniform = draws.uniform("nodal_status")
    any_node = uniform < scipy.special.expit((score - any_cut) / model.noise)
    return Nodes(score=score, risk=risk, n_stage=any_node.astype(np.int64) + (uniform < risk))


@lru_cache(maxsize=64)
def _solve_cuts(model: CausalModel) -> tuple[float, float]:
    """Return the scores at which the odds of N2, and of any positive node, are 1."""

    _, patients = draw_population(model.visibility)
    score = compute_nodal_score(patients, patients.invasiveness, model.effect)
    span = float(np.abs(score).max()) + 20.0 * model.noise

    def solve(share: float) -> float:
        def exceed(cut: float) -> float:
            return float(scipy.special.expit((score - cut) / model.noise).mean()) - share

        return float(scipy.optimize.brentq(exceed, -span, span))

    rest = N1_SHARE_OF_THE_REST * (1 - model.prevalence)
    return solve(model.prevalence), solve(model.prevalence + rest)
