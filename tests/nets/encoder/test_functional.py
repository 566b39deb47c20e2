"""Calls of the trained stages: compiled or not, and in eval mode but for batch normalization."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import nn

from lnmbench.errors import UserError
from lnmbench.nets.encoder.functional import encoder_parameters
from lnmbench.nets.parallel import train

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training


def test_a_network_that_cannot_be_compiled_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    make_stages: Callable[[], nn.Sequential],
    settings: Training,
    target_alone: Callable[[], Weighting],
) -> None:
    def without_compiler(function: object) -> object:
        def fail(*arguments: object) -> None:
            raise RuntimeError("no C++ compiler found\nand much more")

        return fail

    monkeypatch.setattr(torch, "compile", without_compiler)
    settings = replace(settings, compile=True)
    with pytest.raises(UserError, match="cannot be compiled here: got no C.. compiler found; "):
        train(make_inputs(make_stages()), make_fits([0]), settings, target_alone())


def test_compiled_calls_are_those_of_the_network(
    monkeypatch: pytest.MonkeyPatch,
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    make_stages: Callable[[], nn.Sequential],
    settings: Training,
    predict_risks: Callable[..., NDArray[np.float64]],
) -> None:
    compiled: list[object] = []
    monkeypatch.setattr(torch, "compile", lambda function: compiled.append(function) or function)
    inputs, fits = make_inputs(make_stages()), make_fits([0])
    plain = predict_risks(inputs, fits, settings)
    np.testing.assert_array_equal(
        predict_risks(inputs, fits, replace(settings, compile=True)), plain
    )
    assert compiled


def test_only_batch_normalization_ever_leaves_eval_mode(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    make_stages: Callable[[], nn.Sequential],
    settings: Training,
    predict_risks: Callable[..., NDArray[np.float64]],
) -> None:
    """Dropout would draw from a generator that all fits share."""
    network = make_stages()
    network.insert(3, nn.Dropout(0.9))
    inputs = make_inputs(network)
    for batch_norm in ("frozen", "batch"):
        settings = replace(settings, batch_norm=batch_norm)
        first, second = (predict_risks(inputs, make_fits([0]), settings) for _ in range(2))
        np.testing.assert_array_equal(first, second)


def test_running_statistics_are_parameters_without_a_learning_rate(
    make_stages: Callable[[], nn.Sequential], settings: Training
) -> None:
    frozen = encoder_parameters(make_stages(), settings)
    assert not any("running" in parameter.name for parameter in frozen)
    batch = encoder_parameters(make_stages(), replace(settings, batch_norm="batch"))
    statistics = {p.name: p for p in batch if "running" in p.name}
    assert set(statistics) == {
        f"trainable_encoder.{layer}.running_{moment}"
        for layer in (1, 4)
        for moment in ("mean", "var")
    }
    assert {p.lr_scale for p in statistics.values()} == {0.0}
    assert {p.lr_scale for p in frozen} == {0.5}
