"""Cases that every method gets wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.difficult_cases import DifficultCases

from lnmbench.records import CaseThumbnails, Gallery, Results, Table
from lnmbench.rendering import render
from lnmbench.results import rank_cases
from lnmbench.testing.sample_results import CONTROL, LOGISTIC, SINGLE_TASK, sample_results


@pytest.fixture
def results() -> Results:
    return sample_results([(LOGISTIC, 1.0), (SINGLE_TASK, 0.5), (CONTROL, 0.0)])


def test_a_case_is_difficult_if_each_method_ranks_it_wrongly(
    results: Results, column_texts: Callable[[Table, str], list[str]]
) -> None:
    table, by_method = DifficultCases()(results)
    assert isinstance(table, Table)
    assert isinstance(by_method, Table)
    ranking = rank_cases(results)
    assert ranking is not None
    right, order = ranking.placement, ranking.difficult()
    assert column_texts(table, "case") == [str(case) for case in order[:15]]
    assert table.rows[0][2].value == pytest.approx(right[:, order[0]].mean())
    assert (table.rows[0][2].low, table.rows[0][2].high) == pytest.approx(
        (right[:, order[0]].min(), right[:, order[0]].max())
    )
    positive = "positive" if results.truth[order[0]] else "negative"
    assert table.rows[0][1].text == positive
    assert f"All 2 methods rank {len(order)} of {results.n} cases wrongly" in table.notes[0]
    assert len(by_method.rows) == 2 * len(order)
    assert by_method.exhaustive
    assert max(map(len, render([table], "table").splitlines())) <= 100


def test_there_is_no_section_with_one_method_or_without_labels(results: Results) -> None:
    assert DifficultCases()(sample_results([(LOGISTIC, 1.0)])) == []
    assert DifficultCases()(replace(results, truth=np.empty(0))) == []


def test_cases_that_cannot_be_ranked_are_counted(results: Results) -> None:
    outer = np.asarray(results.outer).copy()
    outer[:, np.flatnonzero(results.truth)[:2]] = 9
    table, _ = DifficultCases()(replace(results, outer=outer))
    assert isinstance(table, Table)
    assert table.notes[-1].endswith("no case of the other label: 2 cases.")


def thumbnails(*, outlined: bool = True, without: tuple[int, ...] = ()) -> CaseThumbnails:
    """Return gray images of 10 + the number of the case."""
    return CaseThumbnails(
        read=lambda case: (
            None if case in without else np.full((4, 4, 3), 10 + case, dtype=np.uint8)
        ),
        outlined=outlined,
        window_hu=(-1000.0, 400.0),
    )


def test_images_of_the_first_cases_are_shown_if_the_report_has_them(
    results: Results, column_texts: Callable[[Table, str], list[str]]
) -> None:
    table, gallery, by_method = DifficultCases()(replace(results, thumbnails=thumbnails()))
    assert isinstance(table, Table)
    assert isinstance(gallery, Gallery)
    assert isinstance(by_method, Table)
    cases = column_texts(table, "case")
    assert [str(picture.pixels[0, 0, 0] - 10) for picture in gallery.pictures] == cases
    for picture, row in zip(gallery.pictures, table.rows, strict=True):
        case, label, _, prediction = (cell.text for cell in row)
        mean = prediction.partition(" ")[0]
        assert picture.caption == f"Case {case}, {label}, mean prediction {mean}"
        assert picture.alt == f"Case {case}, {label}: CT slice with the largest tumor area"
    assert "Black is −1000 HU or less, white 400 HU or more" in gallery.notes[0]
    assert gallery.notes[-1] == "The images are simulated, not of patients."
    assert not any("--thumbnails" in note for note in table.notes)
    plain, _ = DifficultCases()(results)
    assert isinstance(plain, Table)
    assert plain.notes[-1 if len(cases) < 15 else -2].startswith("lnmbench report --format html")


def test_images_of_patients_and_cases_without_images_are_named(results: Results) -> None:
    real = replace(results, card=replace(results.card, synthetic=False))
    images = thumbnails(outlined=False, without=tuple(range(results.n)))
    _, gallery, _ = DifficultCases()(replace(real, thumbnails=images))
    assert isinstance(gallery, Gallery)
    assert gallery.pictures == ()
    assert gallery.notes[0].startswith("The middle slice of the scan; the cohort has no tumor")
    assert re.fullmatch(r"Without images, not shown: \d+ cases\.", gallery.notes[1])
    assert gallery.notes[2].startswith("The images are of patients: pass this report on only")
