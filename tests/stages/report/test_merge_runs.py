"""several: runs over one cohort, and over several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Block, Cell, Choice, Paragraph, Results, RunFolders, Table
from lnmbench.registry import Registry
from lnmbench.stages.report.load_results import across, read_results
from lnmbench.stages.report.merge_runs import read_several
from lnmbench.stages.run import run
from lnmbench.stats import holm

REGISTRY = Registry()


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, silent: Progress) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("several")

    def made(name: str, seed: int = 0, **asked: object) -> Path:
        base = {
            "dataset": f"synthetic:n=40,images=false,seed={seed}",
            "encoder": "none",
            "repeats": 2,
            "folds": 3,
            "inner": 2,
            "training": {"max_epochs": "2"},
        }
        return run(
            read_benchmark(None, base | asked),
            REGISTRY,
            folders=RunFolders(home=place / "home", out=place / name),
            executor=Choice(name="inline"),
            workers=1,
            plugins=(),
            progress=silent,
        )

    return {
        "with pt": made("with-pt", aux="pt"),
        "other arms": made("other-arms", aux="none", only=True),
        "another seed": made("another-seed", seed=1, aux="pt"),
        "a third": made("a-third", seed=2, aux="pt"),
        "fewer folds": made("fewer-folds", aux="pt", repeats=1, only=True),
        "brier": made("brier", seed=1, aux="pt", primary="brier", only=True),
        "logistic": made("logistic", seed=3, baseline="logistic", encoder=None, only=True),
    }


def test_arms_of_two_runs_over_one_cohort_stand_side_by_side(runs: dict[str, Path]) -> None:
    alone = read_results(runs["with pt"], REGISTRY)
    (both,) = read_several([runs["with pt"], runs["other arms"]], REGISTRY)
    # the second run's arm, the clinical network, is one of the first run's: it counts once
    assert [o.method.label for o in both.method_results] == [
        o.method.label for o in alone.method_results
    ]
    assert both.compared == alone.compared
    assert len(both.runs) == 2
    assert len(both.invocations) == 2


def test_a_run_that_is_named_twice_counts_once(runs: dict[str, Path]) -> None:
    (once,) = read_several([runs["with pt"], runs["with pt"] / "."], REGISTRY)
    assert len(once.runs) == 1


def test_cohorts_are_compared_by_ranks_and_by_their_folds(runs: dict[str, Path]) -> None:
    cohorts = read_several([runs[n] for n in ("with pt", "another seed", "a third")], REGISTRY)
    blocks = across(cohorts, REGISTRY)
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
        next(o for o in one.method_results if o.method.label == b).summary["auc"].value
        - next(o for o in one.method_results if o.method.label == a).summary["auc"].value
        for one in cohorts
    ]
    assert first["difference"].value == pytest.approx(sum(gaps) / 3)
    assert (first["difference"].low, first["difference"].high) == pytest.approx(
        (min(gaps), max(gaps))
    )
    (answer,) = [b for b in blocks if isinstance(b, Paragraph)]
    assert "SYNTHETIC" in " ".join(answer.lines)
    assert tables["cohorts"].title.startswith("Table 1. ")


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("with pt", "fewer folds"), "two protocols over one cohort"),
        (("another seed", "fewer folds"), "different repeats × outer × inner folds"),
        (("with pt", "brier"), "different primary metrics"),
        (("with pt", "logistic"), "fewer than two complete methods in common"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    runs: dict[str, Path], names: tuple[str, ...], why: str
) -> None:
    with pytest.raises(UserError, match=why) as error:
        read_several([runs[name] for name in names], REGISTRY)
    assert all(runs[name].name in str(error.value) for name in names)


COHORTS = ("with pt", "another seed", "a third")


def with_primary(cohorts: Sequence[Results], *primary: str) -> list[Results]:
    """The same cohorts, as if other metrics had been declared."""
    return [replace(one, primary_metrics=primary) for one in cohorts]


def with_npv(results: Results, undefined: int) -> Results:
    """The same cohort with an NPV on each fold, but for a number of folds of the first arm."""
    outcomes = []
    for outcome in results.method_results:
        values = np.nan_to_num(outcome.scores["npv"].values, nan=0.5)
        values.flat[: 0 if outcomes else undefined] = np.nan
        scores = {**outcome.scores, "npv": replace(outcome.scores["npv"], values=values)}
        outcomes.append(replace(outcome, scores=scores))
    return replace(results, method_results=tuple(outcomes))


def by_key(blocks: Sequence[Block]) -> dict[str, Block]:
    return {block.key: block for block in blocks}


def cells(table: Block) -> list[dict[str, Cell]]:
    assert isinstance(table, Table)
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def words(block: Block) -> str:
    return str(block)


def test_where_less_is_better_every_part_says_so(runs: dict[str, Path]) -> None:
    cohorts = read_several([runs[name] for name in COHORTS], REGISTRY)
    made = by_key(across(with_primary(cohorts, "brier"), REGISTRY))
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


def test_holm_covers_every_metric_and_pair(runs: dict[str, Path]) -> None:
    cohorts = read_several([runs[name] for name in COHORTS], REGISTRY)
    rows = cells(
        by_key(across(with_primary(cohorts, "auc", "brier"), REGISTRY))["across_comparisons"]
    )
    assert len(rows) == 6
    alone = holm([row["p"].value or 0.0 for row in rows])
    assert [row["p_holm"].value for row in rows] == pytest.approx(alone.tolist())


def test_a_metric_that_folds_do_not_define_is_left_out_with_the_reason(
    runs: dict[str, Path],
) -> None:
    cohorts = read_several([runs[name] for name in COHORTS], REGISTRY)
    cohorts = [with_npv(one, 0) for one in cohorts]
    cohorts[1] = with_npv(cohorts[1], 2)

    made = by_key(across(with_primary(cohorts, "auc", "npv"), REGISTRY))
    assert "across_auc" in made
    assert "across_npv" not in made
    title = cohorts[1].metric_titles["npv"]
    label = cohorts[1].method_results[0].method.label
    told = f"{title}, which is not defined on 2 of 6 folds of {label} in synthetic:"
    assert told in words(made["across"])
    assert {row["metric"].text for row in cells(made["across_comparisons"])} == {"AUC"}

    nothing = by_key(across(with_primary(cohorts, "npv"), REGISTRY))
    assert set(nothing) == {"across", "cohorts"}
    assert "which is not defined" in words(nothing["across"])


def test_what_ranks_of_few_cohorts_cannot_show_is_said(runs: dict[str, Path]) -> None:
    cohorts = read_several([runs[name] for name in COHORTS], REGISTRY)
    two = words(by_key(across(with_primary(cohorts[:2], "auc"), REGISTRY))["across"])
    # 3 methods: 1 / 3! for all; 2 / 6² for a pair, three of them
    assert "p is at least .17 for all methods together" in two
    assert "after Holm over 3 pairs and metrics, .17 for the first" in two
    three = words(by_key(across(with_primary(cohorts, "auc"), REGISTRY))["across"])
    assert "can say little" not in three
