"""Damaged and invalid input: one line for each kind, and the page of the docs that lists them.

`tests/damaged/*.py` create the input, one file for each area. `KINDS` maps the name of a problem to
a function that creates the input in an empty folder and reads it. The optional `COMMANDS` maps the
same name to the command that reads the files from within that folder.
`LNMBENCH_WRITE_DOCS=1 pytest tests/test_damaged.py` regenerates the page.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from module_files import load_module

from lnmbench import UserError
from lnmbench.__main__ import main

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "damaged_input.md"
LONGEST = 300
PROCESSES = 3
HEAD = """\
# Damaged and invalid input

The table lists the error message for each kind of input that cannot be used. A command prints this
line and ends with exit code 2, without a traceback. Ingest leaves out a case with such images and
writes the line to the ingest log (`<cohort>.ingest-report.csv`). `…` is the folder of the input.
`tests/test_damaged.py` creates each input, reads it, and generates this table.

| area | problem | message |
|---|---|---|
"""


AREAS = {
    path.stem: load_module(path, f"damaged_{path.stem}")
    for path in sorted(Path(__file__).with_name("damaged").glob("*.py"))
}
KINDS: dict[tuple[str, str], Callable[[Path], object]] = {
    (area, what): make for area, module in AREAS.items() for what, make in module.KINDS.items()
}
COMMANDS: dict[tuple[str, str], tuple[str, ...]] = {
    (area, what): tuple(words)
    for area, module in AREAS.items()
    for what, words in getattr(module, "COMMANDS", {}).items()
}


def names(keys: object) -> list[str]:
    return [f"{area}: {what}" for area, what in keys]


@functools.cache
def line_of(area: str, what: str) -> str:
    """Make the input, read it, and return the line, the folder's path replaced."""
    running = threading.active_count()
    with tempfile.TemporaryDirectory() as folder:
        with pytest.raises(UserError) as refusal:
            KINDS[area, what](Path(folder))
        assert threading.active_count() == running, "it leaves a thread that runs on"
        return str(refusal.value).replace(folder, "…")


@pytest.mark.parametrize(("area", "what"), KINDS, ids=names(KINDS))
def test_it_is_one_line_that_a_user_can_read(area: str, what: str) -> None:
    line = line_of(area, what)
    assert 10 < len(line) <= LONGEST, line
    assert line.isprintable()
    assert "Traceback" not in line
    assert tempfile.gettempdir() + os.sep not in line
    assert str(ROOT) not in line


def test_there_are_many_kinds() -> None:
    assert len(KINDS) >= 30


def test_the_docs_show_them() -> None:
    page = HEAD + "".join(
        f"| {cell(area.replace('_', ' '))} | {cell(what)} | {quoted(line_of(area, what))} |\n"
        for area, what in KINDS
    )
    if os.environ.get("LNMBENCH_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "LNMBENCH_WRITE_DOCS=1 writes it anew"


def cell(text: str) -> str:
    return "".join(f"\\{mark}" if mark in "\\|*_`[]<>" else mark for mark in text)


def quoted(text: str) -> str:
    """Return code that may hold backticks, for a cell of a table."""
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")


def test_three_kinds_or_more_have_a_command() -> None:
    assert len(COMMANDS) >= 3
    assert set(COMMANDS) <= set(KINDS)


@pytest.mark.parametrize(("area", "what"), COMMANDS, ids=names(COMMANDS))
def test_the_command_says_the_same(
    area: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError):
        KINDS[area, what](tmp_path)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setenv("LNMBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    start = as_process if (area, what) in list(COMMANDS)[:PROCESSES] else in_this_process
    code, out, err = start(COMMANDS[area, what])
    assert code == 2, err
    (line,) = err.splitlines()
    # the command names the files as they were typed, from within the folder
    assert line == f"error: {line_of(area, what)}".replace(f"…{os.sep}", "")
    assert out == ""
    assert sorted(tmp_path.rglob("*")) == before


def as_process(words: tuple[str, ...]) -> tuple[object, str, str]:
    """Return the exit code of the command, and what it wrote to stdout and stderr."""
    command = [sys.executable, "-m", "lnmbench", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout, done.stderr


def in_this_process(words: tuple[str, ...]) -> tuple[object, str, str]:
    """Do the same without the seconds that a new process takes to import everything."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["lnmbench", *words]),
        mock.patch.object(sys, "unraisablehook", sys.unraisablehook),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        main()
    return end.value.code, out.getvalue(), err.getvalue()
