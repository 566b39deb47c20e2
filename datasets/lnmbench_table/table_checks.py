"""Checks of a table against its dictionary: headers, ids, cells, features known after surgery."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lnmbench import Column, UserError
from lnmbench.errors import nearest
from lnmbench.lexicon.cells import find_evidence
from lnmbench.lexicon.timing import judge_column, judge_name
from lnmbench.lexicon.vocabulary import has_role
from lnmbench.text import fold_spelling, plural, quote
from lnmbench_table.conversion import Conversion
from lnmbench_table.sections import format_section_header
from lnmbench_table.sheet import Sheet

_LAST_ROWS = 5
_SHORTENED = re.compile(r"\d([.,]\d+)?e\+\d+", re.IGNORECASE)


def check_headers(sheet: Sheet, names: Sequence[str], path: Path) -> Iterator[UserError]:
    """Yield an error for each name that no header, or more than one, has.

    Parameters
    ----------
    sheet
        The table.
    names
        The names of the columns of the dictionary.
    path
        The dictionary, for messages.
    """
    counts, notes = Counter(sheet.header), "".join(f"; {note}" for note in sheet.notes)
    for name in names:
        alike = [header for header in sheet.header if fold_spelling(header) == fold_spelling(name)]
        if counts[name] == 0:
            yield UserError(
                f"no column {name!r}",
                where=f"{sheet.path}, required by {path}",
                got=" and ".join(map(quote, alike[:2])),
                then=nearest(name, [quote(header) for header in sheet.header if header]) + notes,
            )
            notes = ""
        if counts[name] > 1:
            yield UserError(
                f"header {name!r} occurs {counts[name]} times",
                where=str(sheet.path),
                then="rename all but one of these columns",
            )


def check_ids(sheet: Sheet, name: str) -> Iterator[UserError]:
    """Yield errors on ids that are empty, repeated, shortened or words below the last case."""
    if sheet.header.count(name) != 1:
        return
    ids = sheet.column(name)
    empty = [row.number for row, id_ in zip(sheet.rows, ids, strict=True) if not id_]
    if empty:
        yield UserError(
            f"no id in column {name!r}",
            where=f"{sheet.path}, row {', '.join(map(str, empty[:5]))}",
            got=f"{plural(len(empty), 'row')} without an id" if len(empty) > 1 else "",
        )
    for row, id_ in list(zip(sheet.rows, ids, strict=True))[-_LAST_ROWS:]:
        if has_role(id_, "summary"):
            yield UserError(
                f"column {name!r} holds {quote(id_)}, a word for a summary or a remark",
                where=f"{sheet.path}, row {row.number}",
                expected="the id of a case",
                then="delete the row, or rename the case",
            )
    shortened = [id_ for id_ in ids if _SHORTENED.fullmatch(id_)]
    if shortened:
        yield UserError(
            f"{plural(len(shortened), 'id')} in column {name!r} lost digits in a spreadsheet",
            where=str(sheet.path),
            got=quote(shortened[0]),
            then="format the column as text before the ids are entered, and export it again",
        )
    repeated = [id_ for id_, count in Counter(ids).items() if id_ and count > 1]
    if repeated:
        rows = [r.number for r, id_ in zip(sheet.rows, ids, strict=True) if id_ == repeated[0]]
        yield UserError(
            f"{plural(len(repeated), 'id occurs', 'ids occur')} more than once in column {name!r}",
            where=str(sheet.path),
            got=f"{quote(repeated[0])} in rows {', '.join(map(str, rows[:5]))}",
            then=_advise_on_repeated(sheet, name),
        )


def _advise_on_repeated(sheet: Sheet, name: str) -> str:
    center = find_numbering_center(sheet, name)
    if not center:
        return 'if a patient has several cases, add a column with role = "patient"'
    return (
        f"they are unique within each center (column {quote(center)}): write center and id into "
        "one column of ids, such as A-1 and B-1"
    )


def find_numbering_center(sheet: Sheet, name: str) -> str:
    """Return the column of centers within each of which repeated ids are unique, or nothing."""
    ids = sheet.column(name)
    for center in sheet.header:
        if sheet.header.count(center) != 1 or center == name or not has_role(center, "center"):
            continue
        pairs = list(zip(map(fold_spelling, sheet.column(center)), ids, strict=True))
        if len(set(pairs)) == len(pairs) > len(set(ids)):
            return center
    return ""


def convert_column(sheet: Sheet, conversion: Conversion) -> tuple[tuple[str, ...], list[UserError]]:
    """Return the cells of a column as it can encode them, and its errors."""
    column = conversion.column
    places = [f"{sheet.path}, row {row.number}" for row in sheet.rows]
    cells, errors = conversion.convert_all(sheet.column(column.name), places)
    if column.role == "patient" and not all(cells):
        errors.append(
            UserError(f"no patient in column {column.name!r}", where=places[cells.index("")])
        )
    return cells, errors


def find_late_features(sheet: Sheet, features: Sequence[Column]) -> dict[str, str]:
    """Return the features that seem to be known only after surgery, with the reason.

    They are judged by their names, and by cells that are T, N or stage classes, outcomes or
    operations. Under a name that says before surgery, a class with a p (pN1) is one of them.
    """
    late = {}
    for column in features:
        if sheet.header.count(column.name) == 1:
            verdict = judge_column(column.name, sheet.column(column.name))
            if verdict.time == "after" or verdict.late_cells:
                late[column.name] = verdict.late_cells or verdict.reason
    return late


def describe_late_features(
    sheet: Sheet, late: Mapping[str, str], dictionary: Path
) -> Iterator[UserError]:
    """Yield an error on the features that seem to be known only after surgery.

    Parameters
    ----------
    sheet
        The table.
    late
        These features, with the reason.
    dictionary
        The dictionary, for messages.
    """
    if not late:
        return
    (name, reason), *_ = late.items()
    others = ", ".join(quote(other) for other in list(late)[1:])
    if judge_name(name).time == "after":
        problem, got = "seems, by its name, to be", f"a name for {reason}"
    else:
        problem = f"seems to hold {reason}, which are"
        cells = [cell for cell in sheet.column(name) if cell]
        sure = (cell for cell in cells if _is_pathological(cell, name))
        got = f"e.g. {quote(next(sure, cells[0]))}"
    yield UserError(
        f"column {quote(name)} {problem} known only after surgery",
        where=f"{dictionary}, {format_section_header('columns', name)}",
        got=f"{got}; also columns {others}" if others else got,
        then='set role = "aux", or known = "before" if it is known before surgery',
    )


def _is_pathological(cell: str, name: str) -> bool:
    """Return whether a cell says that it is pathological, as pN1 does."""
    evidence = find_evidence([cell], (), name)
    return evidence is not None and evidence.time == "after" and evidence.is_sure
