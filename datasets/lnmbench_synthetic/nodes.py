"""Nodal status of the patients: the score, the true risk, and the drawn pN."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from lnmbench_synthetic.draws import Draws, draw
from lnmbench_synthetic.patients import Patients, derive_patients

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_STAGES = ("N0", "N1", "N2")
N1_SHARE_OF_THE_REST = 0.2

_POPULATION = 20_000
_POPULATION_SEED = 2023


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


@lru_cache(maxsize=1)
def draw_population() -> tuple[Draws, Patients]:
    """Return the simulated population: 20,000 patients with a fixed seed."""
    draws = draw(_POPULATION, np.random.default_rng(_POPULATION_SEED))
    return draws, derive_patients(draws)


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


def draw_nodes(draws: Draws, patients: Patients, *, effect: float, prevalence: float) -> Nodes:
    """Return nodal status, drawn by proportional odds.

    Parameters
    ----------
    draws, patients
        The patients (n) and their random numbers.
    effect
        Weight of the invasiveness in the nodal score.
    prevalence
        Share of N2 in the simulated population.
    """
    score = compute_nodal_score(patients, patients.invasiveness, effect)
    n2_cut, any_cut = _solve_cuts(effect, prevalence)
    risk = expit(score - n2_cut)
    uniform = draws.uniform("nodal_status")
    stage = (uniform < expit(score - any_cut)).astype(np.int64) + (uniform < risk)
    return Nodes(score=score, risk=risk, n_stage=stage)


@lru_cache(maxsize=64)
def _solve_cuts(effect: float, prevalence: float) -> tuple[float, float]:
    """Return the scores at which the odds of N2, and of any positive node, are 1."""
    _, patients = draw_population()
    score = compute_nodal_score(patients, patients.invasiveness, effect)
    span = float(np.abs(score).max()) + 20.0

    def solve(share: float) -> float:
        return float(brentq(lambda cut: expit(score - cut).mean() - share, -span, span))

    return solve(prevalence), solve(prevalence + N1_SHARE_OF_THE_REST * (1 - prevalence))
