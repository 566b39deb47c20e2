from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.records import Page, Paragraph
from lnmbench.stages.report import write_report

PAGE = Page(
    title="t",
    subtitle="s",
    methods={},
    chosen=(),
    blocks=(Paragraph(key="answer", title="Answer", lines=("No difference.",)),),
)


def test_a_report_is_written_in_its_format(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    for _ in range(2):  # the second one replaces the first
        write_report(PAGE, file, "markdown")
        assert "## Answer" in file.read_text(encoding="utf-8")
    write_report(PAGE, file, "html")
    assert file.read_text(encoding="utf-8").startswith("<!")
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_and_an_unknown_format_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot write.*expected a file, got a folder"):
        write_report(PAGE, tmp_path, "markdown")
    with pytest.raises(UserError, match="unknown report format 'pdf'"):
        write_report(PAGE, tmp_path / "report.pdf", "pdf")
    assert not list(tmp_path.iterdir())
