"""Parameters of the causal model: their defaults are those of the data set."""

from __future__ import annotations

from dataclasses import asdict
from inspect import signature

from lnmbench_synthetic.dataset import Synthetic
from lnmbench_synthetic.model import CausalModel


def test_defaults_are_those_of_the_data_set() -> None:
    parameters = signature(Synthetic).parameters
    assert {name: parameters[name].default for name in asdict(CausalModel())} == asdict(
        CausalModel()
    )
