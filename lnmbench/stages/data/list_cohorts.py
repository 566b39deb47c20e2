"""What is at home: cohort files that can be used again, and those that are not finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from lnmbench.errors import UserError
from lnmbench.records import Block, Cell, Paragraph, Preprocessing, Table, TableColumn
from lnmbench.registry import Registry
from lnmbench.store.checkpoints import SUFFIX
from lnmbench.store.cohort_file import read_cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A cohort file at home, or the parts of one that was not finished.

    `targets` are the labels of its targets; `images` says how images were prepared: as usual, or
    what differs; or that there are none. `problem` says why it cannot be used; what is not known
    is empty or 0 then.
    """

    path: Path
    size_mb: float
    when: str
    name: str = ""
    cases: int = 0
    slices: int = 0
    fingerprint: str = ""
    targets: str = ""
    images: str = ""
    problem: str = ""


def kept_cohorts(home: Path) -> list[Kept]:
    """Return what lies in the folder of cohorts, by name of the file."""
    folder = home / "cohorts"
    files = [_file(path) for path in sorted(folder.glob("*.h5"))]
    return files + [_unfinished(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]


def _file(path: Path) -> Kept:
    when, size = _when(path), path.stat().st_size / 1e6
    try:
        cohort = read_cohort(path)
    except UserError as error:
        return Kept(path=path, size_mb=size, when=when, problem=str(error))
    slices = int(np.diff(cohort.offsets).sum())
    return Kept(
        path=path,
        size_mb=size,
        when=when,
        name=cohort.name,
        cases=len(cohort),
        slices=slices,
        fingerprint=cohort.fingerprint,
        targets=", ".join(c.label or c.name for c in cohort.columns if c.role == "target"),
        images=_unusual(cohort.preprocessing) if slices else "none",
    )


def _unusual(preprocessing: Preprocessing) -> str:
    """Return what of the preprocessing is not as usual, e.g. `1×1×1 mm, patch 16`."""
    usual, told = Preprocessing(), []
    if preprocessing.spacing_mm != usual.spacing_mm:
        told.append("×".join(f"{side:g}" for side in preprocessing.spacing_mm) + " mm")
    if preprocessing.patch != usual.patch:
        told.append(f"patch {preprocessing.patch}")
    if preprocessing.air_hu != usual.air_hu:
        told.append(f"air {preprocessing.air_hu} HU")
    return ", ".join(told) or "as usual"


def _unfinished(folder: Path) -> Kept:
    sizes = [part.stat().st_size for part in folder.glob("*.npz")]
    problem = "not finished: the same command goes on; delete the folder to forget it"
    return Kept(
        path=folder,
        size_mb=sum(sizes) / 1e6,
        when=_when(folder),
        cases=len(sizes),
        problem=problem,
    )


def _when(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%d %H:%M UTC")


def blocks(home: Path, registry: Registry) -> list[Block]:
    """Return the cohorts at home, and the data sets that plugins offer."""
    kept = kept_cohorts(home)
    made: list[Block] = [_ready(kept, home)]
    damaged = tuple(f"{k.path.name} ({k.size_mb:.1f} MB): {k.problem}" for k in kept if k.problem)
    if damaged:
        made.append(Paragraph(key="unusable", title="Not ready", lines=damaged))
    made.append(_offered(registry))
    return made


def _ready(kept: Sequence[Kept], home: Path) -> Block:
    rows = tuple(_row(cohort) for cohort in kept if not cohort.problem)
    if not rows:
        line = "none yet: lnmbench data ingest DATASET"
        return Paragraph(key="cohorts", title=f"Cohorts in {home / 'cohorts'}", lines=(line,))
    headings = ("cases", "slices", "MB", "made", "fingerprint", "file")
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


def _row(kept: Kept) -> tuple[Cell, ...]:
    numbers = (kept.cases, kept.slices, f"{kept.size_mb:.1f}")
    said = (kept.name, kept.targets, kept.images, *map(str, numbers))
    texts = (*said, kept.when, kept.fingerprint[:8], kept.path.name)
    return tuple(Cell(text=text) for text in texts)


def _offered(registry: Registry) -> Table:
    offers = sorted(registry.datasets.offers(), key=lambda offer: offer.name)
    return Table(
        key="datasets",
        title="Data sets on offer",
        columns=(
            TableColumn(key="name", heading="data set", align="left"),
            TableColumn(key="summary", heading="what it is", align="left"),
        ),
        rows=tuple((Cell(text=offer.name), Cell(text=offer.summary)) for offer in offers),
    )
