from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from lnmbench_baselines.foundation_classifier import FoundationClassifier

from lnmbench import UserError

X, Y = np.zeros((4, 1)), np.arange(4) % 2.0


class Command:
    """An object whose unpickling writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("package", ["tabpfn", "tabicl"])
def test_without_the_file_nothing_is_fitted(package: str, tmp_path: Path) -> None:
    pytest.importorskip(package)
    model = FoundationClassifier(package=package, path=str(tmp_path / "w.ckpt"))
    with pytest.raises(UserError, match=f"no file of weights for the baseline {package}"):
        model.fit(X, Y)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("package", ["tabpfn", "tabicl"])
def test_a_file_that_is_no_checkpoint_is_refused_and_its_code_does_not_run(
    package: str, tmp_path: Path
) -> None:
    pytest.importorskip(package)
    path, proof = tmp_path / "w.ckpt", tmp_path / "proof"
    contents = [b"", b"no weights", pickle.dumps(Command(proof), protocol=2)]
    torch.save({"weight": torch.zeros(2)}, path)
    contents.append(path.read_bytes())
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(UserError, match=f"cannot use the weights w.ckpt .baseline {package}"):
            FoundationClassifier(package=package, path=str(path)).fit(X, Y)
    assert not proof.exists()
