"""several: runs over one cohort, and over several."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Paragraph, Table
from lnmbench.registry import Registry
from lnmbench.stages.report import across, read_results
from lnmbench.stages.run import Place, run
from lnmbench.stages.several import read_several

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
            place=Place(home=place / "home", out=place / name),
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
    assert [o.method.label for o in both.outcomes] == [o.method.label for o in alone.outcomes]
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
        next(o for o in one.outcomes if o.method.label == b).summary["auc"].value
        - next(o for o in one.outcomes if o.method.label == a).summary["auc"].value
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
