"""`lnmbench run --dry-run` prints a plain table, and the run has not begun."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

Command = Callable[..., CompletedProcess[str]]
SMALL = ("--target", "n1", "--repeats", "2", "--folds", "3", "--inner", "2")


def test_a_dry_run_prints_a_table_and_writes_nothing(lnmbench: Command, table: str) -> None:
    assert lnmbench("data", "ingest", table).returncode == 0
    before = sorted(Path("..").rglob("*"))
    method_options = (
        "--encoder",
        "none",
        "--aux",
        "pt",
        "--tune",
        "3",
        "--training",
        "max_epochs=9",
    )
    done = lnmbench("run", "--dry-run", "--dataset", table, *SMALL, *method_options)
    assert done.returncode == 0, done.stderr
    assert sorted(Path("..").rglob("*")) == before
    network, plain, logistic, total = done.stdout.split("───\n")[1].splitlines()[:4]
    assert network.startswith("clinical network + pt ")
    assert plain.startswith("clinical network ")
    for line in (network, plain):
        assert "6 of 6" in line
        assert "12 × 3" in line
    assert logistic.startswith("logistic ")
    assert "18 of 18" in total
    assert "on cpu" in done.stdout
    assert "7 to 9 epochs" in done.stdout
    assert "nothing was written" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_dry_run_needs_the_cohort(lnmbench: Command, table: str) -> None:
    done = lnmbench("run", "--dry-run", "--dataset", table, *SMALL, "--patch", "64")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: the data set table is not ingested")
    assert f"first lnmbench data ingest '{table}' with the same --spacing" in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path("runs").exists()


def test_a_dry_run_makes_no_key(lnmbench: Command, table: str) -> None:
    key = ("--pseudonymize", "key", "--new-key")
    done = lnmbench("run", "--dry-run", "--dataset", table, *SMALL, *key)
    assert done.returncode == 2
    assert "--new-key" in done.stderr
    assert not Path("key").exists()
