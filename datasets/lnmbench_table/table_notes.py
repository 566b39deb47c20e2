"""Notes for the user on the columns of a table: unused, empty, read in another spelling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lnmbench import Column
from lnmbench.records import UNCODED_ROLES
from lnmbench.text import plural
from lnmbench_table.conversion import Conversion
from lnmbench_table.dictionary import Dictionary
from lnmbench_table.excel import StoredPercentage
from lnmbench_table.sheet import Sheet, quote_text

_EXAMPLES = 5


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
    left_out = [quote_text(header) for header in sheet.header if header not in used]
    if left_out:
        yield (
            f"{plural(len(left_out), 'column is', 'columns are')} not in the dictionary and not "
            f"used: {', '.join(left_out)}"
        )
    for conversion in dictionary.conversions:
        column, raw = conversion.column, sheet.column(conversion.column.name)
        for note in (
            _describe_missing(column, cells[column.name]),
            _describe_spellings(column, cells[column.name]),
            _describe_percentages(column, raw),
            _describe_unused_values(conversion, raw),
        ):
            if note:
                yield f"column {column.name!r} {note}"


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
    pairs = [f"{quote_text(c)} as {column.categories[int(column.encode(c))]!r}" for c in others]
    more = ", …" if len(pairs) > _EXAMPLES else ""
    return f"reads {', '.join(pairs[:_EXAMPLES])}{more}" if pairs else ""


def _describe_percentages(column: Column, cells: Sequence[str]) -> str:
    percentages = [cell for cell in cells if isinstance(cell, StoredPercentage)]
    if column.kind != "continuous" or not percentages:
        return ""
    return f"is formatted as percent and is read as fractions, e.g. {percentages[0]}"


def _describe_unused_values(conversion: Conversion, cells: Sequence[str]) -> str:
    unused = conversion.find_unused_values(cells)
    listed = ", ".join(map(quote_text, unused[:_EXAMPLES]))
    return f"has no cell {listed}, which its key values maps" if unused else ""
