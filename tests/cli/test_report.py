"""`lnmbench report` on a terminal, in a pipe, to files, for one and several runs; `export`."""

from __future__ import annotations

import json
import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lnmbench.__main__ import main
from lnmbench.cli.app import app
from lnmbench.rendering.figures import figure_files
from lnmbench.rendering.html import page_parts

Command = Callable[..., CompletedProcess[str]]
FOLDING = ("--repeats", 2, "--folds", 3, "--inner", 2)
SMALL = "--encoder none --repeats 2 --inner 2 --training max_epochs=1"
BOTH = "--aux none --aux pt --only"
RUNS = {
    "one": f"synthetic:n=40,images=false {BOTH} --folds 3",
    "more": "synthetic:n=40,images=false --aux pt:shuffled=1 --only --folds 3",
    "other": f"synthetic:n=40,images=false,seed=1 {BOTH} --folds 3",
    "folds": f"synthetic:n=40,images=false {BOTH} --folds 4",
}


def here(words: str) -> None:
    """Run a command in this process, as one that succeeds."""
    assert not app(words.split(), standalone_mode=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, phantoms: Path) -> Path:
    """A folder in which there is a run of each kind."""
    folder = tmp_path_factory.mktemp("report")
    shutil.copytree(phantoms, folder / "home" / "cohorts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LNMBENCH_HOME", str(folder / "home"))
        patch.chdir(folder)
        for name, asked in RUNS.items():
            here(f"run {SMALL} --out runs/{name} --dataset {asked}")
        baselines = "--baseline logistic --baseline naive_bayes --only"
        folding = "--repeats 2 --folds 3 --inner 2"
        here(f"run --dataset synthetic:n=24 {baselines} {folding} --out runs/images")
    return folder


