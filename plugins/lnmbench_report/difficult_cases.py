"""Cases that every method gets wrong: those that all rank among cases of the other label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    Block,
    CaseThumbnails,
    Cell,
    Gallery,
    Picture,
    Results,
    Table,
    TableColumn,
)
from lnmbench.results import CaseRanking, format_decimal, rank_cases
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix

MOST_CASES = 15
"""Cases in the short table, and images."""
COLUMNS = (
    TableColumn(key="case", heading="Case"),
    TableColumn(key="label", heading="Label", align="left"),
    TableColumn(key="placement", heading="Ranked right (range)"),
    TableColumn(key="prediction", heading="Mean prediction (range)"),
)
METHOD_COLUMNS = (
    TableColumn(key="case", heading="Case"),
    TableColumn(key="label", heading="Label", align="left"),
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="placement", heading="Ranked right"),
    TableColumn(key="prediction", heading="Mean prediction"),
)


class DifficultCases:
    """The cases that every method ranks among those of the other label."""

    group: SectionGroup = "predictions"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return tables and images, or no block if the cases cannot be ranked."""
        ranking = rank_cases(results)
        if ranking is None:
            return []
        cases = ranking.difficult()
        blocks: list[Block] = [_make_table(results, ranking, cases)]
        if cases and results.thumbnails is not None:
            blocks.append(_make_gallery(results, results.thumbnails, ranking, cases[:MOST_CASES]))
        if cases:
            blocks.append(_make_method_table(results, ranking, cases))
        return blocks


def _make_table(results: Results, ranking: CaseRanking, cases: Sequence[int]) -> Table:
    share = f"{len(cases)} of {plural(results.n, 'case')}"
    count = plural(len(ranking.methods), "method")
    notes = [
        f"All {count} rank {share} wrongly: more cases of the other label in the test fold are on "
        "the wrong side of the case than on the right one, in the mean over the repeats. Ranked "
        "right: the share on the right side, whose mean over the cases is the AUC; mean and range "
        "over the methods.",
        "Case: its number in the ledger (table cases), from 0. Such a case may be unusual, or its "
        "label or image wrong.",
    ]
    has_images = results.profile is None or results.profile.near_duplicates is not None
    if cases and has_images and results.thumbnails is None:
        notes.append("lnmbench report --format html --thumbnails shows images of these cases.")
    unranked = int(np.isnan(ranking.placement).any(axis=0).sum())
    if unranked:
        notes.append(
            "Not ranked, because its test folds have no case of the other label:"
            f" {plural(unranked, 'case')}."
        )
    if len(cases) > MOST_CASES:
        notes.append(f"The first {MOST_CASES} are shown; HTML, LaTeX and CSV reports have all.")
    return Table(
        key="difficult_cases",
        title=f"Cases that every method gets wrong{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(tuple(_make_cells(ranking, case)) for case in cases[:MOST_CASES]),
        notes=tuple(notes),
    )


def _make_cells(ranking: CaseRanking, case: int) -> Iterator[Cell]:
    yield Cell(text=str(case), value=float(case))
    yield Cell(text=ranking.label(case))
    yield _mean_cell(ranking.placement[:, case])
    yield _mean_cell(ranking.prediction[:, case])


def _mean_cell(values: NDArray[np.float64]) -> Cell:
    mean, low, high = float(values.mean()), float(values.min()), float(values.max())
    first, *others = (format_decimal(value, digits=2) for value in (mean, low, high))
    return Cell(text=f"{first} ({' to '.join(others)})", value=mean, low=low, high=high)


def _make_gallery(
    results: Results, thumbnails: CaseThumbnails, ranking: CaseRanking, cases: Sequence[int]
) -> Gallery:
    slice_text = (
        "CT slice with the largest tumor area" if thumbnails.outlined else "middle CT slice"
    )
    pictures = []
    for case in cases:
        pixels = thumbnails.read(case)
        if pixels is not None:
            text = f"Case {case}, {ranking.label(case)}"
            mean = format_decimal(float(ranking.prediction[:, case].mean()), digits=2)
            picture = Picture(
                pixels=pixels,
                alt=f"{text}: {slice_text}",
                caption=f"{text}, mean prediction {mean}",
            )
            pictures.append(picture)
    return Gallery(
        key="difficult_case_images",
        title=f"Images of the cases that every method gets wrong{synthetic_suffix(results.card)}",
        pictures=tuple(pictures),
        notes=tuple(_describe_images(results, thumbnails, len(cases) - len(pictures))),
    )


def _describe_images(results: Results, thumbnails: CaseThumbnails, missing: int) -> Iterator[str]:
    low, high = (f"{limit:g}".replace("-", "−") for limit in thumbnails.window_hu)
    kind = (
        "The slice with the largest tumor area; the line runs just outside the tumor region."
        if thumbnails.outlined
        else "The middle slice of the scan; the cohort has no tumor regions."
    )
    scale = f"Black is {low} HU or less, white {high} HU or more"
    yield f"{kind} {scale}; the patient's right is on the left."
    if missing:
        yield f"Without images, not shown: {plural(missing, 'case')}."
    if results.card.synthetic:
        yield "The images are simulated, not of patients."
    else:
        yield "The images are of patients: pass this report on only to those who may see them."


def _make_method_table(results: Results, ranking: CaseRanking, cases: Sequence[int]) -> Table:
    pairs = [(case, row) for case in cases for row in range(len(ranking.methods))]
    return Table(
        key="difficult_cases_by_method",
        title=f"Cases that every method gets wrong, by method{synthetic_suffix(results.card)}",
        columns=METHOD_COLUMNS,
        rows=tuple(
            (
                Cell(text=str(case), value=float(case)),
                Cell(text=ranking.label(case)),
                Cell(text=ranking.methods[row].method.label),
                _number(float(ranking.placement[row, case])),
                _number(float(ranking.prediction[row, case])),
            )
            for case, row in pairs
        ),
        methods=tuple((ranking.methods[row].method.fingerprint,) for _, row in pairs),
        exhaustive=True,
    )


def _number(value: float) -> Cell:
    return Cell(text=format_decimal(value, digits=2), value=value)
