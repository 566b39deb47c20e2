"""The simulated population, in which the truth of a cohort is computed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lnmbench_synthetic.draws import Draws, draw
from lnmbench_synthetic.patients import Patients, derive_patients

_POPULATION = 20_000
_POPULATION_SEED = 2023


@lru_cache(maxsize=4)
def draw_population(visibility: float) -> tuple[Draws, Patients]:
    """Return the simulated population: 20,000 patients with a fixed seed, pT from their tumor."""
    draws = draw(_POPULATION, np.random.default_rng(_POPULATION_SEED))
    return draws, derive_patients(draws, visibility)
