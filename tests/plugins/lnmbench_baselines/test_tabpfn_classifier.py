from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lnmbench_baselines.tabpfn_classifier import FileTabPFN

from lnmbench import UserError


def test_without_the_file_nothing_is_fitted(tmp_path: Path) -> None:
    pytest.importorskip("tabpfn")
    model = FileTabPFN(path=str(tmp_path / "w.ckpt"))
    with pytest.raises(UserError, match="no file of weights for the baseline tabpfn"):
        model.fit(np.zeros((4, 1)), np.arange(4) % 2.0)
    assert not list(tmp_path.iterdir())
