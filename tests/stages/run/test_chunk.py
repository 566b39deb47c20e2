"""Chunks and their inner fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from lnmbench.records import BaselineMethod, Choice, Plan, Trial
from lnmbench.stages.run.chunk import BaselineChunk, list_fits, split_chunk, unit_result

METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))


def test_fits_split_the_cases_of_a_fold(plan: Plan) -> None:
    for fit in list_fits(plan, 1):
        masks = np.stack([fit.training, fit.validation, fit.test])
        assert (masks.sum(0) == 1).all()
        assert (fit.test == (plan.splits.outer[1] == fit.fold)).all()


def test_the_seed_of_a_fit_depends_on_the_protocol_and_its_position(plan: Plan) -> None:
    seeds = [fit.seed for repeat in (0, 1) for fit in list_fits(plan, repeat)]
    assert len(set(seeds)) == 2 * 3 * 2
    assert seeds[0] == 34586622615555918, "frozen: a change makes published runs unrepeatable"
    other = replace(plan, protocol=replace(plan.protocol, seed=1))
    assert not set(seeds) & {fit.seed for fit in list_fits(other, 0)}


def test_a_unit_averages_its_fits_on_the_test_fold(plan: Plan) -> None:
    chunk = BaselineChunk(method=METHOD, repeat=1, folds=range(3), plan=plan, cohort_file=Path())
    unit = [fit for fit in list_fits(plan, 1) if fit.fold == 2]
    probabilities = {"target": np.stack([np.full((30, 1), 0.2), np.full((30, 1), 0.6)])}
    trials = [
        Trial(candidate=1, settings={"C": 1.0}, losses=(0.5, 0.5)),
        Trial(candidate=2, settings={"C": 9.0}, losses=(0.4, 0.4), chosen=True),
    ]
    result = unit_result(chunk, unit, probabilities, fits=4, search=trials)
    test = unit[0].test
    assert (result.unit.method, result.unit.repeat, result.unit.fold) == (METHOD.fingerprint, 1, 2)
    np.testing.assert_allclose(result.test["target"][test], 0.4)
    assert np.isnan(result.test["target"][~test]).all()
    np.testing.assert_allclose(result.validation[unit[1].validation], 0.6)
    assert np.isnan(result.validation[test]).all()
    assert result.settings == {"C": 9.0}
    assert len(result.search) == 2
    assert unit_result(chunk, unit, probabilities, fits=2, search=trials[:1]).search == ()


def test_each_missing_unit_of_a_baseline_is_a_chunk(plan: Plan) -> None:
    chunk = BaselineChunk(method=METHOD, repeat=1, folds=range(3), plan=plan, cohort_file=Path())
    parts = split_chunk(chunk, {(1, 0), (1, 2), (0, 1)})
    assert [(part.repeat, *part.folds) for part in parts] == [(1, 0), (1, 2)]
    assert split_chunk(chunk, {(0, 1)}) == []
