from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lnmbench_baselines.foundation import tabicl, tabpfn

from lnmbench import Column, UserError
from lnmbench.classical import ClassicalModel

COLUMNS = (Column(name="x", role="feature"), Column(name="z", role="feature"))
FACTORIES = {"tabicl": tabicl, "tabpfn": tabpfn}


@pytest.fixture(params=FACTORIES)
def model(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    save_weights: Callable[[str, Path], None],
) -> tuple[ClassicalModel, Path]:
    """A baseline with made-up weights and the path of these, on a machine without network."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("no connection may be opened")

    name, path = request.param, tmp_path / "made-up.ckpt"
    save_weights(name, path)
    monkeypatch.setattr(socket, "socket", refuse)
    return FACTORIES[name](weights=path, estimators=2), path


def test_the_weights_of_the_file_predict_without_network(
    model: tuple[ClassicalModel, Path],
) -> None:
    baseline, path = model
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=40), "z": rng.normal(size=40)})
    frame.loc[3, "z"] = np.nan
    y = np.arange(40) % 2.0
    estimator = baseline.estimator(COLUMNS)
    p = estimator.fit(frame, y).predict_proba(frame)
    assert p.shape == (40, 2)
    np.testing.assert_allclose(p.sum(1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(baseline.estimator(COLUMNS).fit(frame, y).predict_proba(frame), p)
    path.unlink()
    with pytest.raises(UserError, match="no file of weights"):
        baseline.estimator(COLUMNS).fit(frame, y)
    assert not path.exists(), "nothing was downloaded in its place"


@pytest.mark.parametrize("name", FACTORIES)
def test_a_file_of_weights_is_required(name: str, tmp_path: Path) -> None:
    pytest.importorskip(name)
    with pytest.raises(UserError, match="no file of weights .* lnmbench never does"):
        FACTORIES[name](weights=tmp_path / "none.ckpt")


@pytest.mark.parametrize("name", FACTORIES)
def test_the_number_of_passes_is_checked(name: str) -> None:
    with pytest.raises(UserError, match=f"estimators .baseline {name}"):
        FACTORIES[name](weights=Path("w.ckpt"), estimators=0)
