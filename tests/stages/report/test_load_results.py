"""Results of a run: undefined metrics, and a ledger that is written meanwhile."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Paragraph, Results, RunFolders, Table
from lnmbench.registry import Registry
from lnmbench.rendering import PAGE_FORMATS, render_page
from lnmbench.stages.report import build_page, compare_methods, export_run, read_results
from lnmbench.stages.report.checks import check_table, run_checks
from lnmbench.stages.run import run
from lnmbench.store.ledger import LedgerReader

REGISTRY = Registry()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, silent: Progress) -> Path:
    """A run whose primary metric some test folds of nine cases do not define."""
    home = tmp_path_factory.mktemp("undefined")
    settings = {
        "dataset": "synthetic:n=36,images=false",
        "encoder": "none",
        "aux": ("pt", "pt:shuffled=1"),
        "repeats": 1,
        "folds": 4,
        "inner": 2,
        "training": {"max_epochs": "2"},
        "primary": ("npv:sensitivity=1.0", "auc", "npv:sensitivity=1"),
    }
    return run(
        read_benchmark(None, settings),
        REGISTRY,
        folders=RunFolders(home=home / "home", out=home / "run"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
    )


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return read_results(folder, REGISTRY)


def with_npv_alone(results: Results) -> Results:
    """The results with NPV as the only primary metric, which no fold defines."""
    method_results = []
    for result in results.method_results:
        npv = result.scores["npv:sensitivity=1.0"]
        values = np.full_like(npv.values, np.nan)
        scores = {**result.scores, npv.metric: replace(npv, values=values)}
        method_results.append(replace(result, scores=scores))
    changed = replace(
        results,
        method_results=tuple(method_results),
        primary_metrics=("npv:sensitivity=1.0",),
    )
    return compare_methods(changed, REGISTRY)


def sentences(results: Results) -> str:
    page = build_page(results, REGISTRY)
    blocks = [block for block in page.blocks if isinstance(block, Paragraph)]
    return "\n".join(line for block in blocks for line in block.lines)


def test_a_metric_declared_twice_counts_once(results: Results) -> None:
    assert results.primary_metrics == ("npv:sensitivity=1.0", "auc")
    assert [manifest.protocol.primary for manifest in results.invocations] == [
        ("npv:sensitivity=1.0", "auc")
    ]


def test_a_run_with_an_undefined_primary_metric_is_reported_and_exported(
    folder: Path, results: Results, tmp_path: Path
) -> None:
    undefined = [pair for pair in results.pair_comparisons if not pair.tests]
    assert {pair.metric for pair in undefined} == {"npv:sensitivity=1.0"}
    assert len(results.pair_comparisons) == 12, "six pairs in two metrics"
    tables = {b.key: b for b in build_page(results, REGISTRY).blocks if isinstance(b, Table)}
    differences = tables["comparisons"]
    not_compared = [row for row in differences.rows if row[3].text == "not compared"]
    assert len(not_compared) == len(undefined)
    assert any("Holm counts such a pair of its family as a test" in n for n in differences.notes)
    assert "over 2 tests, 1 question × primary metrics" in " ".join(differences.notes)
    assert "is undefined on" in sentences(results)
    check_table(run_checks(results, REGISTRY))
    assert export_run(folder, tmp_path / "export", results)


@pytest.mark.parametrize("format", PAGE_FORMATS)
def test_every_format_renders_a_run_without_comparisons(results: Results, format: str) -> None:
    nothing = with_npv_alone(results)
    assert not any(pair.tests for pair in nothing.pair_comparisons)
    assert render_page(build_page(nothing, REGISTRY), format)


def test_a_run_without_comparisons_says_why(results: Results) -> None:
    text = sentences(with_npv_alone(results))
    assert "NPV at sens. 1.00 is undefined on 4 of 4 folds of" in text
    assert "no plugin in use offers a primary test" not in text
    assert "nan" not in text


def test_a_unit_committed_during_reading_is_not_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, predictions = LedgerReader.done, LedgerReader.predictions
    reads: dict[str, int] = {}

    def first(method: str) -> bool:
        reads[method] = reads.get(method, 0) + 1
        return reads[method] == 1

    def done_then(self: LedgerReader, method: str) -> set[tuple[int, int]]:
        units = done(self, method)
        return units - {(0, 0)} if first(method) else units

    def predictions_then(self: LedgerReader, method: str, task: str) -> NDArray[np.float64]:
        values: Any = predictions(self, method, task)
        if first(method):
            values[0, self.plan().splits.outer[0] == 0] = np.nan
        return np.asarray(values)

    # the commit falls between the first and the second reading of each method
    monkeypatch.setattr(LedgerReader, "done", done_then)
    monkeypatch.setattr(LedgerReader, "predictions", predictions_then)
    results = read_results(folder, REGISTRY)
    assert {result.units_done for result in results.method_results} == {3}


def test_many_controls_are_scored_in_the_primary_metrics_and_shown_once(
    tmp_path: Path, silent: Progress
) -> None:
    settings = {
        "dataset": "synthetic:n=36,images=false",
        "encoder": "none",
        "controls": 3,
        "repeats": 1,
        "folds": 2,
        "inner": 2,
        "training": {"max_epochs": "4"},
    }
    folder = run(
        read_benchmark(None, settings),
        REGISTRY,
        folders=RunFolders(home=tmp_path / "home", out=tmp_path / "run"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
    )
    results = read_results(folder, REGISTRY)
    controls = [result for result in results.method_results if result.method.is_permuted]
    assert [set(result.scores) for result in controls] == [{"auc", "ap"}] * 3
    assert not any(result.aux for result in controls)
    predicted = [result.predicted for result in controls]
    assert not any(np.array_equal(predicted[0], other) for other in predicted[1:])
    page = build_page(results, REGISTRY)
    assert len(page.methods) == 3 + 1  # the positive control
    tables = {block.key: block for block in page.blocks if isinstance(block, Table)}
    assert [row[3].text for row in tables["labels"].rows] == ["3", "3"]
    for key in ("performance", "comparisons", "additional_tests", "further", "calibration"):
        assert not any("shuffled" in cell.text for row in tables[key].rows for cell in row)
    for key in ("cost", "methods"):
        (row,) = [row for row in tables[key].rows if "shuffled" in row[0].text]
        assert row[0].text == "clinical network + pt:shuffled=1 and 2 more controls"
    scores = next(
        path for path in export_run(folder, tmp_path / "out", results) if "scores" in str(path)
    )
    assert scores.read_text().count("pt:shuffled=3,0,1,auc") == 1
    assert all(render_page(page, format) for format in PAGE_FORMATS)


def test_a_target_of_ordered_classes_goes_from_the_command_to_report_and_export(
    tmp_path: Path, silent: Progress
) -> None:
    settings = {
        "dataset": "synthetic:n=120,images=false",
        "target": "n_category",
        "encoder": "none",
        "aux": ["pt", "oracle"],
        "repeats": 1,
        "folds": 2,
        "inner": 2,
        "training": {"max_epochs": "3"},
    }
    folder = run(
        read_benchmark(None, settings),
        REGISTRY,
        folders=RunFolders(home=tmp_path / "home", out=tmp_path / "run"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
    )
    results = read_results(folder, REGISTRY)
    assert results.outcomes is not None
    assert results.outcomes.names[:2] == ("N1 or higher", "N2 or higher")
    assert (results.primary_metrics, results.metrics[0]) == (("c_index",), "c_index")
    assert not results.faults
    assert all(result.complete and result.scores for result in results.method_results)
    assert {c.metric for c in results.pair_comparisons} == {"c_index"}
    for result in results.method_results:
        assert result.outcome_predictions is not None
        assert (np.diff(result.outcome_predictions, axis=2) <= 0).all()
    texts = {path.name: path.read_text() for path in export_run(folder, tmp_path / "ex", results)}
    header, *rows = csv.reader(texts["predictions.csv"].splitlines())
    assert header == [
        "method",
        "repeat",
        "fold",
        "part",
        "case",
        "outcome",
        "target",
        "probability",
    ]
    tested = [row for row in rows if row[0] == "logistic" and row[3] == "test"]
    assert len(tested) == results.n * len(results.outcomes.names)
    higher = [row for row in tested if row[5] == "N2 or higher"]
    area = [
        roc_auc_score([int(row[6]) for row in fold], [float(row[7]) for row in fold])
        for fold in ([row for row in higher if row[2] == number] for number in "01")
    ]
    logistic = next(r for r in results.method_results if r.method.label == "logistic")
    scored = logistic.by_outcome["N2 or higher"].scores["auc"].values[0]
    assert scored.tolist() == pytest.approx(area)
    assert "logistic,0,0,N2 or higher,auc" in texts["scores.csv"]
