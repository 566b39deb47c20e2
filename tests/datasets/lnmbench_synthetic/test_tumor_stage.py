"""Rules for pT: the same shares of the stages, with all, some or no information."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_synthetic.draws import Draws
from lnmbench_synthetic.model import PtRule
from lnmbench_synthetic.nodes import Nodes
from lnmbench_synthetic.patients import Patients
from lnmbench_synthetic.truth import build_clinical_design
from lnmbench_synthetic.tumor_stage import assign_t_stage, draw_staged_population
from scipy.stats import spearmanr


def assign(people: Patients, rule: PtRule) -> Patients:
    return assign_t_stage(people, rule, np.random.default_rng(8))


@pytest.mark.parametrize("rule", ["independent", "latent"])
def test_stages_have_the_same_shares_and_nothing_else_changes(
    many: tuple[Draws, Patients], rule: PtRule
) -> None:
    _, people = many
    changed = assign(people, rule)
    shares, usual = (np.bincount(p.t_stage, minlength=7) / len(p) for p in (changed, people))
    assert shares == pytest.approx(usual, abs=0.012)
    assert (changed.t_stage != people.t_stage).mean() > 0.3
    np.testing.assert_array_equal(changed.traits, people.traits)


def test_independent_stages_carry_no_information(
    many: tuple[Draws, Patients], with_effect: Nodes
) -> None:
    _, people = many
    stage = assign(people, "independent").t_stage
    values = [*people.traits.T, *build_clinical_design(people).T, with_effect.risk, people.t_stage]
    correlations = [abs(spearmanr(stage, value).statistic) for value in values]
    assert max(correlations) < 4 / np.sqrt(len(people))
    assert abs(spearmanr(people.t_stage, with_effect.risk).statistic) > 0.4


def test_latent_stages_are_the_invasiveness_in_classes(many: tuple[Draws, Patients]) -> None:
    _, people = many
    stage = assign(people, "latent").t_stage
    order = np.argsort(people.invasiveness)
    assert (np.diff(stage[order]) >= 0).all()


def test_derived_stages_are_unchanged(many: tuple[Draws, Patients]) -> None:
    _, people = many
    assert assign(people, "derived") is people
    assert draw_staged_population(1.0, "latent") is draw_staged_population(1.0, "latent")
