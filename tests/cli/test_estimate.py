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
        "max_epochs=9,patience=6",
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


def test_a_table_that_is_not_ingested_is_read_and_not_kept(lnmbench: Command, table: str) -> None:
    before = sorted(Path("..").rglob("*"))
    done = lnmbench("run", "--dry-run", "--dataset", table, *SMALL, "--encoder", "none")
    assert done.returncode == 0, done.stderr
    assert "its table of 90 cases is read for the estimate, and not kept" in done.stderr
    assert "18 of 18" in done.stdout
    assert sorted(Path("..").rglob("*")) == before


def test_images_that_are_not_ingested_are_counted_by_case(lnmbench: Command, home: Path) -> None:
    done = lnmbench("run", "--dry-run", "--dataset", "synthetic:n=40", *SMALL, "--tune", "2")
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert "would first ingest the data set synthetic: 40 cases, 40 with images." in text
    assert "3 methods on 6 outer folds each (2 × 3 × 2)" in text
    assert "first run lnmbench data ingest synthetic:n=40" in text
    assert not home.exists()
    assert not Path("runs").exists()


def test_a_dry_run_makes_no_key(lnmbench: Command, table: str) -> None:
    key = ("--pseudonymize", "key", "--new-key")
    done = lnmbench("run", "--dry-run", "--dataset", table, *SMALL, *key)
    assert done.returncode == 2
    assert "--new-key" in done.stderr
    assert not Path("key").exists()
