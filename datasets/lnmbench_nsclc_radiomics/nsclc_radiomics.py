"""NSCLC-Radiomics (Lung1): CT of 422 patients before radiotherapy, and the clinical N category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from lnmbench import Case, Column, UserError
from lnmbench.imaging.case_images import UseImages, find_case_images
from lnmbench.imaging.tumor_source import AnnotationKind, AnnotationRules
from lnmbench.records import Source
from lnmbench.tables import Cells, Rows, find_table, read_rows, require_cells, require_unique_ids
from lnmbench_nsclc_radiomics.card import CARD, SOURCE, describe_rows
from lnmbench_nsclc_radiomics.columns import (
    HISTOLOGY,
    ID,
    NODES,
    NODES_COLUMN,
    TARGETS,
    TUMOR,
    make_features,
    make_target,
    read_values,
)

_REQUIRED = (ID, TUMOR, NODES)
# The primary tumor; GTV-2 and later ones are nodes and other lesions. The segmentations were
# converted from the structure sets.
MARKING = AnnotationRules(
    kinds=(
        AnnotationKind(modalities=("RTSTRUCT",), name="GTV-1,gtv-pre-op"),
        AnnotationKind(modalities=("SEG",), name="Neoplasm, Primary"),
    )
)


class NsclcRadiomics:
    """Lung1: CT with tumor outlines and the CLINICAL N category, which is not pathological.

    Parameters
    ----------
    root
        Folder that holds the CSV at any depth (identified by its header), or the CSV itself.
    images
        Whether the cases have images, identified by DICOM headers anywhere below `root`: `yes`,
        `no`, or `auto` (if there are any).
    clinical_n_as_target
        Whether the targets n1 and n2 are derived from the clinical N category. Otherwise they are
        refused.

    Raises
    ------
    UserError
        If the table is missing, broken, or has values that the collection does not have; for
        `images=yes`, if the patients have no images.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(
        self,
        root: Path,
        images: UseImages = "auto",
        clinical_n_as_target: bool = False,
    ) -> None:
        folder = Path(root).expanduser()
        path = _find_clinical_table(folder)
        table = read_rows(path)
        rows = _read_patients(table)
        ids = [row[ID] for row in rows]
        targets = tuple(TARGETS) if clinical_n_as_target else ()
        features = make_features([row.get(HISTOLOGY, "") for row in rows])
        self.columns: Sequence[Column] = (
            *(column for column in features if column.name in rows[0]),
            NODES_COLUMN,
            *map(make_target, targets),
        )
        self._values = [read_values(row, targets, self.columns) for row in rows]
        self._ids = ids
        require_cells(self.columns, ids, self._values, where=f"{path},")
        self._images = find_case_images(
            folder, ids, MARKING, use=images, collection="NSCLC-Radiomics"
        )
        self.card = CARD
        self.sources: Sequence[Path] = (path, *self._images.sources)
        self.notes: Sequence[str] = (
            *describe_rows(rows, as_target=clinical_n_as_target),
            *table.notes,
            *self._images.notes,
        )

    def cases(self) -> Iterator[Case]:
        """Yield the patients in the order of the table; `Case.volume` reads the images."""
        for id_, values in zip(self._ids, self._values, strict=True):
            images = self._images
            yield Case(
                id=id_, values=values, volume=images.volume_of(id_), scan=images.scan_of(id_)
            )


def _find_clinical_table(root: Path) -> Path:
    return find_table(
        root, _is_header, what="clinical table", expected=f"a CSV with {', '.join(_REQUIRED)}"
    )


def _read_patients(table: Rows) -> list[dict[str, str]]:
    """Return the patients as dicts of text, with the headers of the table as keys."""
    if not _is_header(table.cells):
        raise UserError(
            f"{table.path} is not the clinical table of NSCLC-Radiomics",
            expected=f"a header with {', '.join(_REQUIRED)}",
        )
    patients = [dict(zip(table.cells[0], row, strict=True)) for row in table.rows_below()]
    require_unique_ids([patient[ID] for patient in patients], where=str(table.path))
    return patients


def _is_header(rows: Cells) -> bool:
    return bool(rows) and set(_REQUIRED) <= set(rows[0])
