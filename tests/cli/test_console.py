from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path

import pytest

import lnmbench.cli
from lnmbench.cli.console import (
    FILE_WIDTH,
    make_console,
    print_document,
    print_line,
    print_notice,
    print_path,
    print_table,
    print_title,
    print_to_console,
)
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


HOSTILE = "a\x1b]0;title\x07\x1b[2J\u202eb\u200b\x9b\u2028[red]c[/red]"


def test_lines_steer_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_line(HOSTILE)
    print_notice(HOSTILE)
    assert capsys.readouterr() == ("a]0;title[2Jb [red]c[/red]\n",) * 2


def test_a_table_steers_no_terminal_and_is_as_wide_as_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("name", "text"), ("x", f"{HOSTILE} and more words")]
    print_title(HOSTILE)
    print_table(rows, file_width=200)
    title, heading, *lines = capsys.readouterr().out.splitlines()
    assert title == "a]0;title[2Jb [red]c[/red]"
    assert heading.split() == ["name", "text"]
    assert lines == [f"x     {title} and more words", ""]
    print_table([])
    assert capsys.readouterr().out == "\n"
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("TERM", "dumb")
    print_table(rows, file_width=200)
    assert max(map(len, terminal.getvalue().splitlines())) <= 20


def test_a_document_keeps_every_character_as_an_escape(capsys: pytest.CaptureFixture[str]) -> None:
    print_document(f'# {HOSTILE}\ntext = "\u202eb\U000e0041\\n"\n')
    out = capsys.readouterr().out
    assert not set(out) & set("\x1b\x07\u202e\u200b\x9b\u2028\U000e0041")
    assert tomllib.loads(out) == {"text": "\u202eb\U000e0041\n"}


def test_a_program_gets_a_path_as_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("a\u202eb.h5")
    print_path(path)
    assert capsys.readouterr().out == "a\u202eb.h5\n"
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    print_path(path)
    assert terminal.getvalue() == "a\\u202eb.h5\n"


def test_commands_print_through_these_functions_alone() -> None:
    free = {"console.py", "help.py", "app.py", "interrupt.py", "progress.py"}
    for module in Path(lnmbench.cli.__file__).parent.glob("*.py"):
        if module.name not in free:
            assert not re.search(
                r"\becho\(|(?<!\.)\bprint\(|\bstd(out|err)\.write", module.read_text()
            )