@pytest.fixture(autouse=True)
def at(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to write to; `runs` are those of the place."""
    (tmp_path / "runs").symlink_to(place / "runs")
    monkeypatch.setenv("LNMBENCH_HOME", str(place / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module", autouse=True)
def drawn_once() -> Iterator[None]:
    """Draw a figure once for all reports with the same: drawing takes most of their time."""

    def remember(draw: Callable[..., Any]) -> Callable[..., Any]:
        drawings: dict[bytes, Any] = {}

        def draw_once(*arguments: object) -> Any:
            key = pickle.dumps(arguments)
            if key not in drawings:
                drawings[key] = draw(*arguments)
            return drawings[key]

        return draw_once

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_parts, "draw_panel", remember(page_parts.draw_panel))
        patch.setattr(figure_files, "draw_file", remember(figure_files.draw_file))
        yield


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "runs")


def test_on_a_terminal_a_page_becomes_a_file(
    at: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    here("report runs/one --format html")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "written to report.html\n"
    assert files(at) == ["report.html"]
    text = (at / "report.html").read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert "clinical network + pt" in text


def test_in_a_pipe_a_page_is_printed(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here("report runs/one --format html")
    printed = capsys.readouterr()
    assert printed.out.startswith("<!doctype html>")
    assert printed.out.endswith("</html>\n")
    assert printed.err == ""
    assert files(at) == []


@pytest.mark.parametrize("format", ["html", "table", "latex", "csv"])
def test_output_names_the_file(at: Path, format: str, capsys: pytest.CaptureFixture[str]) -> None:
    here(f"report runs/one --format {format} --output mine.txt")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "written to mine.txt\n"
    here(f"report runs/one --format {format}")
    assert capsys.readouterr().out.split() == (at / "mine.txt").read_text("utf-8").split()


def test_figures_go_to_a_folder_of_their_own(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here("report runs/one --figures pictures")
    told = capsys.readouterr()
    made = files(at / "pictures")
    assert told.err == f"{len(made)} files written to pictures\n"
    assert "Performance" in told.out
    for kind in ("svg", "pdf", "csv"):
        assert f"roc.{kind}" in made
    assert len(made) % 3 == 0


def test_a_folder_in_use_is_refused_before_anything_is_printed(
    at: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (at / "mine").mkdir()
    (at / "mine" / "letter.txt").touch()
    why = "figures need a new folder"
    refused("report runs/one --figures mine", why, capsys, monkeypatch)
    assert files(at / "mine") == ["letter.txt"]


def test_where_there_are_no_figures_it_says_so(
    at: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_report")
    here("report runs/one --figures pictures")
    assert "this report has no figures" in capsys.readouterr().err
    assert files(at) == []


def test_thumbnails_are_in_the_page_only_if_asked_for(
    at: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here("report runs/images --format html --output plain.html")
    assert "image/png" not in (at / "plain.html").read_text("utf-8")
    here("report runs/images --format html --output page.html --thumbnails --figures pictures")
    text = (at / "page.html").read_text("utf-8")
    images = text.count('<img src="data:image/png;base64,')
    assert images > 0
    assert "The images are simulated, not of patients." in text
    written = [name for name in files(at / "pictures") if name.endswith(".png")]
    assert written == [f"difficult_case_images-{n}.png" for n in range(1, images + 1)]
    if sys.platform != "win32":
        assert (at / "page.html").stat().st_mode & 0o077 == 0
    capsys.readouterr()
    here("report runs/images --thumbnails --figures others")
    assert "1 gallery of images: run lnmbench report" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("runs/images --thumbnails", "--thumbnails has no effect on --format table"),
        ("runs/images --thumbnails --format json", "has no effect on --format json"),
        (
            "runs/one --thumbnails --format html --output page.html",
            "the cohort of the run has no images to show",
        ),
        (
            "runs/one runs/other --thumbnails --format html --output page.html",
            "--thumbnails shows the cases of one cohort: got runs over 2 cohorts",
        ),
    ],
)
def test_thumbnails_that_cannot_be_shown_are_refused(
    words: str,
    why: str,
    at: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused(f"report {words}", why, capsys, monkeypatch)
    assert files(at) == []


def test_thumbnails_without_the_cohort_file_are_refused(
    at: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LNMBENCH_HOME", str(at / "elsewhere"))
    words = "report runs/images --thumbnails --format html --output page.html --figures pictures"
    refused(words, "the cohort of the run is missing or damaged", capsys, monkeypatch)
    assert not {"page.html", "pictures"} & set(files(at))


def test_thumbnails_have_no_effect_without_a_section_on_cases(
    at: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_report")
    here("report runs/images --thumbnails --format html --output page.html")
    assert "--thumbnails has no effect" in capsys.readouterr().err


def test_runs_over_one_cohort_are_one_report(capsys: pytest.CaptureFixture[str]) -> None:
    here("report runs/one --format markdown")
    alone = capsys.readouterr().out
    here("report runs/one runs/more --format markdown")
    both = capsys.readouterr().out
    assert "pt:shuffled=1" in both
    assert "pt:shuffled=1" not in alone
    assert "Across cohorts" not in both


def test_runs_over_two_cohorts_are_in_one_report(
    at: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here("report runs/one runs/other")
    text = " ".join(capsys.readouterr().out.split())
    assert "Across cohorts" in text
    assert "2 cohorts" in text
    here("report runs/one runs/other --format html --output both.html --figures pictures")
    assert "in 2 cohorts" in (at / "both.html").read_text("utf-8")
    assert any(name.endswith(".svg") for name in files(at / "pictures"))


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        ("runs/one runs/folds", "runs over one cohort with different protocols cannot be compared"),
        ("runs/folds runs/other", "cohorts with different repeats"),
        ("runs/more runs/other", "fewer than two complete methods in common"),
        ("runs/one runs/nowhere", "no run here"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(
    runs: str, why: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(f"report {runs}", why, capsys, monkeypatch)


def test_a_run_ends_with_the_brief_report(capsys: pytest.CaptureFixture[str]) -> None:
    # nothing is left to run: what it prints is the report
    here(f"run {SMALL} --out runs/one --dataset {RUNS['one']}")
    brief = capsys.readouterr().out
    here("report runs/one")
    whole = capsys.readouterr().out
    for title in ("Answer", "Performance", "Differences"):
        assert title in brief
        assert title in whole
    assert "How to cite" not in brief
    assert "How to cite" in whole


def refused(
    words: str, why: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command ends with exit code 2 and one line that says why."""
    monkeypatch.setattr(sys, "argv", ["lnmbench", *words.split()])
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)  # it is the command's own after
    with pytest.raises(SystemExit) as end:
        main()
    told = capsys.readouterr()
    assert end.value.code == 2
    assert told.out == ""
    (line,) = told.err.splitlines()
    assert line.startswith("error: ")
    assert why in line


