"""Runs of whole benchmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lnmbench import UserError
from lnmbench.config import Benchmark, read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import (
    TARGET,
    Choice,
    MethodResult,
    Preprocessing,
    Results,
    RunFolders,
    Table,
    Training,
)
from lnmbench.registry import Registry
from lnmbench.results import complete_methods
from lnmbench.stages.ingest import IngestOptions
from lnmbench.stages.report import build_blocks, export_run, read_results, read_runs
from lnmbench.stages.run import run
from lnmbench.store.ledger.reader import LedgerReader


def test_dropped_candidates_have_no_losses_in_report_and_export(
    home: Path, silent: Progress, tmp_path: Path
) -> None:
    options = {"max_epochs": 6, "patience": 6, "search_epochs": 2}
    folder = run(
        read_benchmark(
            None,
            {
                "dataset": "synthetic:n=60,images=False",
                "encoder": ("none",),
                "aux": ("none",),
                "only": True,
                "repeats": 1,
                "folds": 2,
                "inner": 2,
                "training": options,
                "tune": 3,
            },
        ),
        Registry(),
        folders=RunFolders(home=home, out=tmp_path / "out"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
    )
    results = read_results(folder, Registry())
    (search,) = (each.search for each in results.method_results)
    assert search is not None
    assert sum(search.dropped) == 2
    for trial, dropped in zip(search.trials, search.dropped, strict=True):
        assert trial.is_dropped == (dropped > 0)
    table = next(b for b in build_blocks(results, Registry()) if b.key == "search")
    assert isinstance(table, Table)
    texts = [row[3].text for row in table.rows]
    assert [text.startswith("dropped in ") for text in texts] == [n > 0 for n in search.dropped]
    export_run(folder, tmp_path / "csv", results)
    rows = pd.read_csv(tmp_path / "csv" / "search.csv")
    dropped_rows = rows[rows["mean_loss"].isna()]
    assert (len(rows), len(dropped_rows)) == (6, 2)
    assert dropped_rows["inner_losses"].eq("[]").all()
    assert not dropped_rows["chosen"].any()


def test_search_goes_from_the_command_to_ledger_report_and_export(
    home: Path, silent: Progress, tmp_path: Path
) -> None:
    registry = Registry()
    benchmark = Benchmark(
        dataset="synthetic:n=60,images=False",  # type: ignore[arg-type]  # as a user writes it
        encoder="none",  # type: ignore[arg-type]
        aux="pt",  # type: ignore[arg-type]
        repeats=1,
        folds=2,
        inner=2,
        training=Training(max_epochs=6, patience=6),
        tune=3,
    )
    folder = run(
        benchmark,
        registry,
        folders=RunFolders(home=home, out=tmp_path / "out"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
    )
    results = read_results(folder, registry)
    searches = {outcome.method.label: outcome.search for outcome in results.method_results}
    assert {label: one and one.candidates for label, one in searches.items()} == {
        "logistic": 8,
        "clinical network (best of 3)": 3,
        "clinical network + pt (best of 3)": 3,
    }
    table = next(block for block in build_blocks(results, registry) if block.key == "tuning")
    assert isinstance(table, Table)
    assert {row[1].text for row in table.rows} >= {"C", "learning_rate", "aux_weight"}

    export_run(folder, tmp_path / "csv", results)
    rows = pd.read_csv(tmp_path / "csv" / "search.csv")
    assert len(rows) == 2 * (8 + 3 + 3)
    best = rows.loc[rows.groupby(["method", "repeat", "fold"])["mean_loss"].idxmin()]
    assert best["chosen"].eq(1).all()
    assert rows["chosen"].sum() == len(best)
    settings = pd.read_csv(tmp_path / "csv" / "settings.csv")
    merged = best.merge(settings, on=["method", "repeat", "fold"])
    assert (merged["settings_x"] == merged["settings_y"]).all()


def find_logistic(results: Results) -> MethodResult:
    """Return the results of the baseline."""
    return next(r for r in results.method_results if r.method.label == "logistic")


def test_importance_is_added_to_a_finished_run(tmp_path: Path, silent: Progress) -> None:
    registry = Registry()
    folders = RunFolders(home=tmp_path / "home", out=tmp_path / "out")

    def run_logistic(importance: int) -> Results:
        benchmark = Benchmark(
            dataset=Choice(name="synthetic", parameters={"n": 60, "images": False}),
            encoder=(Choice(name="none"),),
            aux=((),),
            baseline=(Choice(name="logistic"),),
            only=True,
            repeats=1,
            folds=3,
            inner=2,
            training=Training(max_epochs=2, patience=2),
            importance=importance,
        )
        folder = run(
            benchmark,
            registry,
            folders=folders,
            executor=Choice(name="inline"),
            workers=1,
            plugins=(),
            progress=silent,
        )
        return read_results(folder, registry)

    before = find_logistic(run_logistic(0))
    results = run_logistic(2)
    after = find_logistic(results)
    assert before.importance == ()
    assert before.final_model is None
    assert before.predicted is not None
    assert after.predicted is not None
    assert (before.predicted == after.predicted).all()
    assert after.importance
    assert all(each.losses.shape == (1, 3) for each in after.importance)
    assert len(after.equations) == 3
    assert after.final_model is not None
    assert after.final_model.cases == 60
    export_run(tmp_path / "out", tmp_path / "csv", results)
    rows = pd.read_csv(tmp_path / "csv" / "importance.csv")
    assert len(rows) == 3 * sum(len(r.importance) for r in results.method_results)
    assert (tmp_path / "csv" / "final_model_1.toml").is_file()


def test_candidates_that_are_lists_are_stored_as_texts(
    home: Path, silent: Progress, tmp_path: Path
) -> None:
    layers = '"hidden_layer_sizes=[2]+[3, 2]+max_iter=900+solver=lbfgs"'
    path = "sklearn:path=sklearn.neural_network.MLPClassifier"
    settings = {"dataset": "synthetic:n=40,images=false", "only": True, "repeats": 1, "folds": 2}
    benchmark = read_benchmark(
        None, {**settings, "inner": 2, "baseline": f"{path},parameters={layers}"}
    )
    folder = run(
        benchmark,
        Registry(),
        folders=RunFolders(home=home, out=tmp_path / "out"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
    )
    (result,) = read_results(folder, Registry()).method_results
    assert result.search is not None
    sizes = {trial.settings["hidden_layer_sizes"] for trial in result.search.trials}
    assert sizes == {"[2]", "[3, 2]"}


ENCODERS = """
import torch
from torch import nn
from lnmbench import Weights, hookimpl
from lnmbench.records import EncoderGrid

