"""Findings of pathology as auxiliary tasks: size, histology, growth pattern, grade, invasion."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from lnmbench import Cohort, Column, UserError
from lnmbench.text import clean, quote
from lnmbench_tnm.column_task import read_column
from lnmbench_tnm.label_columns import (
    describe_source,
    find_label_column,
    read_numbers,
    require_categories,
)
from lnmbench_tnm.label_heads import Measurement
from lnmbench_tnm.label_task import LabelReading, LabelTask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MM = {"mm": 1.0, "cm": 10.0, "millimeter": 1.0, "centimeter": 10.0}
_SHARES = {"%": 0.01, "percent": 0.01, "share": 1.0, "1": 1.0}
_REFERENCE_MM = 30.0


def size() -> LabelTask:
    """Long axis of the tumor, as a logarithm: 1 is twice, −1 is half of 30 mm.

    Size is the main descriptor of the T stage (Rami-Porta et al., The IASLC Lung Cancer Staging
    Project, J Thorac Oncol 2015).
    """
    return LabelTask("size", "long axis of the tumor", _read_size, Measurement())


def histology() -> LabelTask:
    """Histological type, by softmax.

    Travis et al., The 2015 WHO Classification of Lung Tumors, J Thorac Oncol 2015.
    """
    return _make_task("histology", "histological type", "adenocarcinoma, squamous cell carcinoma")


def grade() -> LabelTask:
    """Grade of differentiation, by a cumulative link model.

    Moreira et al., A Grading System for Invasive Pulmonary Adenocarcinoma, J Thorac Oncol 2020.
    """
    return _make_task("grade", "grade of differentiation", "G1, G2, G3")


def invasion(kind: Literal["pleural", "lymphovascular", "stas"]) -> LabelTask:
    """Invasion of the pleura or of vessels, or spread through air spaces (STAS).

    Pleura: Travis et al. 2008; vessels: Higgins et al. 2012; STAS: Kadota et al. 2015, all J Thorac
    Oncol.

    Parameters
    ----------
    kind
        The invasion; the column is labeled `invasion_pleural`, `invasion_lymphovascular` or
        `invasion_stas`.
    """
    title = {"pleural": "pleural invasion", "lymphovascular": "lymphovascular invasion"}
    label = f"invasion_{kind}"
    return _make_task(
        f"invasion:kind={kind}", title.get(kind, "spread through air spaces"), "no, yes", label
    )


def growth_pattern(patterns: str = "micropapillary+solid") -> LabelTask:
    """Share of the tumor with high-grade growth patterns, micropapillary or solid.

    Moreira et al., A Grading System for Invasive Pulmonary Adenocarcinoma, J Thorac Oncol 2020.

    Parameters
    ----------
    patterns
        Patterns whose shares are added, separated by `+`; their columns are labeled
        `growth_NAME`, in percent or as shares.
    """
    names = tuple(name.strip() for name in patterns.split("+") if name.strip())
    if not names or len(set(names)) < len(names):
        raise UserError(
            "wrong patterns of aux task growth_pattern",
            expected="different names joined by +, such as micropapillary+solid",
            got=quote(patterns),
        )
    title = f"share of {' and '.join(map(clean, names))} growth"
    return LabelTask("growth_pattern", title, partial(_read_growth, names=names), Measurement())


def _make_task(task: str, title: str, example: str, label: str = "") -> LabelTask:
    return LabelTask(
        task, title, partial(_read_classes, task=task, label=label or task, example=example)
    )


def _read_classes(cohort: Cohort, task: str, label: str, example: str) -> LabelReading:
    column = find_label_column(cohort, task, label)
    require_categories(column, example)
    return read_column(cohort, column, task)


def _read_size(cohort: Cohort) -> LabelReading:
    import numpy as np

    column = find_label_column(cohort, "size", "size", "long axis", "long_axis")
    size_mm = _scale(cohort, column, "size", _MM, "mm or cm")
    known = ~np.isnan(size_mm)
    if (size_mm[known] <= 0).any():
        count = int((size_mm[known] <= 0).sum())
        raise UserError(
            f"column {column.name!r} holds sizes that are not positive",
            where="aux task size",
            expected="lengths above 0",
            got=f"{count} of {known.sum()}",
            then="list them as missing in the data dictionary if they mean that",
        )
    return LabelReading(
        head=Measurement(),
        targets=np.log2(size_mm / _REFERENCE_MM),
        notes=(
            describe_source("size", column, int(known.sum()), len(size_mm)),
            "aux size: logarithm to the base 2 of the size relative to 30 mm",
        ),
    )


def _read_growth(cohort: Cohort, names: tuple[str, ...]) -> LabelReading:
    """Return the sum of the shares of some patterns, NaN where any of them is missing."""
    import numpy as np

    task = "growth_pattern"
    columns = [find_label_column(cohort, task, f"growth_{name}") for name in names]
    shares = [_scale(cohort, column, task, _SHARES, "% or share") for column in columns]
    total = np.sum(shares, axis=0)
    known = ~np.isnan(total)
    wrong = [s[~np.isnan(s) & ((s < 0) | (s > 1))] for s in shares]
    wrong.append(total[known & (total > 1.0 + 1e-6)])
    if any(part.size for part in wrong):
        raise UserError(
            "shares of growth patterns are not between 0 and 1",
            where=f"aux task {task}, {' and '.join(repr(c.name) for c in columns)}",
            expected="shares of one tumor, at most 1 (100 %) together",
            then="correct the unit in the data dictionary, or the cells",
        )
    sources = " and ".join(repr(clean(column.name)) for column in columns)
    return LabelReading(
        head=Measurement(),
        targets=total,
        notes=(
            f"aux {task}: the label is the sum of columns {sources}, as a share;"
            f" known in {known.sum()} of {len(total)} cases",
        ),
    )


def _scale(
    cohort: Cohort, column: Column, task: str, factors: dict[str, float], expected: str
) -> NDArray[np.float64]:
    """Return the numbers of a column in the unit of the task, (n,)."""
    if column.kind != "continuous":
        raise UserError(
            f"wrong kind of column {column.name!r}",
            where=f"aux task {task}",
            expected="kind continuous",
            got=column.kind,
            then="change its kind in the data dictionary",
        )
    factor = factors.get((column.unit or "").strip().casefold())
    if factor is None:
        raise UserError(
            f"unknown unit of column {column.name!r}",
            where=f"aux task {task}",
            expected=f"the unit {expected} in the data dictionary",
            got=quote(column.unit) if column.unit else "none",
        )
    return read_numbers(cohort, column) * factor
