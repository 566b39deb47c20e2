"""Predictions of a file as a method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lnmbench_outside_predictions.predictions import Predictions

from lnmbench import Cohort, UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import FixedPredictions, Progress
from lnmbench.records import CasePredictions, Choice, Results, RunFolders, Table
from lnmbench.registry import Registry
from lnmbench.stages.ingest import IngestOptions, Pseudonyms
from lnmbench.stages.report import build_blocks, export_run, read_results
from lnmbench.stages.run import run

MakeCohort = Callable[..., Cohort]


def predict(cohort: Cohort, folder: Path, content: str, **options: Any) -> CasePredictions:
    (folder / "r.csv").write_text(content)
    reader = Predictions(folder / "r.csv", **options)
    assert isinstance(reader, FixedPredictions)
    positions = {id_: number for number, id_ in enumerate(cohort.ids)}
    return reader.predict_cases(cohort, positions.get)


def test_each_case_gets_its_prediction(make_cohort: MakeCohort, tmp_path: Path) -> None:
    content = "case,p\ncase-2,.9\ncase-0,.1\nother,.3\n"
    predictions = predict(make_cohort(3), tmp_path, content, coverage="partial")
    np.testing.assert_array_equal(predictions.values, [0.1, np.nan, 0.9])
    assert (predictions.scale, predictions.partial) == ("probability", True)
    assert predictions.label == "p (r.csv)"
    assert predictions.notes == (
        "column 'p' of r.csv: 1 row is of no case of the cohort, and not used",
    )


def test_predictions_by_split_are_arranged_by_repeat(
    make_cohort: MakeCohort, tmp_path: Path
) -> None:
    content = "repeat,fold,case,p\n0,1,case-0,.1\n0,0,case-1,.2\n1,0,case-0,.3\n1,1,case-1,.4\n"
    predictions = predict(make_cohort(2), tmp_path, content)
    np.testing.assert_array_equal(predictions.values, [[0.1, 0.2], [0.3, 0.4]])
    assert predictions.folds is not None
    np.testing.assert_array_equal(predictions.folds, [[1, 0], [0, 1]])
    with pytest.raises(UserError, match="repeat 0 has no predictions"):
        predict(make_cohort(2), tmp_path, "repeat,case,p\n1,case-0,.3\n1,case-1,.4\n")


def test_no_message_has_an_id(make_cohort: MakeCohort, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no row is of a case.*2 other ids") as failure:
        predict(make_cohort(3), tmp_path, "case,p\nDoe^John,.9\nRoe^Jane,.1\n")
    assert "Doe" not in str(failure.value)
    with pytest.raises(UserError, match="2 of them but for capitals, blanks or leading zeros"):
        predict(make_cohort(3), tmp_path, "case,p\nCASE-0,.9\nCase-1 ,.1\n")


def test_an_id_and_a_pseudonym_of_one_case_are_refused(
    make_cohort: MakeCohort, tmp_path: Path
) -> None:
    (tmp_path / "r.csv").write_text("case,p\na,.9\nb,.1\n")
    with pytest.raises(UserError, match="1 case under the id and under the pseudonym"):
        Predictions(tmp_path / "r.csv").predict_cases(make_cohort(3), {"a": 1, "b": 1}.get)


TABLE = """
[columns.id]
role = "id"
[columns.age]
role = "feature"
kind = "continuous"
[columns.n2]
role = "target"
kind = "binary"
label = "n2"
categories = ["0", "1"]
[card]
title = "t"
license = "none"
source = "s"
citation = "c"
labels = "l"
"""


def run_readers(home: Path, folder: Path, silent: Progress, *readers: str) -> Results:
    """Run logistic regression and readers on 60 patients with pseudonyms."""
    random = np.random.default_rng(0)
    ages = random.normal(60, 9, 60)
    truth = (random.random(60) < 1 / (1 + np.exp(-(ages - 62) / 6))).astype(int)
    lines = [
        f"DOE-{n:03d},{age:.1f},{y}" for n, (age, y) in enumerate(zip(ages, truth, strict=True))
    ]
    (folder / "t.csv").write_text("\n".join(["id,age,n2", *lines]))
    (folder / "t.toml").write_text(TABLE)
    calls = np.where(random.random((2, 60)) < 0.2, 1 - truth, truth)
    words = ["yes" if call else "no" for call in calls[1]]
    partial = ["" if n < 20 else str(calls[0, n]) for n in range(60)]
    rows = [f"DOE-{n:03d},{calls[0, n]},{words[n]},{partial[n]}" for n in range(60)]
    (folder / "r.csv").write_text("\n".join(["id,r1,r2,r3", *rows]))
    registry, file = Registry(), folder / "r.csv"
    path = run(
        read_benchmark(
            None,
            {
                "dataset": f"table:path={folder}/t.csv,columns={folder}/t.toml",
                "target": "n2",
                "only": True,
                "baseline": ["logistic", *(f"predictions:path={file},{r}" for r in readers)],
                "repeats": 2,
                "folds": 3,
                "inner": 2,
            },
        ),
        registry,
        folders=RunFolders(home=home, out=folder / "out"),
        executor=Choice(name="inline"),
        workers=1,
        plugins=(),
        progress=silent,
        ingest_options=IngestOptions(pseudonyms=Pseudonyms(key=b"k" * 32)),
    )
    content = b"".join(file.read_bytes() for file in path.iterdir() if file.is_file())
    assert b"DOE" not in content
    results = read_results(path, registry)
    exported = export_run(path, folder / "exported", results)
    assert not any(b"DOE" in file.read_bytes() for file in exported)
    return results


def test_readers_go_from_the_file_to_the_report(
    home: Path, silent: Progress, tmp_path: Path
) -> None:
    results = run_readers(
        home, tmp_path, silent, "column=r1", "column=r2", "column=r3,coverage=partial"
    )
    truth = results.truth
    by_label = {r.method.label.partition(" (")[0]: r for r in results.method_results}
    first, partial = by_label["r1"], by_label["r3"]
    assert first.predicted is not None
    assert partial.predicted is not None
    np.testing.assert_array_equal(first.predicted[0], first.predicted[1])
    assert int(np.isnan(partial.predicted).any(axis=0).sum()) == 20
    assert first.scores == {}
    blocks = build_blocks(results, Registry())
    table = next(b for b in blocks if b.key == "untrained")
    assert isinstance(table, Table)
    calls = first.predicted[0]
    cells = {(row[0].text.partition(" (")[0], row[3].text): row for row in table.rows}
    sensitivity, specificity = (
        cells["r1", measure][4].value for measure in ("sensitivity", "specificity")
    )
    assert sensitivity == pytest.approx(calls[truth == 1].mean())
    assert specificity == pytest.approx((1 - calls[truth == 0]).mean())
    assert cells["r3", "sensitivity"][2].text.startswith("40 of 60 (")
    (performance,) = [b for b in blocks if b.key == "performance"]
    assert isinstance(performance, Table)
    assert [row[0].text for row in performance.rows] == ["logistic"]
    agreement = next(b for b in blocks if b.key == "untrained_agreement")
    assert isinstance(agreement, Table)
    assert [row[1].value for row in agreement.rows] == [60, 40, 40, 40]


def test_another_file_of_the_same_name_is_another_method(
    home: Path, silent: Progress, tmp_path: Path
) -> None:
    results = run_readers(home, tmp_path, silent, "column=r1")
    reader = results.method_results[-1].method
    assert reader.files[0][0] == "path"  # type: ignore[union-attr]
    other = replace(reader, files=(("path", "0" * 64),))  # type: ignore[call-arg]
    assert other.fingerprint != reader.fingerprint
