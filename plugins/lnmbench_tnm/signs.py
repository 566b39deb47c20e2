"""Signs of the tumor as one auxiliary task with several binary labels."""

from __future__ import annotations

from functools import partial

from lnmbench import Cohort, Column, UserError
from lnmbench.text import clean, join_first, quote
from lnmbench_tnm.label_columns import find_label_column, read_numbers
from lnmbench_tnm.label_heads import BinaryElements
from lnmbench_tnm.label_task import LabelReading, LabelTask


def signs(names: str) -> LabelTask:
    """Signs such as spiculation: several binary labels, each with its own missing cases.

    A case counts if any sign is known; its loss is the mean over the known ones (Durand, Mehrasa &
    Mori, Learning a Deep ConvNet for Multi-label Classification with Partial Labels, CVPR 2019).
    Radiological signs as auxiliary labels: Shen et al., An Interpretable Deep Hierarchical Semantic
    Convolutional Neural Network for Lung Nodule Malignancy Classification, Expert Syst Appl 2019.

    Parameters
    ----------
    names
        Labels or names of binary columns, joined by `+`: columns of the table, or those that a
        report reader makes.
    """
    parts = [name.strip() for name in names.split("+") if name.strip()]
    if not parts or len({name.casefold() for name in parts}) < len(parts):
        raise UserError(
            "wrong names of aux task signs",
            expected="different columns joined by +, such as spiculation+lobulation",
            got=quote(names),
        )
    title = f"signs: {join_first([clean(name) for name in parts], 6)}"
    return LabelTask("signs", title, partial(_read, names=parts), BinaryElements(len(parts)))


def _read(cohort: Cohort, names: list[str]) -> LabelReading:
    """Return labels (n, signs) of 0, 1 and NaN."""
    import numpy as np

    columns = [find_label_column(cohort, "signs", name) for name in names]
    for column in columns:
        _require_binary(column)
    repeated = [column for index, column in enumerate(columns) if column in columns[:index]]
    if repeated:
        raise UserError(
            f"aux task signs names column {repeated[0].name!r} twice",
            then="name each column once",
        )
    targets = np.stack([read_numbers(cohort, column) for column in columns], axis=1)
    known = ~np.isnan(targets)
    counts = ", ".join(
        f"{clean(column.name)} ({clean(column.categories[1])}) {int(np.nansum(values))} of"
        f" {int((~np.isnan(values)).sum())}"
        for column, values in zip(columns, targets.T, strict=True)
    )
    constant = [
        clean(column.name)
        for column, values in zip(columns, targets.T, strict=True)
        if len(np.unique(values[~np.isnan(values)])) < 2
    ]
    notes = [
        f"aux signs: positive of known: {counts}; any known in {int(known.any(axis=1).sum())} of"
        f" {len(targets)} cases, all in {int(known.all(axis=1).sum())}"
    ]
    if constant:
        notes.append(
            f"aux signs: the same in all known cases, so that nothing can be learned from it:"
            f" {', '.join(constant)}"
        )
    return LabelReading(head=BinaryElements(len(columns)), targets=targets, notes=tuple(notes))


def _require_binary(column: Column) -> None:
    if column.kind == "continuous" or len(column.categories) != 2:
        raise UserError(
            f"column {column.name!r} is not binary",
            where="aux task signs",
            expected="two categories (negative, positive)",
            got=column.kind,
            then=f"use --aux column:name={quote(column.name)}",
        )
