"""Reading: columns of free-text reports become columns of values, with the words kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lnmbench import choices
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import UserError
from lnmbench.records import Case, Column, Finding
from lnmbench.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFinding:
    """A row of the review file: what a case's report gave for a column, and in which words.

    Where a report gave nothing, column, value and words are empty, and `reason` says so.
    """

    case: str
    column: str
    value: object
    words: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReports:
    """A data set's columns and cases without reports: what was read stands in their place.

    `findings` are for a file beside the cohort file, for review; `notes` are for the user.
    """

    columns: tuple[Column, ...]
    cases: tuple[Case, ...]
    findings: tuple[ReportFinding, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """A report column, its reader, and what was found in each case's text.

    `columns` are those that some report fills, under their new names; `unfilled` names the others;
    `empty` are the places of the cases without a text, `cells` is how many have a cell for one.
    """

    column: Column
    reader: str
    columns: tuple[Column, ...]
    unfilled: tuple[str, ...]
    found: tuple[Mapping[str, Finding], ...]
    empty: frozenset[int]
    cells: int


def read_reports(
    columns: Sequence[Column], cases: Sequence[Case], registry: Registry
) -> ReadReports:
    """Replace every column of the role `report` by what its reader makes of it.

    The new columns are called `<report column>: <column of the reader>`. The reader is the
    column's own or `ct`. Empty texts, and texts that the reader cannot read, leave the values
    missing; a note counts them, and names the columns that are left out because no report fills
    them. The texts are in no case that is returned.

    Raises `UserError` for an unknown reader and where a new column's name is taken.
    """
    reports = [_read(column, cases, registry) for column in columns if column.role == "report"]
    if not reports:
        return ReadReports(columns=tuple(columns), cases=tuple(cases))
    kept = [column for column in columns if column.role != "report"]
    added = [column for report in reports for column in report.columns]
    _refuse_taken(kept, added)
    return ReadReports(
        columns=(*kept, *added),
        cases=tuple(_without_texts(case, place, reports) for place, case in enumerate(cases)),
        findings=tuple(
            row
            for place, case in enumerate(cases)
            for report in reports
            for row in _rows(case, report, place)
        ),
        notes=tuple(_note(report) for report in reports),
    )


def _read(column: Column, cases: Sequence[Case], registry: Registry) -> _Report:
    try:
        reader = column.reader or DEFAULTS.report_reader
        made = registry.report_readers.build(choices.parse(reader))
    except UserError as error:
        raise UserError(f"column {column.name!r}: {error}") from error
    texts = [_text(case.values.get(column.name), column) for case in cases]
    found = tuple(made.read(text) if text else {} for text in texts)
    filled = {name for one in found for name in one}
    return _Report(
        column=column,
        reader=reader,
        columns=tuple(
            replace(c, name=f"{column.name}: {c.name}") for c in made.columns if c.name in filled
        ),
        unfilled=tuple(c.name for c in made.columns if c.name not in filled),
        found=found,
        empty=frozenset(place for place, text in enumerate(texts) if not text),
        cells=sum(column.name in case.values for case in cases),
    )


def _text(cell: object, column: Column) -> str:
    text = "" if cell is None else str(cell).strip()
    return "" if text.casefold() == "nan" or text in column.missing else text


def _refuse_taken(kept: Sequence[Column], added: Sequence[Column]) -> None:
    names = {column.name for column in kept}
    for column in added:
        if column.name in names:
            raise UserError(
                f"two columns are called {column.name!r}",
                expected="a name that no report reader gives",
                then="rename the column of the table, or leave it out of the dictionary",
            )
        names.add(column.name)


def _without_texts(case: Case, place: int, reports: Sequence[_Report]) -> Case:
    texts = {report.column.name for report in reports}
    values = {name: value for name, value in case.values.items() if name not in texts}
    for report in reports:
        for name, finding in report.found[place].items():
            values[f"{report.column.name}: {name}"] = finding.value
    return replace(case, values=values)


def _rows(case: Case, report: _Report, place: int) -> Iterator[ReportFinding]:
    if not report.found[place] and place not in report.empty:
        reason = f"nothing was read in column {report.column.name!r}"
        yield ReportFinding(case=case.id, column="", value="", words="", reason=reason)
    for name, finding in report.found[place].items():
        yield ReportFinding(
            case=case.id,
            column=f"{report.column.name}: {name}",
            value=finding.value,
            words=finding.words,
        )


def _note(report: _Report) -> str:
    silent = sum(not found for found in report.found) - len(report.empty)
    empty = len(report.empty) - (len(report.found) - report.cells)
    told = f"column {report.column.name!r} is read by {report.reader}: {report.cells} cells"
    told += f", {empty} empty" if empty else ""
    told += f", {silent} without any finding (listed; another language?)" if silent else ""
    told += f"; in no report, left out: {', '.join(report.unfilled)}" if report.unfilled else ""
    return f"{told}; rules made the values: review report-findings.csv before relying on them"
