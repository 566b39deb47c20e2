"""Description of a cohort file: tables of its targets, columns and images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import (
    CLINICAL_MODALITY,
    TEXT_ROLES,
    Block,
    Cell,
    Cohort,
    Column,
    Paragraph,
    Table,
    TableColumn,
)
from lnmbench.registry import Registry
from lnmbench.stages.ingest import (
    TargetLabels,
    count_kinds,
    find_leaks,
    ingest_log_path,
    label_cohort,
    read_left_out,
)
from lnmbench.store.cohort_file import read_cohort, read_scans
from lnmbench.store.cohort_scans import Scans
from lnmbench.text import plural

_AXES = ("across the patient (x)", "front to back (y)", "feet to head (z)")
_REASONS = 8


def describe_cohort(cohort_file: Path, registry: Registry) -> list[Block]:
    """Return blocks on a cohort's size, targets, columns, images, cases left out, and card."""
    cohort = read_cohort(cohort_file)
    scans, left_out = read_scans(cohort_file)
    targets, faults = label_cohort(cohort, registry)
    blocks: list[Block] = [_positive_classes(cohort, targets)] if targets else []
    blocks += [_cohort(cohort, cohort_file, left_out), _targets(targets)]
    if faults:
        blocks.append(Paragraph(key="faults", title="Failed, left out", lines=tuple(faults)))
    leaks = find_leaks(cohort, registry)
    if leaks:
        title = "Features that may be known only after surgery"
        blocks.append(Paragraph(key="leaks", title=title, lines=tuple(leaks)))
    columns = [column for column in cohort.columns if column.role not in TEXT_ROLES]
    labels = [column for column in columns if column.role != "feature"]
    blocks.append(_columns("labels", "Labels", cohort, labels))
    blocks.append(_columns("features", "Features", cohort, cohort.features))
    if np.any(cohort.offsets):
        blocks.append(_images(cohort, scans))
    if left_out:
        blocks.append(_describe_left_out(cohort_file, left_out))
    blocks.append(_card(cohort))
    return [block for block in blocks if not isinstance(block, Table) or block.rows]


def _cohort(cohort: Cohort, cohort_file: Path, left_out: int) -> Paragraph:
    slices = np.diff(cohort.offsets)
    with_images = int(np.count_nonzero(slices))
    patients = len(set(cohort.groups))
    images = (
        f"{with_images} of {plural(len(cohort), 'case')} with images, "
        f"{plural(int(slices.sum()), 'slice')} in all"
        if with_images
        else "no images: a clinical table"
    )
    lines = [
        f"{plural(len(cohort), 'case')} of {plural(patients, 'patient')}, "
        f"{left_out} left out at ingest",
        images,
        f"fingerprint {cohort.fingerprint}",
        f"file {cohort_file}",
    ]
    return Paragraph(key="cohort", title=f"Cohort {cohort.name}", lines=tuple(lines))


def _positive_classes(cohort: Cohort, targets: Sequence[TargetLabels]) -> Paragraph:
    lines = dict.fromkeys(note for each in targets for note in each.target.notes(cohort))
    return Paragraph(key="positive", title="Positive classes", lines=tuple(lines))


def _targets(targets: Sequence[TargetLabels]) -> Table:
    rows = []
    for each in targets:
        labels = each.labels
        known = labels[~np.isnan(labels)]
        positive = int(known.sum())
        share = _share(positive, len(known))
        cells = (positive, len(known) - positive, len(labels) - len(known))
        rows.append((Cell(text=each.name), *map(_count, cells), share))
    return Table(
        key="targets",
        title="Targets",
        columns=(
            TableColumn(key="target", heading="target", align="left"),
            TableColumn(key="positive", heading="positive"),
            TableColumn(key="negative", heading="negative"),
            TableColumn(key="unknown", heading="unknown"),
            TableColumn(key="prevalence", heading="prevalence"),
        ),
        rows=tuple(rows),
    )


def _columns(key: str, title: str, cohort: Cohort, columns: Sequence[Column]) -> Table:
    return Table(
        key=key,
        title=title,
        columns=(
            TableColumn(key="column", heading="column", align="left"),
            TableColumn(key="role", heading="role", align="left"),
            TableColumn(key="values", heading="values", align="left"),
            TableColumn(key="missing", heading="missing"),
            TableColumn(key="missing_share", heading="share"),
        ),
        rows=tuple(_row(cohort, column) for column in columns),
    )


