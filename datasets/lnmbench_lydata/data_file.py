"""CSV files of lyDATA: search below a folder, three header rows, patients.

The header rows, in the current spelling and in earlier ones:

========================  ====================  ==========================================
first row                 second row            third row
========================  ====================  ==========================================
`patient`                 `core`, was `#`       `id`, `age`, …
`tumor`                   `core`, was `1`       `t_stage`; `t_stage_prefix`, was `stage_prefix`
`CT`, `pathology`, …      `core`, was `info`    `date`, …
`CT`, `pathology`, …      `ipsi`, `contra`      levels: `I`, `Ia`, …, `X`
========================  ====================  ==========================================

Files made for LyProX have `left` and `right` instead of `ipsi` and `contra`. They are not renamed
here, because the ipsilateral side depends on the patient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError
from lnmbench.tables import (
    collect_files,
    files_by_depth,
    first_rows,
    read_rows,
    require_unique_ids,
    select_files,
)
from lnmbench.text import plural

Key = tuple[str, str, str]

ID: Key = ("patient", "core", "id")
T_STAGE: Key = ("tumor", "core", "t_stage")
T_PREFIX: Key = ("tumor", "core", "t_stage_prefix")
_HEADERS = 3
_CORE = "core"
_SUBJECTS = ("patient", "tumor")
_OLD_GROUPS = {"#": _CORE, "1": _CORE, "info": _CORE}
_OLD_NAMES = {"stage_prefix": "t_stage_prefix"}
_DEFAULT_NAME = "data.csv"
_MISSING = ("", "nan", "none")
_EXPECTED = "a CSV with three header rows: patient … tumor … / core … / id … t_stage …"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """One cohort. `rows` are its patients, cells stripped, missing values empty."""

    path: Path
    cohort: str
    has_old_header: bool
    rows: tuple[Mapping[Key, str], ...]
    notes: tuple[str, ...] = ()


def find_data_files(root: Path) -> Mapping[str, Path]:
    """Return the files below `root` by the names of their cohorts; `root` may be a file.

    A cohort has the name of the folder of its `data.csv`. In a folder without one, a CSV of another
    name with lyDATA's header counts. Raises `UserError` if no file is found, or if two files are of
    one cohort.
    """
    if root.is_file():
        return {_name_cohort(root): root}
    named_files = (
        (_name_cohort(path), path)
        for files in files_by_depth(root, ".csv")
        for path in _select_default_files(files)
        if is_header(first_rows(path))
    )
    files = collect_files(
        named_files, root, noun="cohort", what="table of lyDATA", expected=_EXPECTED
    )
    return dict(sorted(files.items()))


def select_cohorts(cohort: str, files: Mapping[str, Path]) -> Mapping[str, Path]:
    """Return the files of the cohorts that are joined by `+`, or all files for `all`."""
    if cohort.strip() == "all":
        return files
    return select_files([name.strip() for name in cohort.split("+")], files, noun="cohort")


def read_data_file(path: Path, cohort: str) -> DataFile:
    """Read one cohort.

    Raises `UserError` for a broken file, and for ids that are missing or repeated.
    """
    table = read_rows(path)
    if not is_header(table.cells):
        raise UserError(f"{path} is not a table of lyDATA", expected=_EXPECTED)
    header = _read_header(table.cells, path)
    rows = [
        dict(zip(header, map(_clear_missing, row), strict=True))
        for row in table.rows_below(_HEADERS)
    ]
    require_unique_ids([row[ID] for row in rows], where=str(path))
    return DataFile(
        path=path,
        cohort=cohort,
        has_old_header=_is_old(table.cells),
        rows=tuple(rows),
        notes=table.notes,
    )


def is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first three rows of a file are a header of lyDATA, old or new."""
    if len(rows) < _HEADERS or not len(rows[0]) == len(rows[1]) == len(rows[2]):
        return False
    return {ID, T_STAGE} <= set(_rename(rows))


def _read_header(rows: Sequence[Sequence[str]], path: Path) -> tuple[Key, ...]:
    """Return the key of each column in the current spelling.

    Raises `UserError` if two columns have the same key.
    """
    keys = _rename(rows)
    repeated = [key for key, count in Counter(keys).items() if count > 1]
    if repeated:
        raise UserError(
            plural(len(repeated), "header occurs", "headers occur") + " more than once",
            where=str(path),
            got=f"e.g. {'/'.join(repeated[0])[:60]!r}",
            then="remove all but one of these columns",
        )
    return keys


def _is_old(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the header has an earlier spelling."""
    written = zip(*_strip(rows), strict=True)
    return any(
        [name.casefold() for name in key] != [name.casefold() for name in column]
        for key, column in zip(_rename(rows), written, strict=True)
    )


def _rename(rows: Sequence[Sequence[str]]) -> tuple[Key, ...]:
    return tuple(_rename_column(*column) for column in zip(*_strip(rows), strict=True))


def _rename_column(first: str, second: str, third: str) -> Key:
    """Return the key of a column; capitals matter in the names of examinations and levels only."""
    group = _OLD_GROUPS.get(second.casefold(), second.casefold())
    if group != _CORE:
        return first, group, third
    name = third.casefold()
    subject = first.casefold()
    return subject if subject in _SUBJECTS else first, group, _OLD_NAMES.get(name, name)


def _strip(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in rows[:_HEADERS]]


def _select_default_files(files: Sequence[Path]) -> list[Path]:
    """Return the files without those of other names in the folder of a `data.csv`."""
    folders = {path.parent for path in files if path.name == _DEFAULT_NAME}
    return [path for path in files if path.name == _DEFAULT_NAME or path.parent not in folders]


def _name_cohort(path: Path) -> str:
    return path.resolve().parent.name if path.name == _DEFAULT_NAME else path.stem


def _clear_missing(cell: str) -> str:
    return "" if cell.casefold() in _MISSING else cell
