"""Description of a cohort: counts, columns, images and cases left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lnmbench.records import Block, Paragraph, Table
from lnmbench.registry import Registry
from lnmbench.stages.data.describe import describe_cohort
from lnmbench.stages.ingest import ingest_log_path


def describe(path: Path) -> dict[str, Block]:
    return {block.key: block for block in describe_cohort(path, Registry())}


def test_a_cohort_with_images(ingest_made: Any) -> None:
    path = ingest_made(bad="PAT-002")
    blocks = describe(path)
    cohort, left_out = blocks["cohort"], blocks["left_out"]
    assert isinstance(cohort, Paragraph)
    assert cohort.lines[0] == "5 cases of 5 patients, 1 left out at ingest"
    assert cohort.lines[1].startswith("5 of 5 cases with images, ")
    assert isinstance(left_out, Paragraph)
    assert left_out.title == "Left out at ingest: 1 case"
    assert left_out.lines[0] == "1 × no CT series"
    images, features = blocks["images"], blocks["features"]
    assert isinstance(images, Table)
    spacing = next(row for row in images.rows if row[0].text.startswith("original spacing, feet"))
    assert [cell.value for cell in spacing[1:]] == [2.0, 2.0, 2.0]
    assert isinstance(features, Table)
    (age,) = features.rows
    assert [cell.text for cell in age] == [
        *("age", "feature", "median 53.5 a, quartiles 52.2 to 54.2", "1", "20.0 %")
    ]


def test_the_prevalence_of_each_target_is_listed(ingest_made: Any) -> None:
    targets = describe(ingest_made(images=False))["targets"]
    assert isinstance(targets, Table)
    (row,) = [row for row in targets.rows if row[0].text == "n1"]
    assert [cell.text for cell in row] == ["n1", "3", "3", "0", "50.0 %"]


def test_a_missing_ingest_log_is_named(ingest_made: Any) -> None:
    path = ingest_made(bad="PAT-002")
    ingest_log_path(path).unlink()
    left_out = describe(path)["left_out"]
    assert isinstance(left_out, Paragraph)
    assert left_out.lines == ("their ingest log is missing; ingest again to see why",)


def test_the_positive_classes_come_first(ingest_made: Any) -> None:
    first, *_ = describe(ingest_made(images=False)).values()
    assert isinstance(first, Paragraph)
    assert first.title == "Positive classes"
    assert any(line.startswith("positive: ") for line in first.lines)
