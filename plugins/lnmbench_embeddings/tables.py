"""Features in tables: CSV and Parquet."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lnmbench import UserError
from lnmbench.errors import reading
from lnmbench.text import clean, join_first
from lnmbench_embeddings.rows import FeatureRows, read_numbers, require_size

if TYPE_CHECKING:
    import pandas as pd

SLICE = "slice"
"""Name of the column with the number of a slice."""
_NUMBERED = re.compile(r"(.*?)\d+")
_SEPARATORS = ",;\t"
_SHOWN = 3
_MISSING = ("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "null", "NULL", "None", "<NA>")


def read_csv(path: Path, id_column: str) -> FeatureRows:
    """Return the rows of a text table with commas, semicolons or tabs.

    Parameters
    ----------
    path
        The file.
    id_column
        Name of the column of ids.

    Raises
    ------
    UserError
        For a file that is no such table.
    """
    import pandas as pd

    try:
        with reading(path), path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
        separator = max(_SEPARATORS, key=header.count)
        names = next(csv.reader([header], delimiter=separator, skipinitialspace=True), [])
        is_indexed = bool(names) and not names[0].strip()
        columns = [name.strip() for name in names]
        id_column = _find_id_column(columns, id_column)
        _require_names(columns[1:] if is_indexed else columns, id_column, path.name)
        frame = _parse(path, separator, names, id_column, decimal=".")
        if separator == ";" and any(frame[name].dtype.kind == "O" for name in _others(names)):
            frame = _parse(path, separator, names, id_column, decimal=",")
    except (csv.Error, ValueError, pd.errors.ParserWarning) as error:
        raise UserError(
            f"cannot read features from {path.name}",
            expected="a table in UTF-8, with one line of names",
            got=type(error).__name__,
        ) from error
    if is_indexed:
        frame = _drop_row_numbers(frame, path.name)
    return _collect_rows(frame.rename(columns=str.strip), id_column, path.name)


def read_parquet(path: Path, id_column: str) -> FeatureRows:
    """Return the rows of a Parquet table.

    Parameters
    ----------
    path
        The file.
    id_column
        Name of the column, or of the index, of ids.

    Raises
    ------
    UserError
        For a file that is no such table, and if pyarrow is not installed.
    """
    import pandas as pd

    with reading(path):
        path.open("rb").close()
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise UserError(
            f"reading {path.name} requires pyarrow", then="pip install 'lnmbench[parquet]'"
        ) from error
    try:
        shape = pyarrow.parquet.ParquetFile(path).metadata
        require_size((shape.num_rows, shape.num_columns), path.name)
        frame = pd.read_parquet(path, engine="pyarrow")
    except (OSError, ValueError, TypeError, pyarrow.ArrowException) as error:
        raise UserError(
            f"cannot read features from {path.name}",
            expected="a Parquet table",
            got=type(error).__name__,
        ) from error
    if id_column in frame.index.names:
        frame = frame.reset_index(id_column)
    id_column = _find_id_column([str(name) for name in frame.columns], id_column)
    _require_names([str(name) for name in frame.columns], id_column, path.name)
    frame.columns = frame.columns.astype(str)
    return _collect_rows(frame, id_column, path.name)


def _parse(
    path: Path, separator: str, names: Sequence[str], id_column: str, *, decimal: str
) -> pd.DataFrame:
    import pandas as pd

    ids = next(name for name in names if name.strip() == id_column)
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # rows longer than the header
        frame: pd.DataFrame = pd.read_csv(
            path,
            sep=separator,
            decimal=decimal,
            header=None,
            skiprows=1,
            names=list(names),
            dtype={ids: str},
            # an id may be NA; a missing feature is refused later
            keep_default_na=False,
            na_values={name: list(_MISSING) for name in names if name != ids},
            encoding="utf-8-sig",
            skipinitialspace=True,
            index_col=False,
        )
    return frame


def _drop_row_numbers(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return the table without its first column, which has no name: numbers as pandas adds them."""
    if not np.array_equal(frame.iloc[:, 0].to_numpy(), np.arange(len(frame))):
        raise UserError(f"the first column of {file} has no name", then="name it, or remove it")
    return frame.iloc[:, 1:]


def _find_id_column(names: Sequence[str], id_column: str) -> str:
    """Return the name of the column of ids, in upper or lower case if no other is meant."""
    similar = [name for name in names if name.casefold() == id_column.casefold()]
    return similar[0] if id_column not in names and len(similar) == 1 else id_column


def _others(names: Sequence[str]) -> list[str]:
    return [name for name in names if _NUMBERED.fullmatch(name.strip())]


def _require_names(names: Sequence[str], id_column: str, file: str) -> None:
    """Raise `UserError` unless all columns are ids, numbers of slices and numbered features.

    A label or a patient's age would otherwise become a feature of the image.
    """
    if names.count(id_column) != 1:
        raise UserError(
            f"{file} has no column {id_column!r} of ids"
            if id_column not in names
            else f"{file} has several columns {id_column!r}",
            got=join_first([clean(name) for name in names if name], _SHOWN) or "no column",
            then="name the column with id_column=…",
        )
    if len(set(names)) < len(names):
        raise UserError(f"{file} has two columns of one name", then="rename one of them")
    features = [name for name in names if name not in (id_column, SLICE)]
    matches = {name: _NUMBERED.fullmatch(name) for name in features}
    prefixes = [match.group(1) for match in matches.values() if match]
    prefix = max(dict.fromkeys(prefixes), key=prefixes.count, default="")
    others = [clean(n) or "''" for n, m in matches.items() if not m or m.group(1) != prefix]
    if others or not features:
        raise UserError(
            f"{file} has columns that are not numbered features"
            if others
            else f"{file} has no features",
            expected=f"{id_column}, {SLICE} (for slices), and features like f0, f1, …",
            got=join_first(others, _SHOWN),
            then="remove the others: a label among the features would be learned",
        )


def _collect_rows(frame: pd.DataFrame, id_column: str, file: str) -> FeatureRows:
    slices = None
    if SLICE in frame.columns:
        if frame[SLICE].dtype.kind not in "iuf":
            raise UserError(f"wrong numbers of slices in {file}", expected="numbers")
        slices = frame[SLICE].to_numpy(dtype=np.float64)
    features = frame.drop(columns=[id_column, *([SLICE] if slices is not None else [])])
    texts = [str(name) for name, kind in features.dtypes.items() if kind.kind not in "iuf"]
    if texts:
        raise UserError(
            f"{file} has features that are not numbers",
            where=f"column {join_first([clean(name) for name in texts], _SHOWN)}",
            expected="numbers with a decimal point",
        )
    ids = frame[id_column]
    if ids.dtype.kind == "f":
        raise UserError(f"ids in {file} are numbers with decimals", then="store them as text")
    missing = ids.isna()
    return FeatureRows(
        ids=tuple("" if no else str(id_).strip() for id_, no in zip(ids, missing, strict=True)),
        features=read_numbers(features.to_numpy(), file),
        slices=slices,
    )
