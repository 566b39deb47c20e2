"""The cohort by the target, as Table 1 of a clinical paper, with missing values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    CLINICAL_MODALITY,
    Block,
    Cell,
    CenterCounts,
    ImageCounts,
    Results,
    Summary,
    Table,
    TableColumn,
    Variable,
)
from lnmbench.results import MISSING, describe_target
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix

ROLES = {"target": " (target)", "aux": " (auxiliary)"}
Row = tuple[Cell, ...]

WIDE = 40
"""Features of a modality other than the clinical one that are listed at most."""
MOST_CENTERS = 10
"""The largest number of centers in rows of their own."""


class CohortTable:
    """Each variable over all, over negative and over positive cases."""

    group: SectionGroup = "cohort"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block if the ledger has no variables."""
        if results.profile is None or not results.profile.variables:
            return []
        modalities = (v.modality for v in results.profile.variables)
        counts = Counter(name for name in modalities if name != CLINICAL_MODALITY)
        wide = {name for name, count in counts.items() if count > WIDE}
        variables = sorted(
            (v for v in results.profile.variables if v.modality not in wide),
            key=lambda v: v.role != "feature",
        )
        table = Table(
            key="cohort",
            title=f"Cohort by {describe_target(results)}{synthetic_suffix(results.card)}",
            columns=(
                TableColumn(key="variable", heading="Variable", align="left"),
                TableColumn(key="what", heading="Shown", align="left"),
                TableColumn(key="all", heading=f"All (n = {results.n})"),
                TableColumn(
                    key="negative", heading=f"Negative (n = {results.n - results.positives})"
                ),
                TableColumn(key="positive", heading=f"Positive (n = {results.positives})"),
            ),
            rows=(
                *_patient_rows(results),
                *_center_rows(results, results.profile.centers),
                *(row for v in variables for row in _make_rows(v)),
            ),
            notes=(
                "Median (quartiles), or number (percent): of the cases in which the variable is "
                "known, or of all cases for missing values. Variables other than target and "
                "auxiliary labels enter the models. Groups are described, not tested.",
                *_describe_centers(results.profile.centers),
                *_describe_images(results.profile.images),
                *(f"Not listed: {counts[name]} features of {name}." for name in sorted(wide)),
            ),
        )
        return [table]


def format_measures(*values: float) -> list[str]:
    """Return measures of one unit, to three digits of the largest, with as few as they need.

    Examples
    --------
    >>> format_measures(66.0, 58.0, 73.0), format_measures(24.5, 16.75, 31.25)
    (['66', '58', '73'], ['24.5', '16.8', '31.2'])
    >>> format_measures(-0.5, -1.0, 0.125)
    ['−0.50', '−1.00', '0.12']
    """
    largest = max(map(abs, values))
    most = min(max(2 - int(np.floor(np.log10(largest))), 0), 6) if largest > 0.0 else 0
    digits = next(
        (few for few in range(most) if all(round(value, few) == value for value in values)), most
    )
    return [f"{value:,.{digits}f}".replace("-", "−") for value in values]


def _patient_rows(results: Results) -> Iterator[Row]:
    """Yield the number of patients, if some of them have several cases."""
    if not results.patients.size:
        return
    classes = (results.patients[results.truth == label] for label in (0.0, 1.0))
    counts = [len(np.unique(patients)) for patients in (results.patients, *classes)]
    if counts[0] != results.n:
        name = (Cell(text="patients"), Cell(text="number"))
        yield (*name, *(Cell(text=str(count), value=float(count)) for count in counts))


def _center_rows(results: Results, centers: Sequence[CenterCounts]) -> Iterator[Row]:
    """Yield the numbers of cases of the largest centers, and of all others together."""
    listed = list(centers[:MOST_CENTERS])
    names = [f"center {number}" for number in range(1, len(listed) + 1)]
    others = centers[MOST_CENTERS:]
    if others:
        names.append(f"{plural(len(others), 'other center')}")
        listed.append(_add_up(others))
    unknown = results.n - sum(center.cases for center in centers)
    if centers and unknown:
        names.append("center unknown")
        positives = results.positives - sum(center.positives for center in centers)
        listed.append(CenterCounts(cases=unknown, positives=positives))
    totals = (results.n, results.n - results.positives, results.positives)
    for name, center in zip(names, listed, strict=True):
        counts = (center.cases, center.cases - center.positives, center.positives)
        cells = (_count_cell(count, total) for count, total in zip(counts, totals, strict=True))
        yield (Cell(text=name), Cell(text="cases"), *cells)


def _add_up(centers: Sequence[CenterCounts]) -> CenterCounts:
    return CenterCounts(
        cases=sum(center.cases for center in centers),
        positives=sum(center.positives for center in centers),
    )


def _describe_centers(centers: Sequence[CenterCounts]) -> Iterator[str]:
    if centers:
        yield (
            "Centers are numbered by their cases; they enter no model, and the folds do not "
            "separate them."
        )


def _describe_images(images: ImageCounts | None) -> Iterator[str]:
    """Yield the number of cases without images, which networks predict or which are left out."""
    if images is None:
        return
    without, positives = images.without_images, images.positives_without_images
    counts = f"{plural(without, 'case')} without images ({positives} positive)"
    yield (
        f"Left out: {counts}." if images.left_out else f"Among these: {counts}; images are masked."
    )


def _make_rows(variable: Variable) -> Iterator[Row]:
    unit = f", {variable.unit}" if variable.unit else ""
    name = Cell(text=f"{variable.name}{unit}{ROLES.get(variable.role, '')}")
    summaries = (variable.everyone, variable.negative, variable.positive)

    def make_row(statistic: str, make_cell: Callable[[Summary], Cell]) -> Row:
        return (name, Cell(text=statistic), *(make_cell(summary) for summary in summaries))

    if variable.kind == "continuous":
        yield make_row("median (quartiles)", _median_cell)
    for index, category in enumerate(variable.categories):
        yield make_row(category, partial(_category_cell, index=index))
    if variable.everyone.missing:
        yield make_row("missing", _missing_cell)


def _category_cell(summary: Summary, *, index: int) -> Cell:
    return _count_cell(summary.counts[index], summary.known)


def _missing_cell(summary: Summary) -> Cell:
    return _count_cell(summary.missing, summary.known + summary.missing)


def _count_cell(count: int, total: int) -> Cell:
    percent = f"{100.0 * count / total:.1f}" if total else MISSING
    return Cell(text=f"{count} ({percent})", value=float(count))


def _median_cell(summary: Summary) -> Cell:
    if summary.quartiles is None:
        return Cell(text=MISSING)
    low, middle, high = summary.quartiles
    middle_text, low_text, high_text = format_measures(middle, low, high)
    text = f"{middle_text} ({low_text} to {high_text})"
    return Cell(text=text, value=middle, low=low, high=high)
