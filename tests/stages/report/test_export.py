"""Export of a run; reports and exports name files without their folders."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import (
    BaselineMethod,
    Choice,
    Figure,
    Manifest,
    Plan,
    RunFolders,
    Unit,
    UnitResult,
)
from lnmbench.registry import Registry
from lnmbench.rendering import PAGE_FORMATS, render_page
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.plan.splitting import make_splits
from lnmbench.stages.report import build_page, export_run, read_results
from lnmbench.stages.report.checks import run_checks
from lnmbench.stages.run import run
from lnmbench.store.ledger import LedgerWriter

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
    tmp_path: Path,
    small_phantoms: Path,
    small_images: IngestOptions,
    silent: Progress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(small_phantoms, tmp_path / "home" / "cohorts")
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
                "dataset": "synthetic:n=24",
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
        ingest_options=small_images,
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


HOSTILE_IDS = ("=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-2+3", "plain, quoted")


@pytest.fixture
def hostile_run(tmp_path: Path, plan: Plan) -> Path:
    """A run whose ids look like formulas, and whose options name folders."""
    plan = replace(plan, ids=(*HOSTILE_IDS, *plan.ids[len(HOSTILE_IDS) :]))
    plan = replace(plan, splits=make_splits(plan.ids, plan.truth, plan.ids, plan.protocol))
    method = BaselineMethod(label="=1+1", baseline=Choice(name="logistic"))
    with LedgerWriter.create(tmp_path / "run", plan) as ledger:
        ledger.add_methods([method], plan.splits.units())
        ledger.add_manifest(
            Manifest(
                created="2026-01-02",
                options={
                    "dataset": "folder:manifest=/home/jane_doe/a b.csv,table=joan_roe/t.csv",
                    "plugins": "('/home/jane_doe/p.py',)",
                },
                cohort=plan.dataset,
                cohort_fingerprint=plan.fingerprint,
                card=plan.card,
                preprocessing=plan.preprocessing,
                protocol=plan.protocol,
                methods=(method,),
            )
        )
        for repeat, fold in plan.splits.units():
            test = plan.splits.inner[repeat, fold] < 0
            ledger.add_results(
                [
                    UnitResult(
                        unit=Unit(method=method.fingerprint, repeat=repeat, fold=fold),
                        test={"target": np.where(test, 1 / 3, np.nan)[:, None]},
                        validation=np.where(test, np.nan, 0.25),
                        seconds=1.5,
                        memory_mb=float("nan"),
                        fits=2,
                        epochs=0,
                    )
                ]
            )
    return tmp_path / "run"


def test_no_cell_of_an_export_is_a_formula_and_no_folder_is_named(
    hostile_run: Path, tmp_path: Path
) -> None:
    export_run(hostile_run, tmp_path / "e", read_results(hostile_run, Registry()))
    texts = {path.name: path.read_text("utf-8") for path in (tmp_path / "e").iterdir()}
    for name in ("splits.csv", "predictions.csv"):
        rows = list(csv.reader(texts[name].splitlines()))
        assert not [cell for row in rows for cell in row if cell[:1] in {"=", "@", "+", "-"}]
        column = rows[0].index("case")
        assert {f"'{HOSTILE_IDS[0]}", "plain, quoted"} <= {row[column] for row in rows}
    header, first, *_ = csv.reader(texts["predictions.csv"].splitlines())
    row = dict(zip(header, first, strict=True))
    assert (row["repeat"], row["fold"], row["target"]) == ("0", "0", row["target"])
    assert row["probability"] == "0.3333333333333333"
    assert row["target"] in {"0", "1"}
    settings = next(csv.DictReader(texts["settings.csv"].splitlines()))
    assert (settings["fits"], settings["seconds"], settings["memory_mb"]) == ("2", "1.5", "")
    private = ("jane_doe", "joan_roe", "/home", "t.csv")
    assert not [name for name, text in texts.items() for part in private if part in text]
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "e").iterdir()}
    assert modes == {0o600}
