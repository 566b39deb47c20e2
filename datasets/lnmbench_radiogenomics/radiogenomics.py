"""NSCLC Radiogenomics: clinical table with pathological N and T, and images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from lnmbench import Case, Column, UserError
from lnmbench.imaging.case_images import UseImages, find_case_images
from lnmbench.imaging.tumor_source import AnnotationKind, AnnotationRules
from lnmbench.records import Source
from lnmbench.tables import Cells, Rows, find_table, read_rows
from lnmbench_radiogenomics.card import SOURCE, describe_rows, make_card
from lnmbench_radiogenomics.columns import COLUMNS, ID, NODES, check_rows, complete_pack_years
from lnmbench_radiogenomics.pathology import describe_findings, select_findings

_ID_HEADERS = (ID, "Case ID")
# The collection's segmentations (by Stanford) are series 1000 of a patient's study. The archive IDC
# adds segmentations by an algorithm to the same studies; they are not annotations.
MARKING = AnnotationRules(
    kinds=(AnnotationKind(modalities=("SEG",), number=1000),), never={300: "by IDC's algorithm"}
)


class Radiogenomics:
    """NSCLC Radiogenomics: 211 patients, 162 with pathological stages, 144 with segmented CT.

    Features are known before surgery: age, weight, sex, ethnicity, smoking, the share of ground
    glass on CT, and the lobe. Histology, grade and invasion are auxiliary labels. The first column
    of the table is `Patient ID` or `Case ID`.

    Parameters
    ----------
    root
        Folder that holds the CSV at any depth (identified by its header), or the CSV itself.
    images
        Whether the cases have images, identified by DICOM headers anywhere below `root`: `yes`,
        `no`, or `auto` (if there are any). With images, ingest leaves out patients without a
        segmentation or its CT, and lists them in the ingest log.

    Raises
    ------
    UserError
        If the table is missing, broken, or has a value that the collection does not have; for
        `images=yes`, if the patients have no images.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(self, root: Path, images: UseImages = "auto") -> None:
        folder = Path(root).expanduser()
        path = _find_clinical_table(folder)
        table = read_rows(path)
        rows = _read_patients(table)
        findings = select_findings(rows[0])
        rows = [{**row, **{f.name: f.read(row[f.name]) for f in findings}} for row in rows]
        self.columns: Sequence[Column] = (*COLUMNS, *(f.make_column() for f in findings))
        check_rows(rows, path, self.columns)
        self._rows = [complete_pack_years(row) for row in rows]
        ids = [row[ID] for row in rows]
        self._images = find_case_images(
            folder, ids, MARKING, use=images, collection="NSCLC Radiogenomics"
        )
        self.card = make_card(images=bool(self._images))
        self.sources: Sequence[Path] = (path, *self._images.sources)
        self.notes: Sequence[str] = (
            *table.notes,
            *describe_rows(rows),
            *describe_findings(rows),
            *self._images.notes,
        )

    def cases(self) -> Iterator[Case]:
        """Yield the patients in the order of the table; `Case.volume` reads the images."""
        for row in self._rows:
            values = {column.name: row[column.name] for column in self.columns}
            images, id_ = self._images, row[ID]
            yield Case(
                id=id_, values=values, volume=images.volume_of(id_), scan=images.scan_of(id_)
            )


def _find_clinical_table(root: Path) -> Path:
    return find_table(
        root,
        _is_header,
        what="clinical table",
        expected=f"a CSV that begins with {' or '.join(_ID_HEADERS)} and has {NODES!r}",
    )


def _read_patients(table: Rows) -> list[dict[str, str]]:
    """Return the patients as dicts of text; the key of the id is always `Patient ID`."""
    if not _is_header(table.cells):
        raise UserError(f"{table.path} is not the clinical table of NSCLC Radiogenomics")
    header = (ID, *table.cells[0][1:])
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise UserError(
            f"column {repeated[0][:40]!r} occurs more than once",
            where=str(table.path),
            then="delete all but one",
        )
    return [dict(zip(header, row, strict=True)) for row in table.rows_below()]


def _is_header(rows: Cells) -> bool:
    return bool(rows and rows[0]) and rows[0][0] in _ID_HEADERS and NODES in rows[0]
