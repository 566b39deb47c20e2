"""What the user is told of a lyDATA cohort: files, labels, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lnmbench_lydata.data_file import DataFile
from lnmbench_lydata.header import T_PREFIX
from lnmbench_lydata.labels import CLINICAL, unclaimed
from lnmbench_lydata.levels import PATHOLOGY, Row
from lnmbench_lydata.table import Table
from lnmbench_lydata.variables import N1


def file_notes(files: Sequence[DataFile], *, renamed: bool, unclear: int) -> Iterator[str]:
    """Say which cohorts were read, and how their headers and ids were taken."""
    yield "read " + ", ".join(f"{file.cohort} ({len(file.rows)} patients)" for file in files)
    for file in files:
        yield from file.notes
    old = [file.cohort for file in files if file.old]
    if old:
        yield (
            f"old header of {', '.join(old)}: '#', '1' and 'info' are read as 'core', "
            "'stage_prefix' as 't_stage_prefix'"
        )
    if renamed:
        yield "cohorts share patient ids: each has its cohort's name before it"
    if unclear:
        yield (
            f"{unclear} patients have levels by left and right and a tumor on neither side: "
            "their levels are unknown as ipsi and contra"
        )


def label_notes(table: Table, rows: Sequence[Row], *, enbloc: bool) -> Iterator[str]:
    """Say how the labels were made, with counts."""
    if N1.name in table.cells:
        positive = Counter(table.cells[N1.name])["True"]
        yield (
            f"n1: {positive} of {table.known(N1.name)} patients have an involved level; "
            f"{len(rows) - table.known(N1.name)} were not examined by {PATHOLOGY}"
        )
    else:
        yield f"n1: no patient was examined by {PATHOLOGY}"
    missed = sum(unclaimed(row, "") for row in rows)
    if missed:
        taken = "positive" if enbloc else "negative (enbloc=true makes them positive)"
        yield (
            f"n1: {missed} patients have every examined level free, yet positive nodes that were "
            f"resected en bloc and count for no level: they are {taken}"
        )
    prefixes = Counter(row.get(T_PREFIX, "").casefold() for row in rows)
    if prefixes[CLINICAL]:
        yield f"pT: unknown for {prefixes[CLINICAL]} patients, whose T class is clinical"


def feature_notes(table: Table, rows: Sequence[Row], examinations: Sequence[str]) -> Iterator[str]:
    """Say what is missing in the features, and what was left out."""
    features = [column.name for column in table.columns if column.role == "feature"]
    by_level = {
        source: max(table.known(name) for name in names)
        for source in examinations
        if (names := [name for name in features if name.startswith(f"{source} ")])
    }
    if by_level:
        told = ", ".join(f"{source} of {known}" for source, known in by_level.items())
        yield (
            f"levels by imaging: {told} of {len(rows)} patients; where a cohort has only the parts "
            "of a level (Ia, Ib), it is involved if one is, and free if all are"
        )
    missing = ", ".join(_missing(table, features, examinations))
    yield f"missing values in the features, of {len(rows)} patients: {missing or 'none'}"
    yield (
        f"{len(features)} variables known before surgery are used; columns without different "
        "values, dates, treatment, N and M class, counts of nodes and planning CT are left out"
    )


def _missing(table: Table, features: Sequence[str], examinations: Sequence[str]) -> Iterator[str]:
    """Yield each feature with its count of unknown cells; the levels of an examination as one."""
    counts = {name: sum(cell == "" for cell in table.cells[name]) for name in features}
    for source in examinations:
        levels = {name for name in counts if name.startswith(f"{source} ")}
        unknown = sorted({counts.pop(name) for name in levels})
        if unknown and unknown[-1]:
            span = f"{unknown[0]} to {unknown[-1]}" if len(unknown) > 1 else str(unknown[0])
            yield f"every level by {source} {span}"
    yield from (f"{name} {count}" for name, count in counts.items() if count)
