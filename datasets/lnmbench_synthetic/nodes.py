"""From patients to nodal status: the score, the true risk, and the drawn pN."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from lnmbench_synthetic.draws import Draws, draw
from lnmbench_synthetic.patients import Patients, patients

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_STAGES = ("N0", "N1", "N2")
N1_SHARE_OF_THE_REST = 0.2

_POPULATION = 20_000
_POPULATION_SEED = 2023


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nodes:
    """Nodal status of n patients: arrays of shape (n,).

    `score` is the log odds of N2 but for a constant, `risk` the probability of N2, `n_stage` the
    status drawn with it, counting into `N_STAGES`.
    """

    score: NDArray[np.float64]
    risk: NDArray[np.float64]
    n_stage: NDArray[np.int64]

    @property
    def n2(self) -> NDArray[np.bool_]:
        """Whether each patient is N2."""
        positive: NDArray[np.bool_] = self.n_stage == N_STAGES.index("N2")
        return positive


@lru_cache(maxsize=1)
def population() -> tuple[Draws, Patients]:
    """Return the 20,000 patients, always the same, that the truth is computed on."""
    draws = draw(_POPULATION, np.random.default_rng(_POPULATION_SEED))
    return draws, patients(draws)


def nodal_score(
    people: Patients, invasiveness: NDArray[np.float64], effect: float
) -> NDArray[np.float64]:
    """Return (n,): the log odds of N2 but for a constant.

    At `effect` 0 it is a function of traits and clinical features, as they are recorded, alone.
    """
    _, _, spiculation, solid = people.traits.T
    clinical = (
        0.55 * np.log(people.cea_ng_ml / 2.6)
        + 1.4 * np.log(people.node_short_axis_mm / 6.5)
        - 0.03 * (people.age - 64)
        + 0.4 * (people.histology == 0)
        + 0.2 * (people.smoking == 2)
    )
    score: NDArray[np.float64] = (
        clinical + 0.55 * spiculation + 0.45 * solid + 1.3 * effect * invasiveness
    )
    return score


def nodes(draws: Draws, people: Patients, *, effect: float, prevalence: float) -> Nodes:
    """Return nodal status by proportional odds, its shares in the population as asked for."""
    score = nodal_score(people, people.invasiveness, effect)
    n2_cut, any_cut = _cuts(effect, prevalence)
    risk = expit(score - n2_cut)
    uniform = draws.uniform("nodal_status")
    stage = (uniform < expit(score - any_cut)).astype(np.int64) + (uniform < risk)
    return Nodes(score=score, risk=risk, n_stage=stage)


@lru_cache(maxsize=64)
def _cuts(effect: float, prevalence: float) -> tuple[float, float]:
    """Return the scores at which N2, and any positive node, have even odds."""
    _, people = population()
    score = nodal_score(people, people.invasiveness, effect)
    span = float(np.abs(score).max()) + 20.0

    def cut(share: float) -> float:
        return float(brentq(lambda at: expit(score - at).mean() - share, -span, span))

    return cut(prevalence), cut(prevalence + N1_SHARE_OF_THE_REST * (1 - prevalence))
