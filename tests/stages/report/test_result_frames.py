from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Results, RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.report import (
    make_difference_frame,
    make_performance_frame,
    make_score_frame,
    read_predictions,
    read_results,
)
from lnmbench.stages.run import run

REGISTRY = Registry()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, silent: Progress) -> Path:
    """A run of two baselines."""
    place = tmp_path_factory.mktemp("frames")
    return run(
        read_benchmark(
            None,
            {
                "dataset": "synthetic:n=40,images=false",
                "baseline": ["logistic", "firth"],
                "only": True,
                "repeats": 2,
                "folds": 2,
                "inner": 2,
            },
        ),
        REGISTRY,
        folders=RunFolders(home=place / "home", out=place / "run"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
    )


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return read_results(folder, REGISTRY)


def test_predictions_are_of_test_and_validation_cases(folder: Path, results: Results) -> None:
    frame = read_predictions(folder)
    assert set(frame["method"]) == {"logistic", "firth"}
    tested = frame[frame["part"] == "test"]
    assert len(tested) == 2 * 2 * results.n
    assert len(frame[frame["part"] == "validation"]) == 2 * 2 * results.n
    assert frame["probability"].between(0, 1).all()
    first = tested[(tested["method"] == "firth") & (tested["repeat"] == 0)]
    assert first.set_index("case")["target"].sum() == results.positives


def test_scores_have_a_row_for_each_fold(results: Results) -> None:
    frame = make_score_frame(results)
    assert len(frame) == 2 * len(results.metrics) * 4
    by_key = {result.method.label: result for result in results.method_results}
    auc = frame[(frame["metric"] == "auc") & (frame["method"] == "firth")]["value"]
    np.testing.assert_array_equal(auc, by_key["firth"].scores["auc"].values.ravel())


def test_performance_has_the_interval_of_the_report(results: Results) -> None:
    frame = make_performance_frame(results)
    assert list(frame.index) == [result.method.label for result in results.method_results]
    assert list(frame.columns.get_level_values(0)[:8:4]) == ["auc", "ap"]
    for result in results.method_results:
        mean = result.summary["auc"]
        row = frame.loc[result.method.label, "auc"]
        assert row.to_dict() == {
            "mean": mean.value,
            "low": mean.low,
            "high": mean.high,
            "sd": result.spread["auc"],
        }


def test_a_method_that_is_not_complete_has_no_numbers(results: Results) -> None:
    first, *others = results.method_results
    unfinished = replace(first, summary={}, spread={}, scores={}, units_done=1)
    frame = make_performance_frame(replace(results, method_results=(unfinished, *others)))
    assert frame.loc[first.method.label].isna().all()
    assert frame.loc[others[0].method.label, "auc"].notna().all()


def test_differences_are_those_of_the_comparison(results: Results) -> None:
    frame = make_difference_frame(results)
    assert list(frame["metric"]) == ["auc", "ap"]
    means = make_performance_frame(results)
    for row in frame.itertuples():
        expected = (
            means.loc[row.method, (row.metric, "mean")]
            - means.loc[row.against, (row.metric, "mean")]
        )
        assert row.difference == pytest.approx(expected)
        assert row.low <= row.difference <= row.high
        assert row.p_holm >= row.p
    plain = make_difference_frame(results, "paired")
    assert (plain["p"] != frame["p"]).any()
    assert (plain["p_holm"] == frame["p_holm"]).all()
    with pytest.raises(UserError, match="unknown comparison 'pair'; did you mean paired"):
        make_difference_frame(results, "pair")


def test_without_pairs_there_is_an_empty_frame(results: Results) -> None:
    frame = make_difference_frame(replace(results, pair_comparisons=()))
    assert len(frame) == 0
    assert "p_holm" in frame.columns
