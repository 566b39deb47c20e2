"""A cohort of your own with images: a manifest of files, and a clinical table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from lnmbench import Case, Column, UserError
from lnmbench_table.sheet import shown
from lnmbench_table.table import Table

_PATIENT = "patient"
_EXAMPLES = 3


class Folder:
    """CT volumes and tumor regions named by a manifest, joined with a clinical table by case.

    Images are DICOM folders or NIfTI, NRRD and MetaImage files; regions are DICOM SEG, RTSTRUCT,
    mask files, or coordinates. Manifest, table and dictionary are checked when the data set is
    opened; images are read case by case. A case of the table without an image, or of the manifest
    without a row, is listed in the ingest log.

    Parameters
    ----------
    manifest
        CSV, TSV or Excel with the columns `case`, `image` and `region` (or coordinates), and
        optionally `patient` and `region_name`; paths are relative to the manifest's folder.
    table
        The clinical table, as `table` takes it; its id column holds the manifest's cases.
    columns
        TOML dictionary of the table.
    region_name
        Name or pattern of the segment, ROI or label for all cases (`GTV*`); alternatives are
        separated by commas. A row's own `region_name` goes before it.

    Raises
    ------
    UserError
        For anything in the manifest, the table or the dictionary that cannot be used, and where
        manifest and table have no case in common.
    """

    def __init__(self, manifest: Path, table: Path, columns: Path, region_name: str = "") -> None:
        # Late, so that to list the data set does not load all that reads images.
        from lnmbench_table.manifest import read_manifest
        from lnmbench_table.scans import files_of

        path = Path(manifest).expanduser()
        self._manifest = read_manifest(path)
        self._table = Table(table, columns)
        self._region_name = region_name
        self._entries = {entry.case: entry for entry in self._manifest.entries}
        self._rows = {case.id: case for case in self._table.cases()}
        self._check_common(path, Path(table))
        self.columns: Sequence[Column] = self._with_patients(path)
        self.card = self._table.card
        self.sources: Sequence[Path] = (
            path,
            *self._table.sources,
            *self._manifest.points,
            *files_of(self._manifest.entries),
        )
        self.notes: Sequence[str] = (
            *self._table.notes,
            *self._manifest.notes,
            *self._mismatches(),
            *self._spellings(),
        )

    def cases(self) -> Iterator[Case]:
        """Yield the manifest's cases in its order, then those of the table that it lacks."""
        from lnmbench_table.scans import read_scan

        for entry in self._entries.values():
            known = entry.case in self._rows
            yield Case(
                id=entry.case,
                values=self._values(entry.case, entry.patient),
                volume=partial(read_scan, entry, self._region_name) if known else _without_row,
            )
        for id_ in self._rows:
            if id_ not in self._entries:
                yield Case(id=id_, values=self._values(id_, id_), volume=_without_image)

    def _values(self, id_: str, patient: str) -> Mapping[str, object]:
        row = self._rows.get(id_)
        values = dict(row.values) if row is not None else {}
        return {**values, _PATIENT: patient} if self._manifest.has_patients else values

    def _check_common(self, manifest: Path, table: Path) -> None:
        if not self._entries.keys() & self._rows.keys():
            raise UserError(
                "manifest and clinical table have no case in common",
                where=f"{manifest} and {table}",
                got=f"e.g. {shown(next(iter(self._entries)))} and {shown(next(iter(self._rows)))}",
                then="spell the cases alike in the manifest's column 'case' and in the id column",
            )

    def _with_patients(self, manifest: Path) -> tuple[Column, ...]:
        columns = tuple(self._table.columns)
        if not self._manifest.has_patients:
            return columns
        if any(c.role == _PATIENT or c.name == _PATIENT for c in columns):
            raise UserError(
                "both the manifest and the dictionary have a column of patients",
                where=str(manifest),
                then="leave it out of one of them",
            )
        return (Column(name=_PATIENT, role="patient"), *columns)

    def _mismatches(self) -> Iterator[str]:
        for name, ids, other, others in (
            ("manifest", self._entries, "clinical table", self._rows),
            ("clinical table", self._rows, "manifest", self._entries),
        ):
            without = [id_ for id_ in ids if id_ not in others]
            if without:
                examples = ", ".join(map(shown, without[:_EXAMPLES]))
                more = ", …" if len(without) > _EXAMPLES else ""
                yield (
                    f"{len(without)} of {len(ids)} cases of the {name} have no row in the {other} "
                    f"and cannot be used: {examples}{more}"
                )

    def _spellings(self) -> Iterator[str]:
        """Say which cases differ in upper and lower case or blanks alone; they are not joined."""
        rows = {_bare(id_): id_ for id_ in self._rows if id_ not in self._entries}
        pairs = [
            (case, rows[_bare(case)])
            for case in self._entries
            if case not in self._rows and _bare(case) in rows
        ]
        if pairs:
            yield (
                f"{len(pairs)} ids differ only in spelling, e.g. {shown(pairs[0][0])} in the "
                f"manifest and {shown(pairs[0][1])} in the clinical table: spell them alike"
            )


def _bare(id_: str) -> str:
    return "".join(id_.split()).casefold()


def _without_row() -> NoReturn:
    raise UserError("the clinical table has no row for this case")


def _without_image() -> NoReturn:
    raise UserError("the manifest has no row for this case")
