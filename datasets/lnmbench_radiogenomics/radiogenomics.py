"""NSCLC Radiogenomics: the clinical table with pathological N and T, and the images."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from lnmbench import Card, Case, Column, UserError, Volume
from lnmbench.errors import nearest
from lnmbench.records import Source
from lnmbench_radiogenomics.clinical_file import (
    ID_HEADERS,
    find_clinical_file,
    read_clinical_file,
)
from lnmbench_radiogenomics.variables import (
    CENTER,
    COLUMNS,
    FEATURES,
    NEVER_SMOKED,
    NODES,
    PACK_YEARS,
    SMOKING,
    TUMOUR,
)

if TYPE_CHECKING:
    from lnmbench.imaging.dicom_index import Series

_ID = ID_HEADERS[0]

CARD = Card(
    title="NSCLC Radiogenomics (TCIA)",
    licence="CC BY 3.0",
    source="The Cancer Imaging Archive, doi 10.7937/K9/TCIA.2017.7hs46erv",
    citation="Bakr S. et al., A radiogenomic dataset of non-small cell lung cancer, "
    "Sci Data 2018, doi 10.1038/sdata.2018.202",
    labels="Pathological N and T of the resected specimen, AJCC 7 (there is no T1c); the patients "
    "AMC-… have no pathological stages",
    notes=(
        "Histology is not a feature: the table does not say whether it was read from a biopsy or "
        "from the specimen. Mutations, grade and invasion were read from the specimen.",
        "Few events (33 pN+, 18 pN2) and almost no signal in the clinical variables: no ranking "
        "of methods is to be expected.",
        "Dates in the table are shifted; none is used.",
    ),
)
_WITHOUT_IMAGES = "No images: this is the clinical table alone."
_WITH_IMAGES = (
    "144 patients, all R01-…, have a segmentation (series 1000, by Stanford). The CT is the one "
    "that it was drawn on; scouts, other planes and PET/CT are not used. Scanners and protocols "
    "differ, contrast too."
)
SOURCE = Source(
    licence=CARD.licence,
    steps=(
        "open the collection's page: https://doi.org/10.7937/K9/TCIA.2017.7hs46erv",
        "download the clinical data (CSV)",
        "download the images with the NBIA Data Retriever (about 100 GB), or with idc-index from "
        "the Imaging Data Commons (collection nsclc_radiogenomics)",
        "keep all of it below one folder and give that as root; names of folders do not matter",
    ),
    citation=CARD.citation,
)


class Radiogenomics:
    """NSCLC Radiogenomics: 211 patients, 162 with pathological stages, 144 with a segmented CT.

    Features are what is known before surgery: age, weight, sex, ethnicity, smoking, the
    ground-glass share on CT and the lobe. The table's first column may be called `Patient ID`
    or `Case ID`.

    Parameters
    ----------
    root
        Folder that holds the CSV at any depth (it is found by its header), or the CSV itself.
    images
        Whether the cases have images, told by DICOM headers anywhere below root: `yes`, `no`, or
        `auto`, if there are any. With images, a patient without a segmentation or its CT is left
        out when the cohort is ingested, and told in the ingest report.

    Raises
    ------
    UserError
        Where the table is not there, is broken, or holds a value that is not in its dictionary;
        for `images=yes`, where there are none of these patients.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(self, root: Path, images: Literal["auto", "yes", "no"] = "auto") -> None:
        folder = Path(root).expanduser()
        path = find_clinical_file(folder)
        rows = read_clinical_file(path)
        _check(rows, path)
        self._rows = [_with_pack_years(row) for row in rows]
        ids = [row[_ID] for row in rows]
        self._images = _images(folder, ids, images)
        self.columns: Sequence[Column] = COLUMNS
        self.card = replace(
            CARD, notes=(*CARD.notes, _WITH_IMAGES if self._images else _WITHOUT_IMAGES)
        )
        self.sources: Sequence[Path] = (path, *_files(self._images, ids))
        self.notes: Sequence[str] = (*_notes(rows), *_told(self._images, ids))

    def cases(self) -> Iterator[Case]:
        """Yield the patients in the order of the table; images are read by `Case.volume`."""
        for row in self._rows:
            values = {column.name: row[column.name] for column in COLUMNS}
            yield Case(id=row[_ID], values=values, volume=self._volume(row[_ID]))

    def _volume(self, patient: str) -> Callable[[], Volume] | None:
        if not self._images:
            return None
        from lnmbench_radiogenomics.images import CaseImages

        return CaseImages(series=self._images.get(patient, ()))


