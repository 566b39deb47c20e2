from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from lnmbench_checks.lnm015_epoch_limit import EpochLimit

from lnmbench.records import Curve, MethodResult, Results, Training


def curve(*fits: int) -> Curve:
    losses = np.ones((len(fits), 3))
    epochs = np.arange(1, len(fits) + 1)
    return Curve(epochs=epochs, training=losses, validation=losses, fits=np.array(fits))


def test_fits_that_reach_the_limit_are_reported(
    method_run: Callable[..., Results], single: MethodResult
) -> None:
    method = replace(single.method, training=Training(max_epochs=4, schedule="constant"))
    ended = replace(single, method=method, curve=curve(100, 100, 90, 80))
    assert EpochLimit()(method_run(ended)) == "single: 80 % of the fits"
    assert EpochLimit()(method_run(replace(ended, curve=curve(100, 90, 60, 40)))) == ""
    assert EpochLimit()(method_run(replace(ended, curve=curve(100, 60, 20)))) == ""
    assert EpochLimit()(method_run(single)) is None
