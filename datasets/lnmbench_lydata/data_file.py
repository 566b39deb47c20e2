"""Finds and reads the CSV files of lyDATA below a folder."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import nearest
from lnmbench_lydata.header import Key, is_header, is_old, read_header

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


def find_data_files(root: Path) -> Mapping[str, Path]:
    """Return the files below `root` by the names of their cohorts; `root` may be a file.

    A cohort is called as the folder of its `data.csv`. Where a folder has none, a CSV of another
    name with lyDATA's header counts. Raises `UserError` where there is none, or where two of them
    stand for one cohort.
    """
    if root.is_file():
        return {_cohort(root): root}
    if not root.is_dir():
        raise UserError(f"there is no folder {root}", expected="a folder with lyDATA's CSV files")
    found: dict[str, Path] = {}
    for folder, folders, names in os.walk(root):
        folders.sort()
        for path in _candidates(Path(folder), names):
            if not is_header(_first_rows(path)):
                continue
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
    """Read one cohort. Raises `UserError` for a broken file."""
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(_text(path), newline=""), strict=True))
    except csv.Error as error:
        raise UserError(f"{path} is broken", where=f"row {len(rows) + 1}", got=str(error)) from None
    if not is_header(rows):
        raise UserError(f"{path} is no table of lyDATA", expected=_EXPECTED)
    header = read_header(rows, str(path))
    filled = [(number, row) for number, row in enumerate(rows[3:], start=4) if any(row)]
    if not filled:
        raise UserError(f"{path} is empty", expected="at least one patient")
    for number, row in filled:
        if len(row) != len(header):
            raise UserError(
                f"{path} is broken",
                where=f"row {number}",
                expected=f"{len(header)} cells",
                got=str(len(row)),
            )
    return DataFile(
        path=path,
        cohort=cohort,
        old=is_old(rows),
        rows=tuple(dict(zip(header, map(_cell, row), strict=True)) for _, row in filled),
    )


def _candidates(folder: Path, names: list[str]) -> list[Path]:
    if _USUAL in names:
        return [folder / _USUAL]
    return sorted(folder / name for name in names if name.lower().endswith(".csv"))


def _cohort(path: Path) -> str:
    return path.resolve().parent.name if path.name == _USUAL else path.stem


def _cell(cell: str) -> str:
    stripped = cell.strip()
    return "" if stripped.casefold() in _MISSING else stripped


def _first_rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return list(islice(csv.reader(file), 3))
    except OSError as error:
        raise UserError(f"cannot read {path}", got=error.strerror or str(error)) from error
    except csv.Error:
        return []


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"cannot read {path}", got=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8", then="save it as UTF-8") from error
