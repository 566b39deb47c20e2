"""A killed run goes on where it was and ends with the same numbers."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pandas as pd
import pytest

Command = Callable[..., CompletedProcess[str]]
KILLS = 3
RUN = (
    *("run", "--dataset", "synthetic:n=40", "--aux", "pt", "--training", "max_epochs=8"),
    *("--encoder", "resnet18:weights=random,cut=layer2"),
    *("--repeats", "6", "--folds", "3", "--inner", "2"),
)
PREDICTIONS = (
    "SELECT label, repeat, fold, task, output, case_number, value, hex(probabilities) AS validation"
    " FROM methods JOIN units USING (method) JOIN predictions USING (unit) JOIN validation"
    " USING (unit) ORDER BY label, repeat, fold, task, output, case_number"
)


def predictions(out: str) -> pd.DataFrame:
    with sqlite3.connect(Path(out) / "ledger.sqlite") as ledger:
        return pd.read_sql_query(PREDICTIONS, ledger)


def units_done(out: str) -> int:
    try:
        with sqlite3.connect(f"file:{out}/ledger.sqlite?mode=ro", uri=True) as ledger:
            return ledger.execute("SELECT count(*) FROM units WHERE state = 'done'").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def start(home: str, out: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "lnmbench", *RUN, "--out", out],
        env={**os.environ, "LNMBENCH_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_in_the_middle(wait: Callable[[], bool], moment: random.Random) -> None:
    process = start("killed-home", "killed")
    until = time.monotonic() + 120
    while process.poll() is None and not wait() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(moment.uniform(0, 0.6))
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_kills_lose_nothing_and_change_nothing(home: Path) -> None:
    assert start("whole-home", "whole").wait() == 0
    moment = random.Random(20)
    features = Path("killed-home/features")
    kill_in_the_middle(lambda: Path("killed-home/cohorts").exists(), moment)
    kill_in_the_middle(lambda: any(features.glob("*.parts/*.npz")), moment)
    kept = []
    for _ in range(KILLS):
        before = units_done("killed")
        kill_in_the_middle(lambda before=before: units_done("killed") > before, moment)
        kept.append(units_done("killed"))
    assert kept == sorted(kept)
    assert 0 < kept[0] < 3 * 18, "the kills came too late to show anything"

    assert start("killed-home", "killed").wait() == 0
    whole, killed = predictions("whole"), predictions("killed")
    assert len(whole) > 2000
    pd.testing.assert_frame_equal(killed, whole, check_exact=True)
    assert not list(Path().glob("**/*.part"))


@pytest.mark.skipif(os.name == "nt", reason="SIGINT")
def test_an_interrupt_says_how_to_go_on(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "lnmbench", *RUN, "--out", "stopped"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # What starts the tests in the background may have them ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 120
    while not units_done("stopped") and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert (
        errors.strip()
        .splitlines()[-1]
        .startswith("stopped: finished units are saved; rerun the same command to continue")
    )
    assert "Traceback" not in errors


def test_another_number_of_processes_gives_the_same_predictions(lnmbench: Command) -> None:
    words = [word if word != "6" else "2" for word in RUN]
    for out, executor in (("one", "inline"), ("two", "processes:workers=2")):
        done = lnmbench(*words, "--out", out, "--executor", executor)
        assert done.returncode == 0, done.stderr
    one, two = predictions("one"), predictions("two")
    numbers = ["value", "validation"]
    assert (one.drop(columns=numbers) == two.drop(columns=numbers)).all(axis=None)
    assert np.abs(one["value"] - two["value"]).max() <= 1e-4
    validation = [
        np.frombuffer(bytes.fromhex("".join(run.validation)), "<f8") for run in (one, two)
    ]
    assert np.abs(validation[0] - validation[1]).max() <= 1e-4
