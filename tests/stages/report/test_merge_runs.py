"""Several runs: merged over one cohort, compared over several."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import (
    Choice,
    Paragraph,
    Preprocessing,
    Results,
    RunFolders,
    Table,
)
from lnmbench.registry import Registry
from lnmbench.stages.report import merge_runs, read_results
from lnmbench.stages.report.merge_runs import read_runs
from lnmbench.stages.report.pages import build_blocks_across
from lnmbench.stages.run import run

REGISTRY = Registry()
COHORTS = ("with pt", "another seed", "a third")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, silent: Progress) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("several")

    def run_once(name: str, seed: int = 0, **settings: object) -> Path:
        defaults = {
            "dataset": f"synthetic:n=40,images=false,seed={seed}",
            "encoder": "none",
            "repeats": 2,
            "folds": 3,
            "inner": 2,
            "training": {"max_epochs": "2"},
        }
        return run(
            read_benchmark(None, defaults | settings),
            REGISTRY,
            folders=RunFolders(home=folder / "home", out=folder / name),
            executor=Choice(name="inline"),
            workers=1,
            plugins=(),
            progress=silent,
        )

    return {
        "with pt": run_once("with-pt", aux="pt"),
        "other methods": run_once("other-methods", aux="none", only=True),
        "another seed": run_once("another-seed", seed=1, aux="pt"),
        "a third": run_once("a-third", seed=2, aux="pt"),
        "fewer folds": run_once("fewer-folds", aux="pt", repeats=1, only=True),
        "brier": run_once("brier", seed=1, aux="pt", primary="brier", only=True),
        "margin": run_once("margin", seed=1, aux="pt", margin=["auc=.1"], only=True),
        "unlabeled": run_once("unlabeled", seed=1, aux="pt", train_unlabeled=True, only=True),
        "logistic": run_once("logistic", seed=3, baseline="logistic", encoder=None, only=True),
    }


@pytest.fixture(scope="module")
def cohorts(runs: dict[str, Path]) -> list[Results]:
    return read_runs([runs[name] for name in COHORTS], REGISTRY)


def test_methods_of_two_runs_over_one_cohort_are_merged(runs: dict[str, Path]) -> None:
    alone = read_results(runs["with pt"], REGISTRY)
    (both,) = read_runs([runs["with pt"], runs["other methods"]], REGISTRY)
    # the second run's method, the clinical network, is one of the first run's: it counts once
    assert [r.method.label for r in both.method_results] == [
        r.method.label for r in alone.method_results
    ]
    assert both.pair_comparisons == alone.pair_comparisons
    assert len(both.runs) == 2
    assert len(both.invocations) == 2


def test_a_run_that_is_named_twice_counts_once(runs: dict[str, Path]) -> None:
    (once,) = read_runs([runs["with pt"], runs["with pt"] / "."], REGISTRY)
    assert len(once.runs) == 1


def test_cohorts_are_compared_by_ranks_and_by_their_folds(cohorts: list[Results]) -> None:
    blocks = build_blocks_across(cohorts, REGISTRY)
    tables = {block.key: block for block in blocks if isinstance(block, Table)}
    assert len(tables["cohorts"].rows) == 3
    assert len(tables["across_auc"].rows) == 3
    ranks = [row[-1].value for row in tables["across_auc"].rows]
    assert sum(rank for rank in ranks if rank is not None) == pytest.approx(6.0)
    pairs = tables["across_comparisons"]
    assert len(pairs.rows) == 6
    first = {column.key: cell for column, cell in zip(pairs.columns, pairs.rows[0], strict=True)}
    a, b = first["against"].text, first["method"].text
    gaps = [
        next(r for r in results.method_results if r.method.label == b).summary["auc"].value
        - next(r for r in results.method_results if r.method.label == a).summary["auc"].value
        for results in cohorts
    ]
    assert first["difference"].value == pytest.approx(sum(gaps) / 3)
    assert (first["difference"].low, first["difference"].high) == pytest.approx(
        (min(gaps), max(gaps))
    )
    (answer,) = [b for b in blocks if isinstance(b, Paragraph)]
    assert "SYNTHETIC" in " ".join(answer.lines)
    assert tables["cohorts"].title.startswith("Table 1. ")


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("with pt", "fewer folds"), "over one cohort with different protocols"),
        (("another seed", "fewer folds"), "different repeats × outer × inner folds"),
        (("with pt", "brier"), "different primary metrics"),
        (("with pt", "margin"), "different margins .*expected none, got auc=0.1"),
        (("another seed", "margin"), "different protocols .* got .*, margins auc=0.1"),
        (("with pt", "unlabeled"), "different use of cases without the target .*got networks"),
        (("another seed", "unlabeled"), "different protocols .*, networks train on cases without"),
        (("with pt", "logistic"), "fewer than two complete methods in common"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    runs: dict[str, Path], names: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(UserError, match=reason) as error:
        read_runs([runs[name] for name in names], REGISTRY)
    assert all(runs[name].name in str(error.value) for name in names)


def test_the_tumor_and_whole_scans_of_one_data_set_are_one_cohort(
    runs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folds depend on ids and labels, so that both cohort files have the same."""
    read = merge_runs.read_results

    def read_whole(folder: Path, *arguments: Any) -> Results:
        results = read(folder, *arguments)
        if folder.name != "other-methods":
            return results
        (network,) = results.method_results
        method = replace(network.method, label="network (whole scan)", region="none")
        return replace(
            results,
            fingerprint="another",
            preprocessing=Preprocessing(region="none"),
            method_results=(replace(network, method=method),),
        )

    monkeypatch.setattr(merge_runs, "read_results", read_whole)
    (both,) = read_runs([runs["with pt"], runs["other methods"]], REGISTRY)
    labels = [result.method.label for result in both.method_results]
    assert sorted(labels) == [
        *("clinical network", "clinical network + pt", "logistic", "network (whole scan)"),
    ]
    compared = {frozenset((p.method_a, p.method_b)) for p in both.pair_comparisons}
    assert len(compared) == 6

    def read_fewer(folder: Path, *arguments: Any) -> Results:
        results = read_whole(folder, *arguments)
        return replace(results, n=3) if folder.name == "other-methods" else results

    monkeypatch.setattr(merge_runs, "read_results", read_fewer)
    with pytest.raises(UserError, match="around the tumor and on whole scans have different cases"):
        read_runs([runs["with pt"], runs["other methods"]], REGISTRY)
