"""lyDATA: cohorts of head and neck cancer with the involvement of each lymph node level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import ClassVar

from lnmbench import Case, Column, UserError
from lnmbench.errors import nearest
from lnmbench.records import Source
from lnmbench.tables import require_cells
from lnmbench_lydata.card import SOURCE, make_card
from lnmbench_lydata.data_file import DataFile, chosen, find_data_files, read_data_file
from lnmbench_lydata.header import ID
from lnmbench_lydata.levels import by_tumor_side
from lnmbench_lydata.notes import feature_notes, file_notes, label_notes
from lnmbench_lydata.table import make_table

BEFORE_SURGERY = ("CT", "MRI", "PET", "diagnostic_consensus", "FNA")


class Lydata:
    """Head and neck cancer with the involvement of each lymph node level; no images.

    Every cohort below the root is read, with old and new spellings of its header. The target
    `n1` is any involved level of the pathology; `station` with a name as `ipsi_II` is one level.
    Features are what is known before surgery, imaging by level among it.

    Parameters
    ----------
    root
        Folder that holds one or more of lyDATA's `data.csv`, at any depth, or such a file.
    cohort
        Names of the folders, joined by `+`, or `all`.
    imaging
        Examinations whose levels are features, joined by `+`, or `none`: CT, MRI, PET,
        diagnostic_consensus, FNA (cytology of a fine needle aspirate).
    enbloc
        Whether a patient is positive whose only positive nodes were resected en bloc and belong
        to no level of their own.

    Raises
    ------
    UserError
        For files that are not there, broken, or hold values that are not lyDATA's.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(
        self,
        root: Path,
        cohort: str = "all",
        imaging: str = "CT+MRI+PET+diagnostic_consensus",
        enbloc: bool = False,
    ) -> None:
        examinations = _examinations(imaging)
        found = chosen(cohort, find_data_files(Path(root).expanduser()))
        files = [read_data_file(path, name) for name, path in found.items()]
        rows, unclear = by_tumor_side([row for file in files for row in file.rows])
        self._ids, renamed = _ids(files)
        ends = [0, *accumulate(len(file.rows) for file in files)]
        table = make_table(rows, self._ids, [*pairwise(ends)], examinations, enbloc=enbloc)
        self.columns: Sequence[Column] = table.columns
        self._rows = [
            {name: cells[place] for name, cells in table.cells.items()}
            for place in range(len(self._ids))
        ]
        require_cells(self.columns, self._ids, self._rows)
        self.card = make_card(tuple(found))
        self.sources: Sequence[Path] = tuple(found.values())
        self.notes: Sequence[str] = (
            *file_notes(files, renamed=renamed, unclear=unclear),
            *label_notes(table, rows, enbloc=enbloc),
            *feature_notes(table, rows, examinations),
        )

    def cases(self) -> Iterator[Case]:
        """Yield the patients, cohort by cohort, in the order of the files."""
        for id_, values in zip(self._ids, self._rows, strict=True):
            yield Case(id=id_, values=values)


def _examinations(imaging: str) -> tuple[str, ...]:
    if imaging.strip() == "none":
        return ()
    names = tuple(name.strip() for name in imaging.split("+"))
    for name in names:
        if name not in BEFORE_SURGERY:
            raise UserError(
                f"unknown examination {name[:40]!r} for imaging",
                expected="what is known before surgery, joined by +, or none",
                then=nearest(name, BEFORE_SURGERY),
            )
    if len(set(names)) < len(names):
        raise UserError("an examination is named twice", got=repr(imaging[:80]))
    return names


def _ids(files: Sequence[DataFile]) -> tuple[list[str], bool]:
    """Return the patients' ids, and whether the cohorts' names had to be put before them."""
    names = [(file, row[ID]) for file in files for row in file.rows]
    if len({id_ for _, id_ in names}) == len(names):
        return [id_ for _, id_ in names], False
    return [f"{file.cohort}/{id_}" for file, id_ in names], True
