"""Rules for the pT stage: derived from the tumor, independent of it, or cut from the latent."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from lnmbench_synthetic.draws import draw
from lnmbench_synthetic.model import CausalModel, PtRule
from lnmbench_synthetic.patients import T_STAGES, Patients, derive_patients
from lnmbench_synthetic.population import draw_population

if TYPE_CHECKING:
    from numpy.typing import NDArray

_POPULATION_SEED = 2024


def assign_t_stage(patients: Patients, rule: PtRule, generator: np.random.Generator) -> Patients:
    """Return the patients with pT by a rule; stages have the same shares under each rule.

    Parameters
    ----------
    patients
        Patients (n) with pT derived from their tumor.
    rule
        `derived`: unchanged. `independent`: the stage of another, random patient. `latent`: the
        invasiveness, cut into seven classes.
    generator
        Source of the other patients.
    """
    if rule == "derived":
        return patients
    if rule == "latent":
        stage = np.searchsorted(_find_latent_cuts(), patients.invasiveness, side="right")
    else:
        stage = derive_patients(draw(len(patients), generator)).t_stage
    return replace(patients, t_stage=stage)


@lru_cache(maxsize=4)
def draw_staged_population(visibility: float, rule: PtRule) -> Patients:
    """Return the simulated population with pT by a rule."""
    _, patients = draw_population(visibility)
    return assign_t_stage(patients, rule, np.random.default_rng(_POPULATION_SEED))


@lru_cache(maxsize=1)
def _find_latent_cuts() -> NDArray[np.float64]:
    """Return the invasiveness (6,) at which the stages begin, by their shares of the population."""
    _, patients = draw_population(CausalModel().visibility)
    shares = np.bincount(patients.t_stage, minlength=len(T_STAGES)) / len(patients)
    cuts: NDArray[np.float64] = np.quantile(patients.invasiveness, np.cumsum(shares)[:-1])
    return cuts
