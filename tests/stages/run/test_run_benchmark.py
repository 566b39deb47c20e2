"""Runs of whole benchmarks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lnmbench.config import Benchmark, read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, MethodResult, Results, RunFolders, Table, Training
from lnmbench.registry import Registry
from lnmbench.stages.report import build_blocks, export_run, read_results
from lnmbench.stages.run import run


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
