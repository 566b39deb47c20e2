"""Notes for the user on the columns of a table: unused, empty, read in another spelling."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from lnmbench import Column
from lnmbench.records import UNCODED_ROLES
from lnmbench.text import fold_spelling, plural, quote
from lnmbench_table.conversion import Conversion
from lnmbench_table.dictionary import Dictionary
from lnmbench_table.excel import StoredPercentage
from lnmbench_table.numbers import find_distant_numbers
from lnmbench_table.sheet import Sheet

_EXAMPLES = 5
_PADDING = re.compile(r"(?<![0-9])0+(?=[0-9])")


def describe_columns(
    sheet: Sheet, dictionary: Dictionary, cells: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Yield notes for the user on the columns, e.g. those that are not used.

    Parameters
    ----------
    sheet
        The table.
    dictionary
        Its dictionary.
    cells
        The converted cells of each column of the dictionary.
    """
    used = {dictionary.id, *(column.name for column in dictionary.columns)}
    left_out = [quote(header) for header in sheet.header if header and header not in used]
    if left_out:
        yield (
            f"{plural(len(left_out), 'column is', 'columns are')} not in the dictionary and not "
            f"used: {', '.join(left_out)}"
        )
    yield from describe_ids(sheet, dictionary.id, cells)
    yield from describe_patients(dictionary, cells)
    for conversion in dictionary.conversions:
        column, raw = conversion.column, sheet.column(conversion.column.name)
        for note in (
            _describe_missing(column, cells[column.name]),
            _describe_spellings(column, cells[column.name]),
            _describe_percentages(column, raw),
            _describe_unused_values(conversion, raw),
            _describe_distant_numbers(column, cells[column.name]),
        ):
            if note:
                yield f"column {column.name!r} {note}"


def describe_ids(sheet: Sheet, id_: str, cells: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield notes on ids in almost the same spelling, and on rows that have nothing but an id.

    Parameters
    ----------
    sheet
        The table.
    id_
        The name of its column of ids.
    cells
        The converted cells of the other columns.
    """
    rows: dict[str, list[int]] = {}
    for row, text in zip(sheet.rows, sheet.column(id_), strict=True):
        rows.setdefault(_PADDING.sub("", fold_spelling(text)), []).append(row.number)
    alike = [numbers for numbers in rows.values() if len(numbers) > 1]
    if alike:
        yield (
            f"{plural(len(alike), 'id occurs', 'ids occur')} in several spellings (case, blanks or "
            f"leading zeros), e.g. in rows {', '.join(map(str, alike[0][:_EXAMPLES]))}: if they "
            'are of one patient, add a column with role = "patient"'
        )
    values = zip(*cells.values(), strict=True)
    empty = [row.number for row, case in zip(sheet.rows, values, strict=False) if not any(case)]
    if empty:
        listed = ", ".join(map(str, empty[:_EXAMPLES])) + ", …" * (len(empty) > _EXAMPLES)
        yield f"{plural(len(empty), 'row has', 'rows have')} an id, but no other value: {listed}"


def describe_patients(dictionary: Dictionary, cells: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a note on patients with cases in several centers, whose numbers may be those of two.

    Parameters
    ----------
    dictionary
        The dictionary of a table.
    cells
        The converted cells of its columns.
    """
    names = {column.role: column.name for column in dictionary.columns}
    if "patient" not in names or "center" not in names:
        return
    centers: dict[str, set[str]] = {}
    for patient, center in zip(cells[names["patient"]], cells[names["center"]], strict=True):
        centers.setdefault(patient, set()).update({center} if center else ())
    shared = sum(len(visited) > 1 for visited in centers.values())
    if shared:
        yield (
            f"{plural(shared, 'patient has', 'patients have')} cases in several centers: if each "
            f"center counts its patients from 1, write center and number into column "
            f"{names['patient']!r}"
        )


def _describe_distant_numbers(column: Column, cells: Sequence[str]) -> str:
    if column.kind != "continuous" or column.role in UNCODED_ROLES:
        return ""
    # most cells are plain numbers: only those that seem distant are compared with `missing`
    numbers = {cell: number for cell in cells if (number := _parse(cell)) is not None}
    values = [numbers[cell] for cell in cells if cell in numbers]
    while distant := find_distant_numbers(values):
        far = set(distant)
        missing = {
            number for cell, number in numbers.items() if number in far and column.is_missing(cell)
        }
        if not missing:
            break
        values = [number for number in values if number not in missing]
    if not distant:
        return ""
    listed = ", ".join(f"{number:g}" for number in sorted(set(distant))[:_EXAMPLES])
    more = ", …" if len(set(distant)) > _EXAMPLES else ""
    return (
        f"has {plural(len(distant), 'number')} far from all others ({listed}{more}): correct "
        "them, or list them as missing, unless they were measured"
    )


def _parse(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _describe_missing(column: Column, cells: Sequence[str]) -> str:
    if column.role == "center":
        empty = sum(not cell for cell in cells)
        return f"(center) is empty in {empty} of {plural(len(cells), 'case')}" if empty else ""
    is_empty = column.role not in UNCODED_ROLES and all(map(column.is_missing, cells))
    return "has no values" if is_empty else ""


def _describe_spellings(column: Column, cells: Sequence[str]) -> str:
    """Return the spellings that are read as a category though they differ from it."""
    if column.role in UNCODED_ROLES or column.kind == "continuous":
        return ""
    others = sorted({c for c in cells if c not in column.categories and not column.is_missing(c)})
    pairs = [f"{quote(c)} as {column.categories[int(column.encode(c))]!r}" for c in others]
    more = ", …" if len(pairs) > _EXAMPLES else ""
    return f"reads {', '.join(pairs[:_EXAMPLES])}{more}" if pairs else ""


def _describe_percentages(column: Column, cells: Sequence[str]) -> str:
    percentages = [cell for cell in cells if isinstance(cell, StoredPercentage)]
    if column.kind != "continuous" or not percentages:
        return ""
    return f"is formatted as percent and is read as fractions, e.g. {percentages[0]}"


def _describe_unused_values(conversion: Conversion, cells: Sequence[str]) -> str:
    unused = conversion.find_unused_values(cells)
    listed = ", ".join(map(quote, unused[:_EXAMPLES]))
    return f"has no cell {listed}, which its key values maps" if unused else ""
