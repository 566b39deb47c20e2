"""Several runs: merged over one cohort, compared over several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import (
    Block,
    Cell,
    Choice,
    MethodResult,
    Paragraph,
    Results,
    RunFolders,
    Table,
)
from lnmbench.registry import Registry
from lnmbench.stages.report import read_results
from lnmbench.stages.report.build_page import build_blocks_across
from lnmbench.stages.report.merge_runs import read_runs
from lnmbench.stages.run import run
from lnmbench.stats import holm

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
    assert both.compared == alone.compared
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
        (("with pt", "logistic"), "fewer than two complete methods in common"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    runs: dict[str, Path], names: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(UserError, match=reason) as error:
        read_runs([runs[name] for name in names], REGISTRY)
    assert all(runs[name].name in str(error.value) for name in names)


def with_primary(cohorts: Sequence[Results], *primary: str) -> list[Results]:
    """The same cohorts, as if other metrics had been declared."""
    return [replace(results, primary_metrics=primary) for results in cohorts]


def with_npv(results: Results, undefined: int) -> Results:
    """The same cohort with an NPV on each fold, but for a number of folds of the first method."""
    changed: list[MethodResult] = []
    for result in results.method_results:
        values = np.nan_to_num(result.scores["npv"].values, nan=0.5)
        values.flat[: 0 if changed else undefined] = np.nan
        scores = {**result.scores, "npv": replace(result.scores["npv"], values=values)}
        changed.append(replace(result, scores=scores))
    return replace(results, method_results=tuple(changed))


def by_key(blocks: Sequence[Block]) -> dict[str, Block]:
    return {block.key: block for block in blocks}


def cells(table: Block) -> list[dict[str, Cell]]:
    assert isinstance(table, Table)
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def words(block: Block) -> str:
    return str(block)


def test_where_less_is_better_every_part_says_so(cohorts: list[Results]) -> None:
    made = by_key(build_blocks_across(with_primary(cohorts, "brier"), REGISTRY))
    for key in ("across", "across_brier", "across_forest_1", "across_ranks"):
        assert "lower is better" in words(made[key]), key
    pairs = made["across_comparisons"]
    assert isinstance(pairs, Table)
    title = cohorts[0].metric_titles["brier"]
    assert {row["metric"].text for row in cells(pairs)} == {f"{title} (lower is better)"}
    assert f"In {title} a negative difference is a better score." in pairs.notes
    assert pairs.columns[-1].heading == "P(worse / equivalent / better)"
    assert "better" in pairs.notes[-1]
    assert "above" not in pairs.notes[-1]


def test_holm_covers_every_metric_and_pair(cohorts: list[Results]) -> None:
    rows = cells(
        by_key(build_blocks_across(with_primary(cohorts, "auc", "brier"), REGISTRY))[
            "across_comparisons"
        ]
    )
    assert len(rows) == 6
    alone = holm([row["p"].value or 0.0 for row in rows])
    assert [row["p_holm"].value for row in rows] == pytest.approx(alone.tolist())


def test_a_metric_that_folds_do_not_define_is_left_out_with_the_reason(
    cohorts: list[Results],
) -> None:
    cohorts = [with_npv(results, 0) for results in cohorts]
    cohorts[1] = with_npv(cohorts[1], 2)

    made = by_key(build_blocks_across(with_primary(cohorts, "auc", "npv"), REGISTRY))
    assert "across_auc" in made
    assert "across_npv" not in made
    title = cohorts[1].metric_titles["npv"]
    label = cohorts[1].method_results[0].method.label
    told = f"{title}, which is not defined on 2 of 6 folds of {label} in synthetic:"
    assert told in words(made["across"])
    assert {row["metric"].text for row in cells(made["across_comparisons"])} == {"AUC"}

    nothing = by_key(build_blocks_across(with_primary(cohorts, "npv"), REGISTRY))
    assert set(nothing) == {"across", "cohorts"}
    assert "which is not defined" in words(nothing["across"])


def test_what_ranks_of_few_cohorts_cannot_show_is_said(cohorts: list[Results]) -> None:
    two = words(by_key(build_blocks_across(with_primary(cohorts[:2], "auc"), REGISTRY))["across"])
    # 3 methods: 1 / 3! for all; 2 / 6² for a pair, three of them
    assert "p is at least .17 for all methods together" in two
    assert "after Holm over 3 pairs and metrics, .17 for the first" in two
    three = words(by_key(build_blocks_across(with_primary(cohorts, "auc"), REGISTRY))["across"])
    assert "can say little" not in three
