"""Runs of whole benchmarks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lnmbench.config import Benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, RunFolders, Table, Training
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
