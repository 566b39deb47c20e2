"""Images of cases joined with a clinical table: columns, cases, and what does not match."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from lnmbench import Case, Column, UserError
from lnmbench.text import plural, quote
from lnmbench_table.id_spelling import name_difference, pair_spellings
from lnmbench_table.manifest import Manifest
from lnmbench_table.scans import list_files, read_image_alone, read_scan
from lnmbench_table.table import Table

_PATIENT = "patient"
_EXAMPLES = 3


class ImageCohort:
    """The cases of a manifest with the rows of a clinical table.

    Parameters
    ----------
    manifest
        The image and the region of each case.
    path
        The file that lists the images.
    table
        The clinical table.
    table_path
        Its file.
    noun
        Noun for the list of images in messages, such as `manifest`.
    region_name
        Name or pattern of the region for all cases that have none of their own.

    Raises
    ------
    UserError
        If images and table have no case in common, or both have a patient column.
    """

    def __init__(
        self,
        manifest: Manifest,
        path: Path,
        table: Table,
        table_path: Path,
        *,
        noun: str = "manifest",
        region_name: str = "",
    ) -> None:
        self._manifest = manifest
        self._noun = noun
        self._table = table
        self._region_name = region_name
        self._entries = {entry.case: entry for entry in manifest.entries}
        self._rows = _index_rows(table)
        self._require_common_cases(path, table_path)
        self.columns: Sequence[Column] = self._add_patient_column(path)
        self.card = table.card
        self.sources: Sequence[Path] = (
            path,
            *table.sources,
            *manifest.points,
            *list_files(manifest.entries),
        )
        self.notes: Sequence[str] = (
            *table.notes,
            *manifest.notes,
            *self._describe_mismatches(),
            *self._describe_spellings(),
        )

    def cases(self) -> Iterator[Case]:
        """Yield the cases of the manifest in its order, then further cases of the table."""
        spelled = self._pair_spellings()
        for entry in self._entries.values():
            has_row = entry.case in self._rows
            other = spelled.get(entry.case, "")
            yield Case(
                id=entry.case,
                values=self._collect_values(entry.case, entry.patient),
                volume=partial(read_scan, entry, self._region_name)
                if has_row
                else partial(_refuse_missing_row, other),
                scan=partial(read_image_alone, entry) if has_row else None,
            )
        for id_ in self._rows:
            if id_ not in self._entries:
                yield Case(
                    id=id_,
                    values=self._collect_values(id_, id_),
                    volume=partial(_refuse_missing_image, self._noun),
                )

    def _collect_values(self, id_: str, patient: str) -> Mapping[str, object]:
        row = self._rows.get(id_)
        values = dict(row.values) if row is not None else {}
        return {**values, _PATIENT: patient} if self._manifest.has_patients else values

    def _require_common_cases(self, manifest: Path, table: Path) -> None:
        if self._entries.keys() & self._rows.keys():
            return
        pairs = self._pair_spellings()
        case, id_ = next(iter(pairs.items()), (next(iter(self._entries)), next(iter(self._rows))))
        raise UserError(
            f"{self._noun} and clinical table have no case in common",
            where=f"{manifest} and {table}",
            got=f"e.g. {quote(case)} and {quote(id_)}"
            + (f", which differ in {name_difference(case, id_)}" if pairs else ""),
            then=f"spell them alike in the {self._noun} and in the id column of the table",
        )

    def _add_patient_column(self, manifest: Path) -> tuple[Column, ...]:
        columns = tuple(self._table.columns)
        if not self._manifest.has_patients:
            return columns
        if any(c.role == _PATIENT or c.name == _PATIENT for c in columns):
            raise UserError(
                "both the manifest and the dictionary have a patient column",
                where=str(manifest),
                then="remove it from one of them",
            )
        return (Column(name=_PATIENT, role="patient"), *columns)

    def _describe_mismatches(self) -> Iterator[str]:
        for name, ids, other, others in (
            (self._noun, self._entries, "clinical table", self._rows),
            ("clinical table", self._rows, self._noun, self._entries),
        ):
            without = [id_ for id_ in ids if id_ not in others]
            if without:
                examples = ", ".join(map(quote, without[:_EXAMPLES]))
                more = ", …" if len(without) > _EXAMPLES else ""
                yield (
                    f"{len(without)} of {len(ids)} cases of the {name} have no row in the {other} "
                    f"and cannot be used: {examples}{more}"
                )

    def _describe_spellings(self) -> Iterator[str]:
        """Yield a note on cases that differ only in spelling, which are not joined."""
        pairs = list(self._pair_spellings().items())
        if pairs:
            case, id_ = pairs[0]
            yield (
                f"{plural(len(pairs), 'id differs', 'ids differ')} only in spelling, e.g. "
                f"{quote(case)} in the {self._noun} and {quote(id_)} in the clinical table "
                f"({name_difference(case, id_)}): spell them alike"
            )

    def _pair_spellings(self) -> Mapping[str, str]:
        """Return unmatched cases of the manifest with the row of another spelling, if it is one."""
        unmatched = [case for case in self._entries if case not in self._rows]
        return pair_spellings(unmatched, [id_ for id_ in self._rows if id_ not in self._entries])


def _index_rows(table: Table) -> dict[str, Case]:
    """Return the rows by id, accents composed. Raises `UserError` if two ids become one."""
    rows: dict[str, Case] = {}
    for case in table.cases():
        id_ = unicodedata.normalize("NFC", case.id)
        if id_ in rows:
            raise UserError(
                f"id {quote(id_)} occurs twice in the clinical table",
                got="composed and decomposed accents",
                then="give each case its own id",
            )
        rows[id_] = replace(case, id=id_)
    return rows


def _refuse_missing_row(other: str) -> NoReturn:
    raise UserError(
        "the clinical table has no row for this case",
        then=f"it has one for {quote(other)}: spell them alike" if other else "",
    )


def _refuse_missing_image(noun: str) -> NoReturn:
    raise UserError(f"the {noun} has no row for this case")
