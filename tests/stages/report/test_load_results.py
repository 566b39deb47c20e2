"""report: what a ledger says, whatever its metrics define and whoever writes to it meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench.config import read_benchmark
from lnmbench.contracts import Progress
from lnmbench.records import Choice, Paragraph, Results, RunFolders, Table
from lnmbench.registry import Registry
from lnmbench.rendering import PAGE_FORMATS, render_page
from lnmbench.stages.report.checks import check
from lnmbench.stages.report.export import export
from lnmbench.stages.report.load_results import compared, page, read_results
from lnmbench.stages.run import run
from lnmbench.store.ledger import LedgerReader

REGISTRY = Registry()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, silent: Progress) -> Path:
    """A run whose primary metric some test folds of nine cases do not define."""
    place = tmp_path_factory.mktemp("undefined")
    asked = {
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
        read_benchmark(None, asked),
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


def everywhere_undefined(of: Results) -> Results:
    """The results with NPV as the only primary metric, which no fold defines."""
    outcomes = []
    for outcome in of.method_results:
        npv = outcome.scores["npv:sensitivity=1.0"]
        values = np.full_like(npv.values, np.nan)
        scores = {**outcome.scores, npv.metric: replace(npv, values=values)}
        outcomes.append(replace(outcome, scores=scores))
    made = replace(of, method_results=tuple(outcomes), primary_metrics=("npv:sensitivity=1.0",))
    return compared(made, REGISTRY)


def words(of: Results) -> str:
    made = [block for block in page(of, REGISTRY).blocks if isinstance(block, Paragraph)]
    return "\n".join(line for block in made for line in block.lines)


def test_a_metric_that_was_declared_twice_is_one(results: Results) -> None:
    assert results.primary_metrics == ("npv:sensitivity=1.0", "auc")
    assert [one["protocol"]["primary"] for one in results.invocations] == [
        ["npv:sensitivity=1.0", "auc"]
    ]


def test_a_primary_metric_that_folds_do_not_define_does_not_lock_the_run_away(
    folder: Path, results: Results, tmp_path: Path
) -> None:
    lacking = [one for one in results.compared if not one.tests]
    assert {one.metric for one in lacking} == {"npv:sensitivity=1.0"}
    assert len(results.compared) == 12, "six pairs in two metrics are the declared family"
    tables = {b.key: b for b in page(results, REGISTRY).blocks if isinstance(b, Table)}
    differences = tables["comparisons"]
    told = [row for row in differences.rows if row[3].text == "not compared"]
    assert len(told) == len(lacking)
    assert any("Holm counts such a pair as a test with p = 1" in n for n in differences.notes)
    assert "12 tests" in " ".join(differences.notes)
    assert "is undefined on" in words(results)
    check(results, REGISTRY)
    assert export(folder, tmp_path / "export", results)


@pytest.mark.parametrize("format", PAGE_FORMATS)
def test_every_format_stands_a_run_in_which_nothing_could_be_compared(
    results: Results, format: str
) -> None:
    nothing = everywhere_undefined(results)
    assert not any(one.tests for one in nothing.compared)
    assert render_page(page(nothing, REGISTRY), format)


def test_where_nothing_could_be_compared_the_words_say_why(results: Results) -> None:
    text = words(everywhere_undefined(results))
    assert "NPV at sens. 1.00 is undefined on 4 of 4 folds of" in text
    assert "no plugin in use offers a primary test" not in text
    assert "nan" not in text


def test_a_unit_that_is_committed_while_a_run_is_read_is_not_there_yet(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, predictions = LedgerReader.done, LedgerReader.predictions
    reads: dict[str, int] = {}

    def first(method: str) -> bool:
        reads[method] = reads.get(method, 0) + 1
        return reads[method] == 1

    def done_then(self: LedgerReader, method: str) -> set[tuple[int, int]]:
        found = done(self, method)
        return found - {(0, 0)} if first(method) else found

    def predictions_then(self: LedgerReader, method: str, task: str) -> NDArray[np.float64]:
        found: Any = predictions(self, method, task)
        if first(method):
            found[0, self.plan().splits.outer[0] == 0] = np.nan
        return np.asarray(found)

    # the commit falls between the first and the second reading of each method
    monkeypatch.setattr(LedgerReader, "done", done_then)
    monkeypatch.setattr(LedgerReader, "predictions", predictions_then)
    found = read_results(folder, REGISTRY)
    assert {outcome.units_done for outcome in found.method_results} == {3}
