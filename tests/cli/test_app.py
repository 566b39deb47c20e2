"""Errors of the user are one line with exit code 2, and no file is written halfway."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Command = Callable[..., CompletedProcess[str]]
LOGISTIC = ("--target", "n1", "--baseline", "logistic", "--only", "--folds", "3", "--inner", "2")


def refuse(done: CompletedProcess[str], *expected: str) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert "Traceback" not in done.stderr
    for words in expected:
        assert words in last
    assert not Path("runs").exists()


CASES: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("run", "--dataset", "synthetc"), ("unknown dataset 'synthetc'", "did you mean synthetic")),
    (("run", "--dataset", "synthetic:n=many"), ("wrong value for n", "expected int")),
    (
        ("run", "--dataset", "synthetic:m=3"),
        ("unknown parameter 'm' of dataset synthetic", "n=160"),
    ),
    (("run", "--dataset", "table"), ("requires the parameter 'path'",)),
    (("run", "--dataset", "table:path"), ("malformed choice", "name:key=value")),
    (("run", "--folds", "1"), ("wrong value for folds",)),
    (
        ("run", "--folds", "many"),
        ("invalid value for '--folds': expected a valid integer; see ",),
    ),
    (("run", "--fold", "3"), ("no such option",)),
    (("run", "--training", "learning_rat=1"), ("did you mean learning_rate",)),
    (("run", "--config", "none.toml"), ("no such benchmark file", "none.toml")),
    (
        ("run", "--plugin", "nowhere.py"),
        ("nowhere does not exist", "LNMBENCH_BLOCK=nowhere"),
    ),
    (("run", "--executor", "cluster"), ("unknown executor 'cluster'",)),
    (("report",), ("no run here", "lnmbench run")),
    (("report", "nowhere"), ("no run here", "nowhere")),
    (("export", "nowhere", "tidy"), ("no run here",)),
    (("list", "encodrs"), ("did you mean encoders",)),
    (("rn",), ("no such command 'rn'",)),
    (("repot",), ("'report', 'export'? See ", "--help")),
    (("report", "--format", "docx"), ("invalid value for '--format': 'docx' is not one of",)),
    (("data", "describe", "none.csv"), ("none.csv",)),
]


@pytest.mark.parametrize(("words", "expected"), CASES, ids=[" ".join(words) for words, _ in CASES])
def test_what_cannot_be_run(
    lnmbench: Command, words: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    refuse(lnmbench(*words), *expected)


def edit(name: str, old: str, new: str) -> None:
    path = Path(name)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


EDITS: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("cohort.csv", "age,sex", "years,sex", ("age",)),
    ("cohort.csv", "p7,", "p6,", ("p6",)),
    ("cohort.csv", ",m,", ",x,", ("sex", "'x'", "one of its categories")),
    ("columns.toml", 'unit = "a"', 'known = "after"', ("age", "after surgery")),
    ("columns.toml", 'unit = "a"', 'units = "a"', ("units", "unit")),
    ("columns.toml", '"id"', '"ident"', ("role",)),
    ("columns.toml", "[columns.age]", "[columns.age", ("columns.toml",)),
    ("columns.toml", 'label = "n1"', 'label = "n9"', ("n1",)),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), EDITS, ids=[e[2] for e in EDITS])
def test_what_is_wrong_in_a_table(
    lnmbench: Command, table: str, name: str, old: str, new: str, expected: tuple[str, ...]
) -> None:
    edit(name, old, new)
    refuse(lnmbench("run", "--dataset", table, *LOGISTIC), *expected)


def test_one_class_only(lnmbench: Command, table: str) -> None:
    lines = Path("cohort.csv").read_text().splitlines()
    kept = [lines[0], *(line for line in lines[1:] if line.split(",")[4] == "0")]
    Path("cohort.csv").write_text("\n".join(kept) + "\n")
    refuse(lnmbench("run", "--dataset", table, *LOGISTIC), "one class only")


def test_fewer_positives_than_folds(lnmbench: Command, table: str) -> None:
    lines = Path("cohort.csv").read_text().splitlines()
    positive = [line for line in lines[1:] if line.split(",")[4] == "1"][:3]
    negative = [line for line in lines[1:] if line.split(",")[4] == "0"]
    Path("cohort.csv").write_text("\n".join([lines[0], *positive, *negative]) + "\n")
    done = lnmbench("run", "--dataset", table, *LOGISTIC[:-4])
    refuse(done, "too few positive patients", "--folds 3 --inner 2")


def test_a_damaged_cohort_file_and_ledger(lnmbench: Command, table: str, home: Path) -> None:
    assert lnmbench("run", "--dataset", table, *LOGISTIC, "--repeats", 1).returncode == 0
    (cohort,) = (home / "cohorts").glob("*.h5")
    whole = cohort.read_bytes()
    cohort.write_bytes(whole[: len(whole) // 2])
    done = lnmbench("run", "--dataset", table, *LOGISTIC, "--repeats", 1)
    assert done.returncode == 2
    assert "cannot read the cohort file" in done.stderr.splitlines()[-1]
    cohort.write_bytes(whole)

    (run,) = Path("runs").iterdir()
    (run / "ledger.sqlite").write_bytes(b"no ledger" * 1000)
    for words in (("report",), ("run", "--dataset", table, *LOGISTIC, "--repeats", 1)):
        done = lnmbench(*words)
        assert done.returncode == 2
        assert "cannot read the ledger" in done.stderr.splitlines()[-1]


@contextmanager
def small_files() -> Iterator[None]:
    """Limit the size of files, which stands for a full disk."""
    import resource
    import signal

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.skipif(os.name == "nt", reason="needs a limit on the size of files")
def test_no_space(lnmbench: Command, table: str, home: Path) -> None:
    run = ("run", "--dataset", table, *LOGISTIC, "--repeats", 1)
    with small_files():
        refuse(lnmbench(*run), "no space left")
    assert not list(home.glob("cohorts/*.h5"))

    assert lnmbench(*run, "--out", "kept").returncode == 0
    with small_files():
        refuse(lnmbench(*run), "no space left")
        refuse(
            lnmbench("report", "kept", "--format", "csv", "--output", "report.csv"), "no space left"
        )
        refuse(lnmbench("export", "kept", "tidy"), "no space left")
    names = sorted(path.name for path in Path.cwd().iterdir())
    assert names == ["cohort.csv", "columns.toml", "kept"]


@pytest.mark.skipif(os.name == "nt", reason="the current folder cannot be deleted")
def test_a_deleted_current_folder(lnmbench: Command, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    refuse(lnmbench("report"), "the current folder was deleted")


WITHOUT_TORCH = """
import sys
from lnmbench.__main__ import main
sys.argv = ["lnmbench", *{words}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
names = {{"torch", "torchvision", "SimpleITK", "sklearn", "pandas", "matplotlib", "h5py"}}
names |= {{"numpy", "scipy", "lnmbench.stats", "lnmbench.results", "lnmbench.lexicon.cells"}}
names |= {{"lnmbench_ctreports.sentences", "lnmbench_table.sheet"}}
heavy = names & set(sys.modules)
assert not heavy, heavy
"""


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["list"], ["list", "--json"]])
def test_help_and_list_load_nothing_heavy(words: list[str]) -> None:
    code = WITHOUT_TORCH.format(words=words)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_version_is_printed(lnmbench: Command) -> None:
    assert "lnmbench" in lnmbench("--version").stdout


def test_without_a_command_it_prints_help(lnmbench: Command) -> None:
    done = lnmbench()
    for name in ("run", "report", "check", "export", "list", "data"):
        assert f"│ {name} " in done.stdout + done.stderr
