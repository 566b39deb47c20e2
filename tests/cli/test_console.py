from __future__ import annotations

import io

import pytest

from lnmbench.cli.console import FILE_WIDTH, make_console, print_to_console
from lnmbench.records import Paragraph


class Terminal(io.StringIO):
    """A file that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_file_has_a_fixed_width_and_a_terminal_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert make_console(io.StringIO()).width == FILE_WIDTH
    assert make_console(io.StringIO(), file_width=200).width == 200
    assert make_console(Terminal()).width == 70


def test_blocks_are_printed_to_standard_output_or_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    block = Paragraph(key="p", title="Answer", lines=("Yes.",))
    print_to_console([block])
    assert "Answer" in capsys.readouterr().out
    file = io.StringIO()
    print_to_console([block], file)
    assert "Yes." in file.getvalue()
    assert capsys.readouterr().out == ""
