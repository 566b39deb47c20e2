"""The frozen encoder sees each slice once, whatever is trained on its features."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.run import run
from lnmbench.store.cohort_file import read_cohort

COUNTER = """
import torch
from torch import nn
from lnmbench import Weights, hookimpl

class Counting(nn.Module):
    seen = 0
    def forward(self, slices):
        Counting.seen += len(slices)
        return slices.flatten(1)[:, ::5000]

class Counter:
    \"\"\"Counts the slices that pass through it.\"\"\"
    level, out_dim = "slice", 11
    weights = Weights(source="none needed", sha256="counter")
    def stages(self):
        return nn.Sequential(Counting())

@hookimpl
def register_encoders():
    return {"counter": Counter}
"""


def test_each_slice_is_encoded_once_for_all_folds_and_arms(home: Path, silent: Progress) -> None:
    pytest.importorskip("torch")
    Path("counter.py").write_text(COUNTER, encoding="utf-8")
    registry = Registry(["counter.py"])
    options = {
        "dataset": "synthetic:n=24",
        "encoder": ("counter",),
        "aux": ("pt", "none"),
        "only": True,
        "repeats": 2,
        "folds": 2,
        "inner": 2,
        "training": {"max_epochs": 2},
    }
    for seed in (0, 1):
        run(
            read_benchmark(None, {**options, "seed": seed}),
            registry,
            folders=RunFolders(home=home),
            executor=Choice(name="inline"),
            workers=1,
            plugins=("counter.py",),
            progress=silent,
        )
    (cohort,) = (home / "cohorts").glob("*.h5")
    counting = registry.encoders.build(Choice(name="counter")).stages()[0]
    slices = int(read_cohort(cohort).offsets[-1])
    assert slices > 24
    assert type(counting).seen == slices


OTHERS = """
from sklearn.ensemble import HistGradientBoostingClassifier
from lnmbench import Weights, hookimpl
from torch import nn

class Trees:
    \"\"\"A classifier that is no pipeline.\"\"\"
    def estimator(self, columns):
        return HistGradientBoostingClassifier(max_iter=3)
    def candidates(self):
        return [{"learning_rate": 0.1}, {"learning_rate": 0.3}]

class Hand:
    \"\"\"Hand-made features: no weights, but images.\"\"\"
    level, out_dim = "slice", 1
    weights = Weights(source="none")
    def stages(self):
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())

@hookimpl
def register_baselines():
    return {"trees": Trees}

@hookimpl
def register_encoders():
    return {"hand": Hand}
"""


def test_baselines_without_a_pipeline_and_encoders_without_weights(
    home: Path, silent: Progress
) -> None:
    Path("others.py").write_text(OTHERS, encoding="utf-8")
    options = {"dataset": "synthetic:n=24", "encoder": ("hand",), "baseline": ("trees",)}
    small = {"only": True, "repeats": 1, "folds": 2, "inner": 2, "training": {"max_epochs": 1}}
    run(
        read_benchmark(None, {**options, **small}),
        Registry(["others.py"]),
        folders=RunFolders(home=home),
        executor=Choice(name="inline"),
        workers=1,
        plugins=("others.py",),
        progress=silent,
    )
    assert len(list((home / "features").glob("hand-*.h5"))) == 1
