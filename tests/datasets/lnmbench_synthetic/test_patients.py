"""The causal model: shares of the stages, and the invasiveness given the traits."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.draws import Draws
from lnmbench_synthetic.nodes import Nodes
from lnmbench_synthetic.patients import T_STAGES, Patients, compute_expected_invasiveness


def test_stages_have_realistic_shares(many: tuple[Draws, Patients], with_effect: Nodes) -> None:
    _, people = many
    t = np.bincount(people.t_stage, minlength=7) / len(people)
    assert (t > 0.015).all()
    assert t[:3].sum() == pytest.approx(0.57, abs=0.08)
    assert t[3:5].sum() == pytest.approx(0.33, abs=0.08)
    n = np.bincount(with_effect.n_stage, minlength=3) / len(people)
    assert n == pytest.approx([0.60, 0.15, 0.25], abs=0.015)
    assert np.median(people.size_mm) == pytest.approx(24, abs=1.5)
    assert people.size_mm.min() >= 8
    assert people.size_mm.max() <= 75


def test_pt_is_by_size_and_is_only_ever_raised(many: tuple[Draws, Patients]) -> None:
    _, people = many
    by_size = np.searchsorted((10, 20, 30, 40, 50, 70), people.size_mm * 0.8)
    assert (people.t_stage >= by_size).mean() > 0.999
    raised = people.t_stage[people.size_mm < 16] >= T_STAGES.index("T2a")
    assert 0.05 < raised.mean() < 0.35


def test_the_expected_latent_is_what_a_regression_finds(many: tuple[Draws, Patients]) -> None:
    _, people = many
    slopes = np.linalg.lstsq(people.traits, people.invasiveness, rcond=None)[0]
    found = people.traits @ slopes
    assert np.abs(found - compute_expected_invasiveness(people.traits)).max() < 0.15
