"""Finds and reads the CSV files of lyDATA below a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import nearest
from lnmbench.tables import files_by_depth, first_rows, read_rows, require_unique_ids
from lnmbench_lydata.header import HEADERS, ID, Key, is_header, is_old, read_header

_USUAL = "data.csv"
_MISSING = ("", "nan", "none")
_EXPECTED = "a CSV with three header rows: patient … tumor … / core … / id … t_stage …"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """One cohort. `rows` are its patients, cells stripped, missing ones empty."""

    path: Path
    cohort: str
    old: bool
    rows: tuple[Mapping[Key, str], ...]
    notes: tuple[str, ...] = ()


def find_data_files(root: Path) -> Mapping[str, Path]:
    """Return the files below `root` by the names of their cohorts; `root` may be a file.

    A cohort is called as the folder of its `data.csv`. Where a folder has none, a CSV of another
    name with lyDATA's header counts. Raises `UserError` where there is none, or where two of them
    stand for one cohort.
    """
    if root.is_file():
        return {_cohort(root): root}
    found: dict[str, Path] = {}
    for files in files_by_depth(root, ".csv"):
        for path in filter(_is_table, _usual(files)):
            name = _cohort(path)
            if name in found:
                raise UserError(
                    f"two files for cohort {name[:60]!r}",
                    where=str(root),
                    got=f"{found[name]} and {path}",
                    then="give the path of one of them as root",
                )
            found[name] = path
    if not found:
        raise UserError(f"no table of lyDATA under {root}", expected=_EXPECTED)
    return dict(sorted(found.items()))


def chosen(cohort: str, files: Mapping[str, Path]) -> Mapping[str, Path]:
    """Return the files of the cohorts that are joined by `+`; `all` are all of them."""
    if cohort.strip() == "all":
        return files
    names = [name.strip() for name in cohort.split("+")]
    for name in names:
        if name not in files:
            raise UserError(f"unknown cohort {name[:60]!r}", then=nearest(name, files))
    if len(set(names)) < len(names):
        raise UserError("a cohort is named twice", got=repr(cohort[:80]))
    return {name: files[name] for name in names}


def read_data_file(path: Path, cohort: str) -> DataFile:
    """Read one cohort.

    Raises `UserError` for a broken file, and for ids that are missing or stand twice.
    """
    table = read_rows(path)
    if not is_header(table.cells):
        raise UserError(f"{path} is no table of lyDATA", expected=_EXPECTED)
    header = read_header(table.cells, str(path))
    rows = [dict(zip(header, map(_known, row), strict=True)) for row in table.below(HEADERS)]
    require_unique_ids([row[ID] for row in rows], where=str(path))
    return DataFile(
        path=path, cohort=cohort, old=is_old(table.cells), rows=tuple(rows), notes=table.notes
    )


def _usual(files: Sequence[Path]) -> list[Path]:
    """Leave out the files of other names that stand beside a `data.csv`."""
    folders = {path.parent for path in files if path.name == _USUAL}
    return [path for path in files if path.name == _USUAL or path.parent not in folders]


def _is_table(path: Path) -> bool:
    return is_header(first_rows(path))


def _cohort(path: Path) -> str:
    return path.resolve().parent.name if path.name == _USUAL else path.stem


def _known(cell: str) -> str:
    return "" if cell.casefold() in _MISSING else cell
