"""Runs of networks whose encoders see only the middle of an image."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Preprocessing, Resources, RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.explain import Explained, explain
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.run import run

PLUGIN = """
import torch
from torch import nn
from lnmbench import Weights, hookimpl
from lnmbench.records import EncoderGrid

class Crop(nn.Module):
    \"\"\"The middle of the last two axes, 64 pixels wide at most.\"\"\"
    def forward(self, x):
        for axis in (-2, -1):
            size = min(64, x.shape[axis] // 2)
            x = x.narrow(axis, (x.shape[axis] - size) // 2, size)
        return x

def linear(inputs, outputs):
    layer = nn.Linear(inputs, outputs)
    with torch.no_grad():
        layer.weight.copy_(torch.sin(torch.arange(inputs * outputs).float()).view(outputs, inputs))
        layer.bias.zero_()
    return layer

class Middle:
    \"\"\"Sees the middle of each slice.\"\"\"
    level, out_dim = "slice", 6
    weights = Weights(source="made", sha256="middle")
    def stages(self):
        pool = nn.Sequential(Crop(), nn.AdaptiveAvgPool2d(4), nn.Flatten())
        return nn.Sequential(pool, linear(16, 8), nn.Tanh(), linear(8, 6))

class MiddleVolume:
    \"\"\"Sees the middle of a volume.\"\"\"
    level, out_dim = "volume", 6
    weights = Weights(source="made", sha256="volume")
    def stages(self):
        pool = nn.Sequential(Crop(), nn.AdaptiveAvgPool3d((2, 4, 4)), nn.Flatten())
        return nn.Sequential(pool, linear(32, 6))

class OwnGridVolume(MiddleVolume):
    \"\"\"Sees the middle of a volume on a grid of its own.\"\"\"
    grid = EncoderGrid(
        spacing_mm=(2, 2, 4), size=(24, 24, 8), window_hu=(-1000, 400), orientation="RAS"
    )

@hookimpl
def register_encoders():
    return {"middle": Middle, "middle_volume": MiddleVolume, "own_grid": OwnGridVolume}
"""
BASELINES = ("pooled:encoder=middle,components=2+4", "two_stage:encoder=middle,aux=pt")
TRANSFORMER = {
    "layers": 1,
    "heads": 2,
    "token_dim": 4,
    "pooling": "attention",
    "projection": "trained",
    "max_epochs": 4,
}


@dataclass(frozen=True)
class Bench:
    """A home with a plugin, whose cohorts all runs share."""

    home: Path
    registry: Registry
    progress: Progress

    def run(self, name: str, *, native_mm: float = 0.0, **options: object) -> Path:
        """Run networks on 24 phantoms and return the folder."""
        benchmark = read_benchmark(
            None,
            {
                "dataset": "synthetic:n=24",
                "only": True,
                "repeats": 1,
                "folds": 2,
                "inner": 2,
                "training": {"max_epochs": 4},
                **options,
            },
        )
        return run(
            benchmark,
            self.registry,
            folders=RunFolders(home=self.home, out=self.home / name),
            executor=Choice(name="inline"),
            workers=1,
            plugins=(str(self.home / "middle.py"),),
            progress=self.progress,
            ingest_options=IngestOptions(preprocessing=Preprocessing(native_mm=native_mm)),
        )

    def explain(self, folder: Path, **options: object) -> Explained:
        """Explain predictions of a run on the CPU."""
        return explain(
            folder,
            self.registry,
            home=self.home,
            resources=Resources(device="cpu"),
            progress=self.progress,
            **options,  # type: ignore[arg-type]
        )


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory, phantoms: Path, silent: Progress) -> Bench:
    """A home with the plugin."""
    pytest.importorskip("torch")
    home = tmp_path_factory.mktemp("explain")
    shutil.copytree(phantoms, home / "cohorts")
    (home / "middle.py").write_text(PLUGIN, encoding="utf-8")
    return Bench(home, Registry([str(home / "middle.py")]), silent)


@pytest.fixture(scope="session")
def transformer_run(bench: Bench) -> Path:
    """A run of two networks with attention, one with pT, each with a search."""
    return bench.run(
        "transformer", encoder=("middle",), aux=("none", "pt"), tune=2, training=TRANSFORMER
    )


@pytest.fixture(scope="session")
def explained(bench: Bench, transformer_run: Path) -> Explained:
    """Explanations of four cases by the two networks."""
    return bench.explain(transformer_run, most=4, patch_mm=22.4)


@pytest.fixture(scope="session")
def ordinal_run(bench: Bench) -> Path:
    """A run of networks, a control and baselines on images, for ordered classes, two repeats."""
    return bench.run(
        "ordinal",
        target="n_category",
        encoder=("middle",),
        aux=("none", "pt"),
        controls=1,
        baseline=BASELINES,
        repeats=2,
        inner=3,
        training={**TRANSFORMER, "max_epochs": 2},
    )


@pytest.fixture(scope="session")
def ordinal(bench: Bench, ordinal_run: Path) -> Explained:
    """Explanations of two cases by four methods, for two outcomes of the second repeat."""
    return bench.explain(
        ordinal_run,
        methods=(*BASELINES, "middle", "middle + pt:shuffled=1"),
        outcomes=("N2 or higher", "N1 or higher"),
        repeat=2,
        most=2,
        patch_mm=45.0,
    )
