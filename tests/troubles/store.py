"""Troubles of stored files: cohort files and ledgers in use, drives without locks, odd folders."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest import mock

import pytest

from lnmbench import UserError
from lnmbench.__main__ import main
from lnmbench.store.ledger import FILE

DICTIONARY = """\
[columns.id]
role = "id"
[columns.age]
role = "feature"
kind = "continuous"
[columns.n1]
role = "target"
kind = "binary"
label = "n1"
categories = ["0", "1"]
"""
ODD_IDS = ("a/b", "=1+1", "x'y", 'q"q', "50%", "..", "nul\u00a0l", "ü")


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Use a home in the folder."""
    with mock.patch.dict(os.environ, {"LNMBENCH_HOME": str(folder / "home")}):
        yield


def command(*words: str) -> int:
    """Return the exit code of a command in this process."""
    with (
        mock.patch.object(sys, "argv", ["lnmbench", *words]),
        mock.patch.object(sys, "unraisablehook", sys.unraisablehook),
        pytest.raises(SystemExit) as end,
    ):
        main()
    assert isinstance(end.value.code, int)
    return end.value.code


def write_table(folder: Path, ids: tuple[str, ...] = ()) -> str:
    """Write a table with 40 cases, and return its data set as typed."""
    names = [*ids, *(f"P{number:02d}" for number in range(40 - len(ids)))]
    rows = [
        f"{_quote(name)},{50 + number % 30},{int(number % 3 == 0)}"
        for number, name in enumerate(names)
    ]
    (folder / "A.csv").write_text("\n".join(["id,age,n1", *rows]) + "\n", encoding="utf-8")
    (folder / "A.toml").write_text(DICTIONARY, encoding="utf-8")
    return f'table:path="{folder}/A.csv",columns="{folder}/A.toml"'


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def start_run(folder: Path, data_set: str) -> int:
    """Run one baseline on the table."""
    return command(
        *("run", "--dataset", data_set, "--target", "n1", "--baseline", "logistic", "--only"),
        *("--repeats", "1", "--folds", "2", "--inner", "2", "--out", str(folder / "run")),
    )


def cohort_file_held(folder: Path) -> None:
    """HDFView or a notebook has the file open; h5py says errno 11."""
    data_set = write_table(folder)
    with working_in(folder):
        assert command("data", "ingest", data_set) == 0
        (path,) = (folder / "home" / "cohorts").glob("*.h5")
        code = "import h5py, sys; f = h5py.File(sys.argv[1], 'r+'); print('o', flush=True); input()"
        with subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "o\n"
            with pytest.raises(UserError, match="another program holds") as refusal:
                read_again(path)
            other.communicate("\n")
        assert "delete" not in str(refusal.value)
        assert start_run(folder, data_set) == 0


def read_again(path: Path) -> None:
    from lnmbench.store.cohort_file import read_cohort

    read_cohort(path)


def ledger_held(folder: Path) -> None:
    """A database browser has a transaction open while the report is printed."""
    from lnmbench.store.ledger import LedgerReader

    with working_in(folder):
        assert start_run(folder, write_table(folder)) == 0
        with (
            closing(sqlite3.connect(folder / "run" / FILE, isolation_level=None)) as other,
            mock.patch("lnmbench.store.ledger.connection._SQLITE_SECONDS", 0.0),
            mock.patch("lnmbench.store.ledger.reader.READER_SECONDS", 0.0),
        ):
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(UserError, match="another program holds the ledger") as refusal:
                LedgerReader.open(folder / "run")
        assert "restore" not in str(refusal.value)
        assert command("report", str(folder / "run")) == 0


def drive_without_locks(folder: Path) -> None:
    """A network drive refuses flock and lockf; cohort and ledger are used all the same."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    with (
        working_in(folder),
        mock.patch.object(fcntl, "flock", refuse),
        mock.patch.object(fcntl, "lockf", refuse),
    ):
        assert start_run(folder, write_table(folder)) == 0
        assert command("report", str(folder / "run")) == 0
    assert not list(folder.rglob("*.held"))


def odd_folders_and_ids(folder: Path) -> None:
    """'#', '%' and '?' in paths break URIs of SQLite; ids hold slashes, quotes and formulas."""
    odd = folder / "a=b, c #1 50%20?é+x"
    odd.mkdir()
    data_set = write_table(odd, ODD_IDS)
    with working_in(odd):
        assert start_run(odd, data_set) == 0
        assert command("report", str(odd / "run")) == 0
        assert command("export", str(odd / "run"), str(odd / "exported")) == 0


def read_only_drive(folder: Path) -> None:
    """A shared cohort and a finished run lie on a drive that cannot be written to."""
    data_set = write_table(folder)
    with working_in(folder):
        assert command("data", "ingest", data_set) == 0
        assert start_run(folder, data_set) == 0
        private = [*(folder / "home").rglob("*"), *(folder / "run").iterdir()]
        for path in (*private, folder / "home", folder / "run"):
            path.chmod(0o500 if path.is_dir() else 0o400)
        try:
            assert command("report", str(folder / "run")) == 0
            assert command("data", "validate") == 0
        finally:
            for path in (folder / "home", folder / "run", *private):
                path.chmod(0o700)


TROUBLES: dict[str, Callable[[Path], None]] = {
    "another program holds the cohort file": cohort_file_held,
    "another tool holds the ledger": ledger_held,
    "the drive has no locks": drive_without_locks,
    "folders and ids have odd characters": odd_folders_and_ids,
    "the drive is read-only": read_only_drive,
}
