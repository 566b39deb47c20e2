"""The data set `folder`: a manifest of image files, joined with a clinical table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lnmbench import Case, Column
from lnmbench_table.table import Table


class Folder:
    """CT volumes and tumor regions of a manifest, joined with a clinical table by case.

    Images are DICOM folders or NIfTI, NRRD and MetaImage files; regions are DICOM SEG, RTSTRUCT,
    mask files, or coordinates. Opening the data set checks manifest, table and dictionary; ingest
    reads the images case by case. The ingest log lists cases of the table without an image, and
    cases of the manifest without a row.

    Parameters
    ----------
    manifest
        CSV, TSV or Excel with the columns `case`, `image` and `region` (or coordinates), and
        optionally `patient` and `region_name`. Paths are relative to the folder of the manifest.
    table
        The clinical table, as for the data set `table`; its id column has the cases of the
        manifest.
    columns
        TOML dictionary of the table.
    region_name
        Name or pattern of the segment, ROI or label for all cases (`GTV*`); separate alternatives
        by commas. The column `region_name` of the manifest takes precedence.
    radius_mm
        Radius of the tumor around points that have neither a radius nor slices.

    Raises
    ------
    UserError
        If the manifest, the table or the dictionary is invalid, or if manifest and table have no
        case in common.
    """

    def __init__(
        self,
        manifest: Path,
        table: Path,
        columns: Path,
        region_name: str = "",
        radius_mm: float | None = None,
    ) -> None:
        # imported here, because listing the data set must not load the image readers
        from lnmbench_table.image_cohort import ImageCohort
        from lnmbench_table.manifest import read_manifest

        path = Path(manifest).expanduser()
        self._cohort = ImageCohort(
            read_manifest(path, radius_mm),
            path,
            Table(table, columns),
            Path(table),
            region_name=region_name,
        )
        self.columns: Sequence[Column] = self._cohort.columns
        self.card = self._cohort.card
        self.sources: Sequence[Path] = self._cohort.sources
        self.notes: Sequence[str] = self._cohort.notes

    def cases(self) -> Iterator[Case]:
        """Yield the cases of the manifest in its order, then further cases of the table."""
        yield from self._cohort.cases()
