"""NSCLC-Radiomics-Genomics (Lung3): 89 resected lung cancers with pathological N and T."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from lnmbench import Case, Column, UserError
from lnmbench.imaging.case_images import UseImages, find_case_images
from lnmbench.imaging.tumor_source import AnnotationKind, AnnotationRules
from lnmbench.records import Source
from lnmbench.tables import (
    Cells,
    Rows,
    find_table,
    first_rows,
    read_rows,
    require_cells,
    require_unique_ids,
)
from lnmbench_lung3.card import SOURCE, describe_rows, make_card
from lnmbench_lung3.columns import ID, ORIGIN, REQUIRED, make_columns, read_values

_SEPARATORS = (";", ",", "\t")
_EXPECTED = f"Lung3.metadata, saved as CSV, whose header has {', '.join(REQUIRED)}"


class Lung3:
    """Lung3: 89 patients with pathological stages, and CT if it was downloaded.

    The collection's table is separated by semicolons; a copy with commas or tabs is read, too.
    Features are known before surgery: sex and lobe.

    Parameters
    ----------
    root
        Folder that holds the CSV at any depth (identified by its header), or the CSV itself.
    images
        Whether the cases have images, identified by DICOM headers anywhere below `root`: `yes`,
        `no`, or `auto` (if these patients have any). A DICOM SEG or RTSTRUCT of the patient marks
        the tumor; ingest leaves out patients without one or without its CT, and lists them in the
        ingest log.
    region_name
        Pattern for the name of the tumor's segment or ROI, if there are several.
    region_series
        Number of the series that marks the tumor, if a patient has several.

    Raises
    ------
    UserError
        If the table is missing, broken, or has a value that the collection does not have; for
        `images=yes`, if the patients have no images.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(
        self,
        root: Path,
        images: UseImages = "auto",
        region_name: str | None = None,
        region_series: int | None = None,
    ) -> None:
        folder = Path(root).expanduser()
        path = find_table(folder, _is_header, what="clinical table", expected=_EXPECTED)
        table, separator = _read_table(path)
        rows = [dict(zip(table.cells[0], row, strict=True)) for row in table.rows_below()]
        require_unique_ids([row[ID] for row in rows], where=str(path))
        primary = [row for row in rows if row.get(ORIGIN, "Primary").casefold() == "primary"]
        if not primary:
            raise UserError("no row is a primary tumor", where=str(path))
        self._ids = [row[ID] for row in primary]
        self._values = [read_values(row) for row in primary]
        self.columns: Sequence[Column] = make_columns(self._values)
        require_cells(self.columns, self._ids, self._values, where=f"{path},")
        marking = AnnotationRules(
            kinds=(AnnotationKind(name=region_name, number=region_series),),
            then="choose one with region_series",
        )
        self._images = find_case_images(
            folder, self._ids, marking, use=images, collection="NSCLC-Radiomics-Genomics"
        )
        self.card = make_card(images=bool(self._images))
        self.sources: Sequence[Path] = (path, *self._images.sources)
        self.notes: Sequence[str] = (
            *table.notes,
            *_describe_separator(separator),
            *describe_rows(primary, self._values, len(rows) - len(primary)),
            *self._images.notes,
        )

    def cases(self) -> Iterator[Case]:
        """Yield the patients in the order of the table; `Case.volume` reads the images."""
        for id_, row in zip(self._ids, self._values, strict=True):
            values: Mapping[str, str] = {column.name: row[column.name] for column in self.columns}
            images = self._images
            yield Case(
                id=id_, values=values, volume=images.volume_of(id_), scan=images.scan_of(id_)
            )


def _read_table(path: Path) -> tuple[Rows, str]:
    """Return the table and its separator. Raises `UserError` if it is another table."""
    separator = _find_separator(first_rows(path))
    if separator is None:
        raise UserError(
            f"{path} is not the clinical table of NSCLC-Radiomics-Genomics", expected=_EXPECTED
        )
    return read_rows(path, delimiter=separator), separator


def _is_header(rows: Cells) -> bool:
    return _find_separator(rows) is not None


def _find_separator(rows: Cells) -> str | None:
    """Return the separator with which the first row has the collection's columns, or None.

    The rows were split at commas.
    """
    header = ",".join(rows[0]) if rows else ""
    for separator in _SEPARATORS:
        if set(REQUIRED) <= {name.strip(' "') for name in header.split(separator)}:
            return separator
    return None


def _describe_separator(separator: str) -> tuple[str, ...]:
    return () if separator == ";" else (f"the table is separated by {separator!r}, not by ';'",)
