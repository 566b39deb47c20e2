"""Export of a run; reports and exports name files without their folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Figure, Preprocessing, RunFolders
from lnmbench.registry import Registry
from lnmbench.rendering import PAGE_FORMATS, render_page
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.report import build_page, export_run, read_results
from lnmbench.stages.report.checks import run_checks
from lnmbench.stages.run import run

torch = pytest.importorskip("torch")
PEOPLE = ("jane_doe", "joan_roe")
ENCODERS = """
import torch
from torch import nn
from lnmbench import Weights, hookimpl
from lnmbench.nets.encoder.weight_files import (
    digest, load_weights, read_weights, resolve_weight_file
)

class Mean:
    \"\"\"Each slice's mean, times a weight.\"\"\"
    level, out_dim = "slice", 4
    def __init__(self, weights: str = "none"):
        file = resolve_weight_file(weights, keywords=(), what="mean")
        self.layers = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 4))
        load_weights(self.layers, read_weights(file, what="mean"), what="mean")
        made = digest(self.layers.state_dict())
        self.weights = Weights(source=f"file:{file.name}", sha256=made, note=f"of {file.name}")
    def stages(self):
        return self.layers

@hookimpl
def register_encoders():
    return {"mean": Mean}
"""


def test_a_report_and_an_export_name_files_without_their_folders(
    tmp_path: Path, silent: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plugin = tmp_path / "means.py"
    plugin.write_text(ENCODERS, encoding="utf-8")
    for number, owner in enumerate(PEOPLE):
        (tmp_path / owner).mkdir()
        state = {"2.weight": torch.full((4, 1), 1.0 + number), "2.bias": torch.zeros(4)}
        torch.save(state, tmp_path / owner / "w.pt")
    places = str(tmp_path / PEOPLE[0] / "w.pt"), f"{PEOPLE[1]}/w.pt"
    registry = Registry((str(plugin),))
    folder = run(
        read_benchmark(
            None,
            {
                "dataset": "synthetic:n=20",
                "encoder": tuple(f"mean:weights={place}" for place in places),
                "aux": ("none", "pt"),
                "only": True,
                "repeats": 1,
                "folds": 2,
                "inner": 2,
                "training": {"max_epochs": 1},
            },
        ),
        registry,
        folders=RunFolders(home=tmp_path / "home", out=tmp_path / "run"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(str(plugin),),
        progress=silent,
        ingest_options=IngestOptions(preprocessing=Preprocessing(patch=32)),
    )
    results = read_results(folder, registry)
    labels = [outcome.method.label for outcome in results.method_results]
    assert len(set(labels)) == len(labels) == 4, labels
    assert sum(label.startswith("mean:weights=w.pt [") for label in labels) == 2

    made = build_page(results, registry)
    texts = {format: render_page(made, format) for format in PAGE_FORMATS}
    texts["checks"] = str(run_checks(results, registry))
    texts["figures"] = str([block for block in made.blocks if isinstance(block, Figure)])
    exported = export_run(folder, tmp_path / "export", results)
    texts |= {path.name: path.read_text("utf-8") for path in exported}
    assert "mean:weights=w.pt" in texts["figures"]
    assert "w.pt" in texts["html"]
    assert "w.pt" in texts["manifest.json"]
    private = (*PEOPLE, str(tmp_path))
    assert not {name for name, text in texts.items() for one in private if one in text}
