"""`lnmbench run --dry-run` prints a plain table, and the run has not begun."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lnmbench.stages.estimate import ingest_probe

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


def test_images_that_are_not_ingested_are_read_in_part(
    lnmbench: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # all of them: a busy machine would read fewer in the usual time
    monkeypatch.setattr(ingest_probe, "_ENOUGH_SECONDS", float("inf"))
    networks = ("--patch", 64, "--encoder", "resnet18", "--aux", "none", "--only")
    done = lnmbench("run", "--dry-run", "--dataset", "synthetic:n=20", *SMALL, *networks)
    assert done.returncode == 0, done.stderr
    ingest, network, _ = done.stdout.split("───\n")[1].splitlines()[:3]
    assert ingest.startswith("ingest ")
    assert network.startswith("resnet18 ")
    text = " ".join(done.stdout.split())
    assert text.startswith("Estimate of the run ")
    assert "images of 20 random cases were read" in text
    assert "all 20 cases with images can be used" in text
    assert "its table of 20 cases and some of its images are read" in done.stderr
    assert not home.exists()
    assert not Path("runs").exists()


def test_a_dry_run_makes_no_key(lnmbench: Command, table: str) -> None:
    key = ("--pseudonymize", "key", "--new-key")
    done = lnmbench("run", "--dry-run", "--dataset", table, *SMALL, *key)
    assert done.returncode == 2
    assert "--new-key" in done.stderr
    assert not Path("key").exists()
