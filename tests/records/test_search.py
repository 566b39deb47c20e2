"""Dimensions and trials of a hyperparameter search."""

from __future__ import annotations

import json
import math

import numpy as np

from lnmbench.records import Dimension, Trial, printable_settings


def test_a_dimension_is_linear_logarithmic_or_a_list() -> None:
    assert Dimension(name="dropout", low=0.0, high=0.5).value_at(0.5) == 0.25
    assert Dimension(name="rate", low=1e-4, high=1e-2, log=True).value_at(0.5) == 0.001
    options = Dimension(name="width", options=(32, 64, 128))
    assert [options.value_at(share) for share in (0.0, 0.34, 0.999)] == [32, 64, 128]


def test_a_sampled_value_has_three_digits_that_can_be_typed() -> None:
    value = Dimension(name="rate", low=1e-4, high=1e-2, log=True).value_at(0.123456)
    assert f"{value:.3g}" == repr(value).removesuffix(".0")


def test_a_trial_with_a_diverged_fit_has_an_infinite_loss() -> None:
    assert Trial(candidate=1, settings={}, losses=(0.5, 0.7)).loss == 0.6
    assert math.isinf(Trial(candidate=1, settings={}, losses=(0.5, math.inf)).loss)


def test_settings_are_stored_as_numbers_and_texts() -> None:
    settings = {"a": np.int64(3), "b": np.float32(0.5), "c": [1, 2], "d": None, "e": True, "f": "x"}
    printable = printable_settings(settings)
    assert printable == {"a": 3, "b": 0.5, "c": "[1, 2]", "d": None, "e": True, "f": "x"}
    assert json.loads(json.dumps(printable)) == printable