def test_logistic_is_what_scikit_learn_gives_by_hand(lnmbench: Command, table: str) -> None:
    """The exported splits and chosen strengths are enough to repeat every probability."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    method_options = ("--baseline", "logistic", "--only")
    done = lnmbench("run", "--dataset", table, "--target", "n1", *method_options, *FOLDING)
    assert done.returncode == 0, done.stderr
    (run,) = Path("runs").iterdir()
    assert lnmbench("export", run, "tidy").returncode == 0

    cohort = pd.read_csv("cohort.csv").set_index("patient")
    splits = pd.read_csv("tidy/splits.csv")
    predictions = pd.read_csv("tidy/predictions.csv")
    settings = pd.read_csv("tidy/settings.csv").set_index(["repeat", "fold"])["settings"]
    compared = 0
    for (repeat, fold), split in splits.groupby(["repeat", "fold"]):
        strength = json.loads(settings[repeat, fold])["C"]
        test = split.loc[split.part == "test", "case"]
        by_hand = []
        for inner in range(2):
            here = split[(split.inner == inner) & (split.part == "training")].case
            numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
            model = make_pipeline(
                make_column_transformer((numbers, ["age", "cea"]), (OneHotEncoder(), ["sex"])),
                LogisticRegression(C=strength, max_iter=1000),
            ).fit(cohort.loc[here], cohort.loc[here, "n1"])
            by_hand.append(model.predict_proba(cohort.loc[test])[:, 1])
        ours = predictions[
            (predictions.repeat == repeat)
            & (predictions.fold == fold)
            & (predictions.part == "test")
        ].set_index("case")["probability"]
        np.testing.assert_allclose(ours[test], np.mean(by_hand, axis=0), atol=1e-6)
        compared += len(test)
    assert compared == 180


def test_the_export_is_tidy(lnmbench: Command, table: str) -> None:
    lnmbench(
        "run", "--dataset", table, "--target", "n1", "--baseline", "logistic", "--only", *FOLDING
    )
    (run,) = Path("runs").iterdir()
    done = lnmbench("export", run, "tidy")
    assert done.returncode == 0, done.stderr
    names = [path.name for path in sorted(Path("tidy").iterdir())]
    tables = ["predictions.csv", "scores.csv", "search.csv", "settings.csv", "splits.csv"]
    assert names == ["manifest.json", *tables]
    columns = {name: list(pd.read_csv(f"tidy/{name}")) for name in names if name.endswith("csv")}
    assert columns["splits.csv"] == ["repeat", "fold", "inner", "part", "case"]
    assert columns["scores.csv"] == ["method", "repeat", "fold", "metric", "value"]
    assert columns["predictions.csv"] == [
        *("method", "repeat", "fold", "part", "case", "target", "probability")
    ]
    manifest = json.loads(Path("tidy/manifest.json").read_text())
    assert manifest["protocol"]["folds"] == 3
    assert manifest["invocations"][0]["environment"]["packages"]["torch"]

    from sklearn.metrics import roc_auc_score

    predictions = pd.read_csv("tidy/predictions.csv").query("part == 'test'")
    scores = pd.read_csv("tidy/scores.csv").query("metric == 'auc'")
    for row in scores.itertuples():
        fold = predictions[(predictions.repeat == row.repeat) & (predictions.fold == row.fold)]
        assert roc_auc_score(fold.target, fold.probability) == pytest.approx(row.value)

    second = lnmbench("export", run, "tidy")
    assert second.returncode == 2
    assert "export needs a new folder" in second.stderr
