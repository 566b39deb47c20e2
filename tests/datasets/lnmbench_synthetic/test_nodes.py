"""Nodal status: its prevalence, and the score at effect 0."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.draws import Draws
from lnmbench_synthetic.nodes import compute_nodal_score, draw_nodes
from lnmbench_synthetic.patients import Patients


@pytest.mark.parametrize("prevalence", [0.1, 0.4])
@pytest.mark.parametrize("effect", [0.0, 1.0, 3.0])
def test_the_prevalence_is_as_asked_whatever_the_effect(
    many: tuple[Draws, Patients], effect: float, prevalence: float
) -> None:
    assert draw_nodes(*many, effect=effect, prevalence=prevalence).n2.mean() == pytest.approx(
        prevalence, abs=0.015
    )


def test_at_effect_0_the_score_needs_nothing_but_image_and_clinical_features(
    many: tuple[Draws, Patients],
) -> None:
    _, people = many
    elsewhere = np.random.default_rng(0).permutation(people.invasiveness)
    np.testing.assert_array_equal(
        compute_nodal_score(people, elsewhere, 0.0),
        compute_nodal_score(people, people.invasiveness, 0.0),
    )
