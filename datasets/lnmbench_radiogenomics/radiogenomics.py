"""NSCLC Radiogenomics: the clinical table with pathological N and T, and the images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from lnmbench import Case, Column
from lnmbench.imaging.case_images import Asked, find_case_images
from lnmbench.imaging.tumor_source import MarkedBy, Marking
from lnmbench.records import Source
from lnmbench.tables import read_rows
from lnmbench_radiogenomics.card import CARD, SOURCE, WITH_IMAGES, WITHOUT_IMAGES
from lnmbench_radiogenomics.clinical_file import find_clinical_file, patients_of
from lnmbench_radiogenomics.patients import ID, check_rows, notes_of, with_pack_years
from lnmbench_radiogenomics.variables import COLUMNS

# The collection's segmentations (by Stanford) are series 1000 of a patient's study. The archive IDC
# adds segmentations by an algorithm to the same studies; they are no annotations.
MARKING = Marking(
    kinds=(MarkedBy(modalities=("SEG",), number=1000),), never={300: "by IDC's algorithm"}
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
        out when the cohort is ingested, and listed in the ingest log.

    Raises
    ------
    UserError
        Where the table is not there, is broken, or holds a value that is not in its dictionary;
        for `images=yes`, where there are none of these patients.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(self, root: Path, images: Asked = "auto") -> None:
        folder = Path(root).expanduser()
        path = find_clinical_file(folder)
        table = read_rows(path)
        rows = patients_of(table)
        check_rows(rows, path)
        self._rows = [with_pack_years(row) for row in rows]
        ids = [row[ID] for row in rows]
        self._images = find_case_images(
            folder, ids, MARKING, asked=images, collection="NSCLC Radiogenomics"
        )
        self.columns: Sequence[Column] = COLUMNS
        self.card = replace(
            CARD, notes=(*CARD.notes, WITH_IMAGES if self._images else WITHOUT_IMAGES)
        )
        self.sources: Sequence[Path] = (path, *self._images.sources)
        self.notes: Sequence[str] = (
            *table.notes,
            *notes_of(rows),
            *self._images.notes,
        )

    def cases(self) -> Iterator[Case]:
        """Yield the patients in the order of the table; images are read by `Case.volume`."""
        for row in self._rows:
            values = {column.name: row[column.name] for column in COLUMNS}
            yield Case(id=row[ID], values=values, volume=self._images.volume_of(row[ID]))
