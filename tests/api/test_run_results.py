from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import lnmbench
from lnmbench import RunResults, RunSettings, UserError


@pytest.fixture
def results(home: Path, small: RunSettings) -> RunResults:
    return lnmbench.run(**small, baseline=["logistic", "firth"], out="run", progress=False)


def test_frames_and_report_agree(results: RunResults) -> None:
    assert repr(results) == "RunResults of 2 methods on 40 cases (run)"
    assert results.folder == Path("run").absolute()
    mean = results.table().loc["firth", ("auc", "mean")]
    assert f"{mean:.3f}".removeprefix("0") in results.report(brief=True)
    scores = results.scores()
    assert scores.query("method == 'firth' and metric == 'auc'")["value"].mean() == mean
    assert len(results.comparisons()) == len(results.comparisons("paired")) == 2
    assert set(results.predictions()["part"]) == {"test", "validation"}
    assert len(results.record.method_results) == 2


def test_the_report_is_text_in_each_format(results: RunResults) -> None:
    assert results.report("html").startswith("<!")
    assert len(results.report(brief=True)) < len(results.report())
    assert json.loads(results.report("json"))
    with pytest.raises(UserError, match="unknown report format 'pdf'"):
        results.report("pdf")


def test_a_report_is_saved_by_the_end_of_the_name(results: RunResults) -> None:
    assert results.save("report.html").read_text(encoding="utf-8") == results.report("html")
    for name in ("a.md", "a.txt", "a.csv", "a.json", "a.tex"):
        assert results.save(name).stat().st_size > 0
    with pytest.raises(UserError, match=r"unknown format of a report \(report.pdf\)"):
        results.save("report.pdf")


def test_thumbnails_need_a_page_and_images(results: RunResults) -> None:
    with pytest.raises(UserError, match="no effect on the format markdown: expected html"):
        results.report(thumbnails=True)
    with pytest.raises(UserError, match="no effect on a brief report"):
        results.report("html", brief=True, thumbnails=True)
    with pytest.raises(UserError, match="no images"):
        results.save("report.html", thumbnails=True)
    assert not Path("report.html").exists()


def test_an_export_has_the_frames(results: RunResults) -> None:
    files = {path.name for path in results.export("tidy")}
    assert {"predictions.csv", "scores.csv", "manifest.json"} <= files
    assert len(pd.read_csv("tidy/scores.csv")) == len(results.scores())
    with pytest.raises(UserError, match="export needs a new folder"):
        results.export("tidy")


SECTION = """
from lnmbench import hookimpl

class Failing:
    group = "answer"
    def __call__(self, results):
        return 1 / 0

@hookimpl
def register_sections():
    return {"failing": Failing}
"""


def test_a_section_that_fails_is_a_warning(results: RunResults) -> None:
    Path("mine.py").write_text(SECTION, encoding="utf-8")
    read = lnmbench.read(results.folder, plugin=["mine.py"])
    with pytest.warns(UserWarning, match="section failing of plugin mine fails"):
        assert "Section failing failed" in read.report()
