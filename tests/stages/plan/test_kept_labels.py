"""Choice of the labels that a task keeps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnmbench.stages.plan.kept_labels import choose_stratified


def test_numbers_are_kept_in_fifths() -> None:
    values = np.random.default_rng(0).lognormal(size=100)
    chosen = choose_stratified(values, "continuous", 0.2, seed=4)
    fifths = np.argsort(np.argsort(values)) // 20
    assert np.bincount(fifths[chosen]).tolist() == [4] * 5


def test_rare_classes_are_kept_in_proportion_on_average() -> None:
    classes = np.repeat([0.0, 1.0, 2.0], [60, 38, 2])
    draws = [classes[choose_stratified(classes, "nominal", 0.25, seed)] for seed in range(400)]
    counts = [(np.concatenate(draws) == number).sum() / 400 for number in range(3)]
    assert counts == pytest.approx([15, 9.5, 0.5], abs=0.15)


def test_signs_that_are_known_in_part_are_kept_as_they_are() -> None:
    several = np.array([[1.0, math.nan], [0.0, 1.0]] * 20)
    chosen = choose_stratified(several, "multilabel", 0.5, seed=0)
    assert chosen.sum() == 20
    assert chosen[::2].sum() == 10
    assert choose_stratified(several, "multilabel", 0.001, seed=0).sum() == 1