class Whole(nn.Module):
    def forward(self, volumes):
        return torch.stack([volumes.mean((1, 2, 3, 4)), volumes.std((1, 2, 3, 4))], 1)

class Depth:
    level, out_dim = "volume", 2
    weights = Weights(source="none")
    def stages(self):
        return nn.Sequential(Whole())

class Cubes:
    level, out_dim = "volume", 8
    weights = Weights(source="none")
    grid = EncoderGrid(
        spacing_mm=(1.5, 1.5, 4), size=(2, 2, 2), window_hu=(-1000, 1000), intensity=(0, 1),
        orientation="LPS",
    )
    def stages(self):
        return nn.Sequential(nn.Flatten())

class Pixels:
    level, out_dim = "slice", 16
    weights = Weights(source="none")
    def stages(self):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            convolution = nn.Conv2d(1, 4, 8, stride=8)
        return nn.Sequential(convolution, nn.ReLU(), nn.Flatten())

@hookimpl
def register_encoders():
    return {"depth": Depth, "cubes": Cubes, "pixels": Pixels}
"""


@pytest.mark.usefixtures("plugin")
def test_all_methods_predict_cases_without_images(
    home: Path, silent: Progress, tmp_path: Path
) -> None:
    Path("encoders.py").write_text(ENCODERS, encoding="utf-8")
    plugins = ("made.py", "encoders.py")

    def run_with(folder: str, **changed: object) -> Path:
        options = {
            "dataset": "made:n=48,lacking=4",
            "target": "n1",
            "missing_images": "mask",
            "only": True,
            "repeats": 1,
            "folds": 2,
            "inner": 3,
            "training": {"max_epochs": 2, "modality_dropout": 0.2},
            "importance": 1,
        }
        return run(
            read_benchmark(None, {**options, **changed}),
            Registry(plugins),
            folders=RunFolders(home=home, out=tmp_path / folder),
            executor=Choice(name="inline"),
            workers=1,
            plugins=plugins,
            progress=silent,
            ingest_options=IngestOptions(
                preprocessing=Preprocessing(spacing_mm=(1.0, 1.0, 1.0), patch=16, native_mm=2.0)
            ),
        )

    with pytest.raises(UserError, match=r"12 of 48 cases of cohort made.* have no images for the"):
        run_with("refused", encoder=["depth"], missing_images="refuse")
    many = run_with(
        "many",
        encoder=[
            *("depth", "cubes", "depth:control=noise", "cubes:control=other_patient"),
            *("pixels:train=all", "pixels:modalities=none"),
        ],
        baseline=["pooled:encoder=pixels", "two_stage:encoder=pixels,aux=reconstruct"],
    )
    tasks = run_with(
        "tasks",
        encoder=["pixels"],
        aux=["reconstruct", "masked_slices", "slice_order", "rotation", "contrastive"],
    )
    ablated = run_with("ablated", encoder=["pixels"], ablation=True, baseline=["logistic"])
    excluded = run_with(
        "excluded",
        encoder=["depth", "pixels:control=other_patient"],
        baseline=["logistic", "pooled:encoder=pixels"],
        missing_images="exclude",
    )
    results = read_results(excluded, Registry(plugins))
    assert "12 of 48 cases left out: no images" in results.notes
    assert "12 of 48 cases left out: no images" in results.invocations[0].notes
    assert (results.n, len(complete_methods(results))) == (36, 4)
    assert results.profile is not None
    assert results.profile.images is not None
    assert results.profile.images.left_out
    with pytest.raises(UserError, match="images masked, got .*cases without images left out"):
        read_runs([many, excluded], Registry(plugins))
    missing = np.arange(48) % 4 == 0
    for folder, count in ((many, 8), (tasks, 5), (ablated, 4)):
        results = read_results(folder, Registry(plugins))
        note = "12 of 48 cases have no images; networks with images predict them without"
        assert note in results.notes
        labels = {each.method.label: each for each in results.method_results}
        assert len(labels) >= count, list(labels)
        assert len(complete_methods(results)) == len(labels)
        scored = [score.scored for each in labels.values() for score in each.aux]
        assert all(0 < count <= 36 for count in scored)
    with LedgerReader.open(many) as ledger:
        (alone,) = (m for m in ledger.methods() if "modalities=none" in m.label)
        p, plan = ledger.predictions(alone.fingerprint, TARGET)[0, :, 0], ledger.plan()
        positions = np.array([int(id_.split("-")[1]) for id_ in plan.ids])
    for fold in range(2):
        of_fold = plan.splits.outer[0] == fold
        assert np.ptp(p[of_fold & missing[positions]]) == 0.0
        assert np.ptp(p[of_fold & ~missing[positions]]) > 0.0