def _images(root: Path, ids: Sequence[str], asked: str) -> Mapping[str, tuple[Series, ...]]:
    """Return the series by patient; empty where the cases have no images."""
    if asked == "no" or (asked == "auto" and not root.is_dir()):
        return {}
    from lnmbench_radiogenomics.images import find_images

    found = find_images(root if root.is_dir() else root.parent)
    if set(found) & set(ids):
        return found
    if asked == "yes":
        raise UserError(
            f"no images of NSCLC Radiogenomics under {root}",
            expected="DICOM files whose PatientID stands in the clinical table",
            got=f"DICOM of {len(found)} other patients" if found else "no DICOM file",
        )
    return {}


def _files(images: Mapping[str, Sequence[Series]], ids: Sequence[str]) -> Iterator[Path]:
    if images:
        from lnmbench_radiogenomics.images import image_files

        for id_ in ids:
            yield from image_files(images.get(id_, ()))


def _told(images: Mapping[str, Sequence[Series]], ids: Sequence[str]) -> Iterator[str]:
    if not images:
        yield "no images: the clinical table alone"
        return
    from lnmbench_radiogenomics.images import image_notes

    yield from image_notes(images, ids)


def _check(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    if not rows:
        raise UserError(f"{path} is empty", expected="at least one patient")
    for column in COLUMNS:
        if column.name not in rows[0]:
            raise UserError(
                f"there is no column {column.name!r}",
                where=str(path),
                then=nearest(column.name, rows[0]),
            )
    repeated = [id_ for id_, count in Counter(row[_ID] for row in rows).items() if count > 1]
    if repeated or not all(row[_ID] for row in rows):
        raise UserError(
            f"{len(repeated)} patient ids stand more than once",
            where=str(path),
            expected="one row a patient, each with an id",
        )
    for row in rows:
        for column in COLUMNS:
            if column.role != "center":
                column.encode(row[column.name], where=f"{path}, {row[_ID][:40]!r}")


def _with_pack_years(row: Mapping[str, str]) -> dict[str, str]:
    """Nonsmokers have N/A pack-years, which is a known zero."""
    return {**row, PACK_YEARS: "0"} if _never_smoked(row) else dict(row)


def _never_smoked(row: Mapping[str, str]) -> bool:
    return row[SMOKING] == NEVER_SMOKED and row[PACK_YEARS] == "N/A"


def _notes(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    for name in (NODES, TUMOUR):
        unknown = sum(math.isnan(_column(name).encode(row[name])) for row in rows)
        yield f"{name}: unknown for {unknown} of {len(rows)} patients"
    yield f"{PACK_YEARS}: 0 for {sum(map(_never_smoked, rows))} nonsmokers, who have N/A"
    missing = {
        column.name: sum(math.isnan(column.encode(row[column.name])) for row in rows)
        for column in FEATURES
        if column.name != PACK_YEARS
    }
    told = ", ".join(f"{name} {count}" for name, count in missing.items() if count)
    yield f"missing values in the features: {told or 'none'}"
    left_out = [name for name in rows[0] if name not in {_ID, CENTER, *(c.name for c in COLUMNS)}]
    yield (
        f"{len(left_out)} columns are left out, as known only after surgery, not dated to before "
        f"it, or dates: {', '.join(map(repr, left_out))}"
    )


def _column(name: str) -> Column:
    return next(column for column in COLUMNS if column.name == name)
