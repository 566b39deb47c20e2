"""Free-text reports: their columns become columns of values, without the texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lnmbench import choices
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import PluginError, UserError
from lnmbench.records import REPORT_MODALITY, Case, Column, Finding
from lnmbench.registry import Registry
from lnmbench.text import plural

LONGEST_REPORT = 100_000
"""Maximum number of characters of a report that is read; a longer cell is no report."""


_TOO_LONG = f"more than {LONGEST_REPORT:,} characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A row of the review file: the value that a case's report gave for a column, and its words.

    If a report gave nothing, column, value and words are empty, and `reason` says so.
    """

    case: str
    column: str
    value: object
    words: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReports:
    """A data set's columns and cases with the values of its reports instead of their texts.

    `rows` are for the review file; `notes` are for the user.
    """

    columns: tuple[Column, ...]
    cases: tuple[Case, ...]
    rows: tuple[ReviewRow, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReportColumn:
    """A report column, its reader, and the findings in each case's text.

    `columns` are those that some report fills, under their new names; `unfilled` names the others;
    `empty` are the indices of cases without a text; `unread` has the reason for each case whose
    text is too long or makes the reader fail;
    `cells` counts the cases that have a cell.
    """

    column: Column
    reader: str
    columns: tuple[Column, ...]
    unfilled: tuple[str, ...]
    findings: tuple[Mapping[str, Finding], ...]
    empty: frozenset[int]
    unread: Mapping[int, str]
    cells: int


def reader_names(columns: Sequence[Column]) -> list[str]:
    """Return the names of the readers of the report columns."""
    report_columns = [column for column in columns if column.role == "report"]
    readers = {column.reader or DEFAULTS.report_reader for column in report_columns}
    return sorted({choices.parse(choice).name for choice in readers})


def read_reports(
    columns: Sequence[Column], cases: Sequence[Case], registry: Registry
) -> ReadReports:
    """Replace every column of the role `report` by the columns of its reader.

    The new columns are called `<report column>: <column of the reader>`. The reader is the
    column's own, or the default one. Empty texts, and texts that the reader cannot read, leave the
    values missing; a note counts them, and names the columns that no report fills and that are
    therefore left out. The returned cases hold no texts of reports.

    Parameters
    ----------
    columns
        The columns of the data set.
    cases
        The cases of the data set.
    registry
        The plugins, with the report readers.

    Raises
    ------
    UserError
        If a reader is unknown, or the name of a new column is already used.
    """
    reports = [_read(column, cases, registry) for column in columns if column.role == "report"]
    if not reports:
        return ReadReports(columns=tuple(columns), cases=tuple(cases))
    others = [column for column in columns if column.role != "report"]
    added = [column for report in reports for column in report.columns]
    _refuse_duplicate_names(others, added)
    return ReadReports(
        columns=(*others, *added),
        cases=tuple(_replace_texts(case, index, reports) for index, case in enumerate(cases)),
        rows=tuple(
            row
            for index, case in enumerate(cases)
            for report in reports
            for row in _rows(case, report, index)
        ),
        notes=tuple(_note(report) for report in reports),
    )


def _read(column: Column, cases: Sequence[Case], registry: Registry) -> _ReportColumn:
    try:
        choice = column.reader or DEFAULTS.report_reader
        reader = registry.report_readers.build(choices.parse(choice))
    except UserError as error:
        raise UserError(f"column {column.name!r}: {error}") from error
    texts = [_text(case.values.get(column.name), column) for case in cases]
    unread: dict[int, str] = {}
    findings: list[Mapping[str, Finding]] = []
    for index, text in enumerate(texts):
        findings.append({})
        if len(text) > LONGEST_REPORT:
            unread[index] = _TOO_LONG
        elif text:
            try:
                findings[index] = reader.read(text)
            except PluginError as fault:  # costs this report alone
                unread[index] = str(fault)
    filled = {name for case_findings in findings for name in case_findings}
    return _ReportColumn(
        column=column,
        reader=choice,
        columns=tuple(
            replace(c, name=f"{column.name}: {c.name}", modality=REPORT_MODALITY)
            for c in reader.columns
            if c.name in filled
        ),
        unfilled=tuple(c.name for c in reader.columns if c.name not in filled),
        findings=tuple(findings),
        empty=frozenset(index for index, text in enumerate(texts) if not text),
        unread=unread,
        cells=sum(column.name in case.values for case in cases),
    )


def _text(cell: object, column: Column) -> str:
    text = "" if cell is None else str(cell).strip()
    return "" if column.is_missing(text) else text


def _refuse_duplicate_names(columns: Sequence[Column], added: Sequence[Column]) -> None:
    names = {column.name for column in columns}
    for column in added:
        if column.name in names:
            raise UserError(
                f"two columns are called {column.name!r}",
                expected="a name that no report reader gives",
                then="rename the column of the table, or leave it out of the dictionary",
            )
        names.add(column.name)


def _replace_texts(case: Case, index: int, reports: Sequence[_ReportColumn]) -> Case:
    texts = {report.column.name for report in reports}
    values = {name: value for name, value in case.values.items() if name not in texts}
    for report in reports:
        for name, finding in report.findings[index].items():
            values[f"{report.column.name}: {name}"] = finding.value
    return replace(case, values=values)


def _rows(case: Case, report: _ReportColumn, index: int) -> Iterator[ReviewRow]:
    if not report.findings[index] and index not in report.empty:
        reason = f"{report.unread.get(index, 'no finding')} in column {report.column.name!r}"
        yield ReviewRow(case=case.id, column="", value="", words="", reason=reason)
    for name, finding in report.findings[index].items():
        yield ReviewRow(
            case=case.id,
            column=f"{report.column.name}: {name}",
            value=finding.value,
            words=finding.words,
        )


def _note(report: _ReportColumn) -> str:
    skipped = len(report.empty) + len(report.unread)
    without_finding = sum(not findings for findings in report.findings) - skipped
    empty = len(report.empty) - (len(report.findings) - report.cells)
    parts = [f"{plural(report.cells, 'cell')}"]
    parts += [f"{empty} empty"] if empty else []
    for reason, count in Counter(report.unread.values()).items():
        parts.append(f"{count} not read (listed), with {reason}")
    if without_finding:
        parts.append(
            f"{without_finding} without any finding (listed; possibly in another language)"
        )
    left_out = f"; in no report, left out: {', '.join(report.unfilled)}" if report.unfilled else ""
    return (
        f"column {report.column.name!r} is read by {report.reader}: {', '.join(parts)}{left_out}; "
        "rules extracted the values: review report-findings.csv before you use them"
    )
