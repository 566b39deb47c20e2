"""Nodal status: its prevalence, and the score at effect 0."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.draws import Draws
from lnmbench_synthetic.model import CausalModel
from lnmbench_synthetic.nodes import compute_nodal_score, draw_nodes
from lnmbench_synthetic.patients import Patients
from scipy.special import logit


@pytest.mark.parametrize("prevalence", [0.1, 0.4])
@pytest.mark.parametrize(("effect", "noise"), [(0.0, 1.0), (1.0, 4.0), (3.0, 1.0)])
def test_the_prevalence_is_as_asked_whatever_the_effect(
    many: tuple[Draws, Patients], effect: float, noise: float, prevalence: float
) -> None:
    model = CausalModel(effect=effect, prevalence=prevalence, noise=noise)
    assert draw_nodes(*many, model).n2.mean() == pytest.approx(prevalence, abs=0.015)


def test_noise_divides_the_log_odds(many: tuple[Draws, Patients]) -> None:
    usual, noisy = (draw_nodes(*many, CausalModel(noise=noise)) for noise in (1.0, 4.0))
    np.testing.assert_array_equal(usual.score, noisy.score)
    slopes = np.polyfit(usual.score, logit(noisy.risk), 1)
    assert slopes[0] == pytest.approx(0.25, abs=1e-9)
    observed = [noisy.n2[usual.score > cut].mean() for cut in (-np.inf, 1.0, 2.0)]
    expected = [noisy.risk[usual.score > cut].mean() for cut in (-np.inf, 1.0, 2.0)]
    assert observed == pytest.approx(expected, abs=0.03)


def test_at_effect_0_the_score_needs_nothing_but_image_and_clinical_features(
    many: tuple[Draws, Patients],
) -> None:
    _, people = many
    elsewhere = np.random.default_rng(0).permutation(people.invasiveness)
    np.testing.assert_array_equal(
        compute_nodal_score(people, elsewhere, 0.0),
        compute_nodal_score(people, people.invasiveness, 0.0),
    )
