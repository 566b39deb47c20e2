from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lnmbench_baselines.gam import gam
from lnmbench_baselines.logistic import logistic
from sklearn.metrics import log_loss

from lnmbench import Column, UserError

COLUMNS = (
    Column(name="lobe", role="feature", kind="nominal", categories=("a", "b")),
    Column(name="size", role="feature"),
    Column(name="sex", role="feature", kind="binary", categories=("f", "m")),
)


def test_a_curve_is_found_that_no_line_can_describe() -> None:
    rng = np.random.default_rng(0)
    size = rng.uniform(-3, 3, 600)
    frame = pd.DataFrame({"lobe": np.zeros(600), "size": size, "sex": np.arange(600) % 2.0})
    y = (rng.random(600) < 1 / (1 + np.exp(3 - size**2))).astype(float)
    half = np.arange(600) < 300
    loss = {}
    for name, baseline in (("gam", gam()), ("logistic", logistic())):
        model = baseline.estimator(COLUMNS)
        model[-1].set_params(C=10.0)
        p = model.fit(frame[half], y[half]).predict_proba(frame[~half])[:, 1]
        loss[name] = log_loss(y[~half], p)
    attainable = log_loss(y[~half], 1 / (1 + np.exp(3 - size[~half] ** 2)))
    assert loss["gam"] < attainable + 0.05
    assert loss["logistic"] > attainable + 0.1


def test_only_continuous_columns_get_splines() -> None:
    frame = pd.DataFrame({"lobe": [0.0, 1, 0, 1], "size": [1.0, 2, 3, 4], "sex": [0.0, 0, 1, 1]})
    widths = {}
    for knots in (3, 6):
        steps = gam(knots=knots).estimator(COLUMNS)[:-1]
        widths[knots] = steps.fit_transform(frame).shape[1]
    assert widths[6] - widths[3] == 3
    without = gam().estimator(COLUMNS[2:])[:-1].fit_transform(frame)
    assert without.shape == (4, 1)
    far = steps.transform(frame.assign(size=[-1e6, -1e3, 1e3, 1e6]))
    assert far[0, -5:].tolist() == far[1, -5:].tolist(), "constant beyond the knots"


def test_one_knot_is_refused() -> None:
    with pytest.raises(UserError, match="wrong value for knots"):
        gam(knots=1)
