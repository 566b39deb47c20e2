"""What was read out of free-text reports, with its words: a file for review beside the cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lnmbench.choices import parse
from lnmbench.defaults import DEFAULTS
from lnmbench.records import Column
from lnmbench.stages.ingest.ingest_report import one_line
from lnmbench.stages.ingest.pseudonyms import Pseudonyms
from lnmbench.stages.ingest.text_reports import ReportFinding
from lnmbench.store.atomic import replacing
from lnmbench.text import format_csv

COLUMNS = ("case", "column", "value", "words", "reason")


def findings_beside(cohort: Path) -> Path:
    """Return where the findings of a cohort file's reports lie."""
    return cohort.with_suffix(".report-findings.csv")


def readers(columns: Sequence[Column]) -> list[str]:
    """Return the names of the readers that the report columns ask for."""
    report_columns = [column for column in columns if column.role == "report"]
    named = {column.reader or DEFAULTS.report_reader for column in report_columns}
    return sorted({parse(reader).name for reader in named})


def without_words(
    findings: Sequence[ReportFinding], pseudonyms: Pseudonyms
) -> tuple[ReportFinding, ...]:
    """Return findings under pseudonyms; words of a report may name people, so none are kept."""
    return tuple(
        replace(finding, case=pseudonyms.replace("id", finding.case), words="")
        for finding in sorted(findings, key=lambda f: pseudonyms.replace("id", f.case))
    )


def write_findings(findings: Sequence[ReportFinding], path: Path) -> None:
    """Write one line a finding or a report without any; no cell is a formula to a spreadsheet."""
    rows = [
        (finding.case, finding.column, str(finding.value), finding.words, finding.reason)
        for finding in findings
    ]
    text = format_csv(COLUMNS, [[one_line(cell) for cell in row] for row in rows])
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")
