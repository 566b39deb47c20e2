"""Streams that are closed, broken, or without characters end no command with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")


def run(words: str, redirection: str, **environment: str) -> subprocess.CompletedProcess[str]:
    Path("table.csv").write_text("id,größe ≥ 3,n1\na,1,0\nb,2,1\nc,3,1\n", encoding="utf-8")
    return subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m lnmbench {words} {redirection}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=300,
    )


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "<&-"])
@pytest.mark.parametrize("words", ["list --json", "report nowhere"])
def test_a_closed_stream_is_no_traceback(home: Path, words: str, redirection: str) -> None:
    done = run(words, redirection)
    assert done.returncode == (2 if words == "report nowhere" else 0), done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "Exception ignored" not in done.stderr


def test_no_file_gets_the_number_of_a_closed_stream(home: Path) -> None:
    code = (
        "from lnmbench.cli.standard_streams import open_standard_streams as o; o();"
        "f = open('kept', 'w'); print('printed'); f.write('written'); f.close()"
    )
    command = f'{sys.executable} -c "{code}" >&- 2>&-'
    subprocess.run(["/bin/sh", "-c", command], check=True)
    assert Path("kept").read_text() == "written"


def test_a_reader_that_stops_ends_the_command_silently(home: Path) -> None:
    done = run("list --json", "| true")
    assert done.stderr == ""
    done = run("list --json", "2>&1 | head -1")
    assert (done.stdout, done.stderr) == ("[\n", "")


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["ascii", "locale C"],
)
@pytest.mark.parametrize("words", ["data describe table.csv", "list metrics"])
def test_an_encoding_without_characters_is_no_traceback(
    home: Path, words: str, environment: dict[str, str]
) -> None:
    done = run(words, "", **environment)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_document_is_written_in_utf8_whatever_the_encoding(home: Path) -> None:
    done = run("data describe table.csv", "> columns.toml", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    assert "größe ≥ 3" in Path("columns.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", ["0", "1", "7", "x"])
def test_narrow_terminals_are_no_traceback(lnmbench: Command, columns: str) -> None:
    done = lnmbench("data", "list", COLUMNS=columns, TERM="dumb", NO_COLOR="1")
    assert done.returncode == 0, done.stderr
