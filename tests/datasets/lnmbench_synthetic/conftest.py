"""Fixtures for tests of the synthetic cohort: patients, nodal status, rendered volumes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import SimpleITK as sitk
from lnmbench_synthetic.dataset import Synthetic
from lnmbench_synthetic.draws import Draws, draw
from lnmbench_synthetic.model import CausalModel
from lnmbench_synthetic.nodes import Nodes, draw_nodes
from lnmbench_synthetic.patients import Patients, derive_patients
from lnmbench_synthetic.phantom import Phantom
from lnmbench_synthetic.tumor import Traits

from lnmbench import Volume

MANY = 20_000


@pytest.fixture(scope="session")
def many() -> tuple[Draws, Patients]:
    """20,000 patients that are not the simulated population."""
    draws = draw(MANY, np.random.default_rng(77))
    return draws, derive_patients(draws)


@pytest.fixture(scope="session")
def with_effect(many: tuple[Draws, Patients]) -> Nodes:
    """Nodal status of `many` at effect 1."""
    return draw_nodes(*many, CausalModel())


@pytest.fixture(scope="session")
def without_effect(many: tuple[Draws, Patients]) -> Nodes:
    """Nodal status of `many` at effect 0."""
    return draw_nodes(*many, CausalModel(effect=0.0))


@pytest.fixture(scope="session")
def volumes() -> list[Volume]:
    """Six rendered cases, rendered once for all tests."""
    return [case.volume() for case in Synthetic(n=6, seed=2).cases() if case.volume]


@pytest.fixture(scope="session")
def make_phantom() -> Callable[..., Phantom]:
    """A function that returns a phantom with traits of its tumor."""

    def make(index: int = 0, lobe: int = 2, visibility: float = 1.0, **traits: float) -> Phantom:
        values = {"size_mm": 30.0, "lobulation": 0.2, "spiculation": 0.1, "solid": 0.9} | traits
        return Phantom(
            seed=5, index=index, lobe=lobe, traits=Traits(**values), visibility=visibility
        )

    return make


@pytest.fixture(scope="session")
def arrays() -> Callable[[Volume], tuple[np.ndarray, np.ndarray]]:
    """A function that returns the HU and the mask of a volume as arrays."""

    def read(volume: Volume) -> tuple[np.ndarray, np.ndarray]:
        mask = sitk.GetArrayFromImage(volume.mask).astype(bool)
        return sitk.GetArrayFromImage(volume.image), mask

    return read