def _row(cohort: Cohort, column: Column) -> tuple[Cell, ...]:
    values = np.asarray(cohort.values[column.name], dtype=np.float64)
    missing = int(np.isnan(values).sum())
    part = column.label or ("" if column.modality == CLINICAL_MODALITY else column.modality)
    role = f"{column.role} {part}".rstrip()
    summary = _spread(values, column) if column.kind == "continuous" else _counts(values, column)
    texts = (Cell(text=column.name), Cell(text=role), Cell(text=summary))
    return (*texts, _count(missing), _share(missing, len(values)))


def _spread(values: NDArray[np.float64], column: Column) -> str:
    known = values[~np.isnan(values)]
    if not len(known):
        return "none"
    low, middle, high = np.quantile(known, (0.25, 0.5, 0.75))
    unit = f" {column.unit}" if column.unit else ""
    return f"median {middle:.3g}{unit}, quartiles {low:.3g} to {high:.3g}"


def _counts(values: NDArray[np.float64], column: Column) -> str:
    counts = Counter(values[~np.isnan(values)].astype(int).tolist())
    return ", ".join(f"{name} {counts[code]}" for code, name in enumerate(column.categories))


def _images(cohort: Cohort, scans: Scans) -> Table:
    slices = np.diff(cohort.offsets)
    has_images = slices > 0
    rows = [
        _distribution("slices per case", slices[has_images].astype(float), ".0f"),
        *(
            _distribution(
                f"original spacing, {axis}, mm", scans.spacing_mm[has_images, number], ".3g"
            )
            for number, axis in enumerate(_AXES)
        ),
        *(
            _distribution(
                f"original voxels, {axis}", scans.size[has_images, number].astype(float), ".0f"
            )
            for number, axis in enumerate(_AXES)
        ),
        _distribution("original tumor volume, ml", scans.tumor_ml[has_images, 0], ".3g"),
        _distribution("tumor volume in the patches, ml", scans.tumor_ml[has_images, 1], ".3g"),
    ]
    spacing = " × ".join(f"{length:g}" for length in cohort.preprocessing.spacing_mm)
    return Table(
        key="images",
        title=f"Images of {plural(int(has_images.sum()), 'case')}",
        columns=(
            TableColumn(key="quantity", heading="quantity", align="left"),
            TableColumn(key="minimum", heading="minimum"),
            TableColumn(key="median", heading="median"),
            TableColumn(key="maximum", heading="maximum"),
        ),
        rows=tuple(rows),
        notes=(f"Resampled to {spacing} mm, {cohort.preprocessing.patch} pixels across.",),
    )


def _distribution(quantity: str, values: NDArray[np.float64], form: str) -> tuple[Cell, ...]:
    numbers = (values.min(), float(np.median(values)), values.max())
    cells = (Cell(text=format(float(n), form), value=float(n)) for n in numbers)
    return (Cell(text=quantity), *cells)


def _describe_left_out(path: Path, number: int) -> Paragraph:
    title = f"Left out at ingest: {plural(number, 'case')}"
    log = ingest_log_path(path)
    try:
        reasons = [reason for _, reason in read_left_out(log)]
    except UserError:
        lines: tuple[str, ...] = ("their ingest log is missing; ingest again to see why",)
    else:
        lines = (*count_kinds(reasons, _REASONS), f"ingest log: {log}")
    return Paragraph(key="left_out", title=title, lines=lines)


def _card(cohort: Cohort) -> Paragraph:
    return Paragraph(key="card", title="Card", lines=tuple(_card_lines(cohort)))


def _card_lines(cohort: Cohort) -> Iterator[str]:
    card = cohort.card
    yield card.title
    fields = {"license": card.license, "source": card.source, "citation": card.citation}
    for name, text in {**fields, "labels": card.labels}.items():
        if text:
            yield f"{name}: {text}"
    yield from card.notes


def _count(number: int) -> Cell:
    return Cell(text=str(number), value=float(number))


def _share(part: int, whole: int) -> Cell:
    if not whole:
        return Cell(text="")
    return Cell(text=f"{100 * part / whole:.1f} %", value=part / whole)
