"""The whole path as a user walks it: run, report, export."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pandas as pd
import pytest

Command = Callable[..., CompletedProcess[str]]
FOLDING = ("--repeats", 2, "--folds", 3, "--inner", 2)


def test_arms_run_at_different_times_appear_together(lnmbench: Command, table: str) -> None:
    common = ("run", "--dataset", table, "--target", "n1", *FOLDING, "--only")
    first = lnmbench(*common, "--baseline", "logistic")
    assert first.returncode == 0, first.stderr
    assert "Only logistic is complete" in " ".join(first.stdout.split())
    second = lnmbench(
        *common, "--encoder", "none", "--aux", "pt", "--aux", "none", "--training", "max_epochs=2"
    )
    assert second.returncode == 0, second.stderr
    for arm in ("logistic", "clinical network", "clinical network + pt"):
        assert arm in second.stdout
    assert "Table 2" in second.stdout
    assert '"as' in second.stdout

    again = lnmbench("report")
    # the run prints what answers, the report that and all that stands behind it
    answer, _, _ = second.stdout.partition("\n\n6 figures")
    assert again.stdout.startswith(answer.rstrip())
    assert "Calibration" in again.stdout
    assert "Calibration" not in answer
    assert len(list(Path("runs").iterdir())) == 1

    as_json = json.loads(lnmbench("report", "--format", "json").stdout)
    assert as_json
    done = lnmbench("report", "--format", "csv", "--output", "tables.csv")
    assert done.returncode == 0
    assert len(pd.read_csv("tables.csv")) > 20
    for format in ("markdown", "latex"):
        assert "logistic" in lnmbench("report", "--format", format).stdout


def test_a_changed_setting_makes_other_units(lnmbench: Command, table: str) -> None:
    common = ("run", "--dataset", table, "--target", "n1", *FOLDING, "--only", "--encoder", "none")
    assert lnmbench(*common, "--training", "max_epochs=2").returncode == 0
    changed = lnmbench(*common, "--training", "max_epochs=3")
    assert changed.returncode == 0, changed.stderr
    (run,) = Path("runs").iterdir()
    with sqlite3.connect(run / "ledger.sqlite") as ledger:
        units = ledger.execute("SELECT count(*), count(DISTINCT method) FROM units").fetchone()
    assert units == (12, 2)
    assert changed.stdout.count("clinical network [") >= 2


def test_labels_that_changed_do_not_mix(lnmbench: Command, table: str) -> None:
    common = ("run", "--dataset", table, "--target", "mine", *FOLDING, "--only")
    plugin = (
        "import numpy as np\nfrom lnmbench import hookimpl\n"
        "class Mine:\n    title = 'mine'\n"
        "    def labels(self, cohort):\n"
        "        return (cohort.values['age'] > LIMIT).astype(float)\n"
        "    def notes(self, cohort):\n        return ()\n"
        "@hookimpl\ndef register_targets():\n    return {'mine': Mine}\n"
    )
    for limit, code in (("60", 0), ("60", 0), ("66", 2)):
        Path("target.py").write_text(plugin.replace("LIMIT", limit), encoding="utf-8")
        done = lnmbench(*common, "--baseline", "logistic", "--plugin", "target.py")
        assert done.returncode == code, done.stderr
    assert "another version of the target" in done.stderr.splitlines()[-1]


def test_a_ledger_can_be_read_while_it_is_written(lnmbench: Command, table: str) -> None:
    common = ("run", "--dataset", table, "--target", "n1", *FOLDING, "--baseline", "logistic")
    assert lnmbench(*common, "--only", "--out", "run").returncode == 0
    with sqlite3.connect("run/ledger.sqlite") as reader:
        rows = reader.execute("SELECT * FROM predictions")
        assert rows.fetchone()
        assert lnmbench("report", "run").returncode == 0


def test_logistic_is_what_scikit_learn_gives_by_hand(lnmbench: Command, table: str) -> None:
    """The exported splits and chosen strengths are enough to repeat every probability."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    arms = ("--baseline", "logistic", "--only")
    done = lnmbench("run", "--dataset", table, "--target", "n1", *arms, *FOLDING)
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
