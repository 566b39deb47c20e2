"""List of the cohort files: usable, damaged and unfinished ones, and the data sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from lnmbench.errors import UserError
from lnmbench.records import Block, Cell, Paragraph, Preprocessing, Table, TableColumn
from lnmbench.registry import Registry
from lnmbench.store.checkpoints import PART_FILES, SUFFIX
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_folder import find_stored


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCohort:
    """A cohort file, or the folder of parts of an unfinished one.

    `targets` are the labels of its targets; `images` are the settings of preprocessing that differ
    from the default ones, or "none" without images. `problem` is the reason why the file cannot be
    used; unknown fields are then empty or 0.
    """

    path: Path
    size_mb: float
    modified: str
    name: str = ""
    cases: int = 0
    slices: int = 0
    fingerprint: str = ""
    targets: str = ""
    images: str = ""
    problem: str = ""


def read_stored_cohorts(home: Path) -> list[StoredCohort]:
    """Return the files and unfinished folders of cohorts, by name."""
    files = [_read(path) for path in find_stored(home, ".h5")]
    return files + [_describe_unfinished(path) for path in find_stored(home, SUFFIX)]


def _read(path: Path) -> StoredCohort:
    modified, size_mb = _modification_time(path), path.stat().st_size / 1e6
    try:
        cohort = read_cohort(path)
    except UserError as error:
        return StoredCohort(path=path, size_mb=size_mb, modified=modified, problem=str(error))
    slices = int(np.diff(cohort.offsets).sum())
    return StoredCohort(
        path=path,
        size_mb=size_mb,
        modified=modified,
        name=cohort.name,
        cases=len(cohort),
        slices=slices,
        fingerprint=cohort.fingerprint,
        targets=", ".join(c.label or c.name for c in cohort.columns if c.role == "target"),
        images=_preprocessing(cohort.preprocessing) if slices else "none",
    )


def _preprocessing(preprocessing: Preprocessing) -> str:
    """Return the settings that differ from the default ones, e.g. `1×1×1 mm, patch 16`."""
    defaults, settings = Preprocessing(), []
    if preprocessing.region == "none":
        settings.append(f"{preprocessing.slices} slices of the whole scan")
    if preprocessing.spacing_mm != defaults.spacing_mm:
        settings.append("×".join(f"{side:g}" for side in preprocessing.spacing_mm) + " mm")
    if preprocessing.patch != defaults.patch:
        settings.append(f"patch {preprocessing.patch}")
    if preprocessing.air_hu != defaults.air_hu:
        settings.append(f"air {preprocessing.air_hu} HU")
    if preprocessing.native_mm:
        settings.append(f"native within {preprocessing.native_mm:g} mm")
    if preprocessing.allow_implausible:
        settings.append("implausible HU allowed")
    return ", ".join(settings) or "default"


def _describe_unfinished(folder: Path) -> StoredCohort:
    sizes = [part.stat().st_size for part in folder.glob(PART_FILES)]
    problem = "unfinished: rerun the same command to resume; delete the folder to discard it"
    return StoredCohort(
        path=folder,
        size_mb=sum(sizes) / 1e6,
        modified=_modification_time(folder),
        cases=len(sizes),
        problem=problem,
    )


def _modification_time(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%d %H:%M UTC")


def tabulate_cohorts(home: Path, registry: Registry) -> list[Block]:
    """Return tables of the ingested cohorts and of the available data sets."""
    cohorts = read_stored_cohorts(home)
    blocks: list[Block] = [_usable_table(cohorts, home)]
    problems = tuple(
        f"{c.path.name} ({c.size_mb:.1f} MB): {c.problem}" for c in cohorts if c.problem
    )
    if problems:
        blocks.append(Paragraph(key="unusable", title="Not usable", lines=problems))
    blocks.append(_data_sets(registry))
    return blocks


def _usable_table(cohorts: Sequence[StoredCohort], home: Path) -> Block:
    rows = tuple(_row(cohort) for cohort in cohorts if not cohort.problem)
    if not rows:
        line = "none yet; create one with lnmbench data ingest DATASET"
        return Paragraph(key="cohorts", title=f"Cohorts in {home / 'cohorts'}", lines=(line,))
    headings = ("cases", "slices", "MB", "created", "fingerprint", "file")
    return Table(
        key="cohorts",
        title=f"Cohorts in {home / 'cohorts'}",
        columns=(
            TableColumn(key="name", heading="cohort", align="left"),
            TableColumn(key="targets", heading="targets", align="left"),
            TableColumn(key="images", heading="images", align="left"),
            *(TableColumn(key=heading, heading=heading) for heading in headings),
        ),
        rows=rows,
    )


def _row(cohort: StoredCohort) -> tuple[Cell, ...]:
    numbers = (cohort.cases, cohort.slices, f"{cohort.size_mb:.1f}")
    texts = (
        *(cohort.name, cohort.targets, cohort.images),
        *map(str, numbers),
        *(cohort.modified, cohort.fingerprint[:8], cohort.path.name),
    )
    return tuple(Cell(text=text) for text in texts)


def _data_sets(registry: Registry) -> Table:
    offers = sorted(registry.datasets.offers(), key=lambda offer: offer.name)
    return Table(
        key="datasets",
        title="Available data sets",
        columns=(
            TableColumn(key="name", heading="data set", align="left"),
            TableColumn(key="summary", heading="description", align="left"),
        ),
        rows=tuple((Cell(text=offer.name), Cell(text=offer.summary)) for offer in offers),
    )
