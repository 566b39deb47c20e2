"""A cohort with an encoder of three stages, ingested once for all estimates."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lnmbench.config import read_benchmark
from lnmbench.registry import Registry
from lnmbench.stages.plan import ResolvedBenchmark, resolve

SLICED = """
from collections import OrderedDict
from torch import nn
from lnmbench import Weights, hookimpl

class Sliced:
    \"\"\"A small network in three stages.\"\"\"
    level, out_dim = "slice", 24
    weights = Weights(source="random", sha256="sliced")
    def stages(self):
        return nn.Sequential(OrderedDict(
            stem=nn.Conv2d(1, 4, 3, stride=4), body=nn.Conv2d(4, 24, 3),
            pool=nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        )).eval()

@hookimpl
def register_encoders():
    return {"sliced": Sliced}
"""


@pytest.fixture(scope="session")
def sliced_plugin(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of the plugin with the encoder `sliced`."""
    path = tmp_path_factory.mktemp("sliced") / "sliced.py"
    path.write_text(SLICED, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="session")
def sliced_options() -> dict[str, object]:
    """Options of a benchmark with that encoder, pT and a baseline."""
    return {
        "dataset": "synthetic:n=24",
        "encoder": ("sliced",),
        "aux": ("pt",),
        "repeats": 2,
        "folds": 3,
        "inner": 2,
        "training": {"max_epochs": 2},
    }


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory, small_phantoms: Path) -> Path:
    """A home with the cohort of these options, which tests only read."""
    home = tmp_path_factory.mktemp("ingested")
    shutil.copytree(small_phantoms, home / "cohorts")
    return home


@pytest.fixture(scope="session")
def resolved(
    ingested: Path, sliced_plugin: str, sliced_options: dict[str, object]
) -> ResolvedBenchmark:
    """The resolved benchmark of these options."""
    (path,) = (ingested / "cohorts").glob("*.h5")
    benchmark = read_benchmark(None, sliced_options)
    return resolve(benchmark, Registry([sliced_plugin]), lambda: path)
