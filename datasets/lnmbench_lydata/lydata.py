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
from lnmbench_lydata.card import (
    SOURCE,
    describe_features,
    describe_files,
    describe_labels,
    make_card,
)
from lnmbench_lydata.cohort_table import make_table
from lnmbench_lydata.data_file import (
    ID,
    DataFile,
    find_data_files,
    read_data_file,
    select_cohorts,
)
from lnmbench_lydata.levels import orient_sides

BEFORE_SURGERY = ("CT", "MRI", "PET", "diagnostic_consensus", "FNA")


class Lydata:
    """Head and neck cancer with the involvement of each lymph node level; no images.

    All cohorts below `root` are read; their headers may have the old or the new spelling. The
    target `n1` is any level that pathology found involved; the target `station` with a name such as
    `ipsi_II` is one level. Features are variables known before surgery, including involvement by
    imaging.

    Parameters
    ----------
    root
        Folder that holds one or more `data.csv` of lyDATA at any depth, or such a file.
    cohort
        Folder names of the cohorts, joined by `+`, or `all`.
    imaging
        Examinations whose levels are features, joined by `+`, or `none`: CT, MRI, PET,
        diagnostic_consensus, FNA (fine needle aspiration cytology).
    enbloc
        Whether positive nodes that were resected en bloc and are assigned to no level make a
        patient positive.

    Raises
    ------
    UserError
        If a file is missing, broken, or has values that lyDATA does not have.
    """

    source: ClassVar[Source] = SOURCE

    def __init__(
        self,
        root: Path,
        cohort: str = "all",
        imaging: str = "CT+MRI+PET+diagnostic_consensus",
        enbloc: bool = False,
    ) -> None:
        examinations = _parse_examinations(imaging)
        paths = select_cohorts(cohort, find_data_files(Path(root).expanduser()))
        files = [read_data_file(path, name) for name, path in paths.items()]
        rows, unclear = orient_sides([row for file in files for row in file.rows])
        self._ids, renamed = _make_ids(files)
        ends = [0, *accumulate(len(file.rows) for file in files)]
        table = make_table(rows, self._ids, [*pairwise(ends)], examinations, enbloc=enbloc)
        self.columns: Sequence[Column] = table.columns
        self._rows = [
            {name: values[index] for name, values in table.values.items()}
            for index in range(len(self._ids))
        ]
        require_cells(self.columns, self._ids, self._rows)
        self.card = make_card(tuple(paths))
        self.sources: Sequence[Path] = tuple(paths.values())
        self.notes: Sequence[str] = (
            *describe_files(files, renamed=renamed, unclear=unclear),
            *describe_labels(table, rows, enbloc=enbloc),
            *describe_features(table, rows, examinations),
        )

    def cases(self) -> Iterator[Case]:
        """Yield the patients, cohort by cohort, in the order of the files."""
        for id_, values in zip(self._ids, self._rows, strict=True):
            yield Case(id=id_, values=values)


def _parse_examinations(imaging: str) -> tuple[str, ...]:
    if imaging.strip() == "none":
        return ()
    names = tuple(name.strip() for name in imaging.split("+"))
    for name in names:
        if name not in BEFORE_SURGERY:
            raise UserError(
                f"unknown examination {name[:40]!r} for imaging",
                expected="examinations before surgery, joined by +, or none",
                then=nearest(name, BEFORE_SURGERY),
            )
    if len(set(names)) < len(names):
        raise UserError(
            "an examination is given twice", got=repr(imaging[:80]), then="give it once"
        )
    return names


def _make_ids(files: Sequence[DataFile]) -> tuple[list[str], bool]:
    """Return the patients' ids, and whether they have the names of the cohorts as prefixes."""
    pairs = [(file, row[ID]) for file in files for row in file.rows]
    if len({id_ for _, id_ in pairs}) == len(pairs):
        return [id_ for _, id_ in pairs], False
    return [f"{file.cohort}/{id_}" for file, id_ in pairs], True
