"""`lnmbench run`: runs join, resume and survive kills; a cohort comes from real images."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

Command = Callable[..., CompletedProcess[str]]
FOLDING = ("--repeats", 2, "--folds", 3, "--inner", 2)


def test_arms_run_at_different_times_appear_together(lnmbench: Command, table: str) -> None:
    common = ("run", "--dataset", table, "--target", "n1", *FOLDING, "--only")
    first = lnmbench(*common, "--baseline", "logistic")
    assert first.returncode == 0, first.stderr
    assert "Only logistic is complete" in " ".join(first.stdout.split())
    second = lnmbench(
        *common, "--encoder", "none", "--aux", "pt", "--aux", "none", "--training", "max_epochs=2"
    )
    assert second.returncode == 0, second.stderr
    for method in ("logistic", "clinical network", "clinical network + pt"):
        assert method in second.stdout
    assert "Table 2" in second.stdout
    assert '"as' in second.stdout

    again = lnmbench("report")
    # the run prints what answers, the report that and all that stands behind it
    answer = re.split(r"\n\n\d+ figures: ", second.stdout)[0]
    assert again.stdout.startswith(answer.rstrip())
    assert "Calibration" in again.stdout
    assert "Calibration" not in answer
    assert len(list(Path("runs").iterdir())) == 1

    as_json = json.loads(lnmbench("report", "--format", "json").stdout)
    assert as_json
    done = lnmbench("report", "--format", "csv", "--output", "tables.csv")
    assert done.returncode == 0
    assert len(pd.read_csv("tables.csv")) > 20
    for format in ("markdown", "latex"):
        assert "logistic" in lnmbench("report", "--format", format).stdout


def test_a_changed_setting_makes_other_units(lnmbench: Command, table: str) -> None:
    common = ("run", "--dataset", table, "--target", "n1", *FOLDING, "--only", "--encoder", "none")
    assert lnmbench(*common, "--training", "max_epochs=2").returncode == 0
    changed = lnmbench(*common, "--training", "max_epochs=3")
    assert changed.returncode == 0, changed.stderr
    (run,) = Path("runs").iterdir()
    with sqlite3.connect(run / "ledger.sqlite") as ledger:
        units = ledger.execute("SELECT count(*), count(DISTINCT method) FROM units").fetchone()
    assert units == (12, 2)
    assert changed.stdout.count("clinical network [") >= 2


def test_labels_that_changed_do_not_mix(lnmbench: Command, table: str) -> None:
    common = ("run", "--dataset", table, "--target", "mine", *FOLDING, "--only")
    plugin = (
        "import numpy as np\nfrom lnmbench import hookimpl\n"
        "class Mine:\n    title = 'mine'\n"
        "    def labels(self, cohort):\n"
        "        return (cohort.values['age'] > LIMIT).astype(float)\n"
        "    def notes(self, cohort):\n        return ()\n"
        "@hookimpl\ndef register_targets():\n    return {'mine': Mine}\n"
    )
    for limit, code in (("60", 0), ("60", 0), ("66.0", 2)):
        Path("target.py").write_text(plugin.replace("LIMIT", limit), encoding="utf-8")
        done = lnmbench(*common, "--baseline", "logistic", "--plugin", "target.py")
        assert done.returncode == code, done.stderr
    assert "another version of the target" in done.stderr.splitlines()[-1]


def test_a_ledger_can_be_read_while_it_is_written(lnmbench: Command, table: str) -> None:
    common = ("run", "--dataset", table, "--target", "n1", *FOLDING, "--baseline", "logistic")
    assert lnmbench(*common, "--only", "--out", "run").returncode == 0
    with sqlite3.connect("run/ledger.sqlite") as reader:
        rows = reader.execute("SELECT * FROM predictions")
        assert rows.fetchone()
        assert lnmbench("report", "run").returncode == 0


def test_a_download_of_twenty_patients_becomes_a_report(
    lnmbench: Command, nbia: ModuleType, shared_data: Path, home: Path, tmp_path: Path
) -> None:
    (table,) = (shared_data / "nsclc_radiogenomics").glob("*.csv")
    tree = nbia.write_nbia_tree(tmp_path / "download", table, patients=20, shrink=4)

    dataset = f"radiogenomics:root={tree.root}"
    run = ("run", "--dataset", dataset, "--encoder", "resnet18:weights=random", "--aux", "pt")
    done = lnmbench(*run, "--quick", "--training", "max_epochs=4", "--out", "made")
    assert done.returncode == 0, done.stderr
    assert "Cohort: radiogenomics (NSCLC Radiogenomics (TCIA))" in done.stdout
    text = " ".join(done.stdout.split())
    assert "20 cases, 7 positive" in text
    assert "adding pathological T stage (pt) as an auxiliary task" in text
    assert "191 of 211 cases left out (191 × the tumor is not marked)" in done.stderr
    with sqlite3.connect("made/ledger.sqlite") as ledger:
        (units,) = ledger.execute("SELECT count(*) FROM units WHERE state = 'done'").fetchone()
    assert units == 3 * 2 * 5

    described = lnmbench("data", "describe", dataset)
    assert described.returncode == 0, described.stderr
    assert "20 of 20 cases with images" in " ".join(described.stdout.split())
    assert next((home / "cohorts").glob("*.png")).stat().st_size > 10_000
    assert lnmbench("data", "validate").stdout.strip().endswith("intact")

    private = [text.encode() for text in (*nbia.PRIVATE, nbia.ROOT_UID, str(tree.root))]
    kept = [path for folder in (home, Path("made")) for path in folder.rglob("*") if path.is_file()]
    assert len(kept) > 4
    for path in kept:
        found = [text for text in private if text in path.read_bytes()]
        # what was asked for, with the folder's name, stands in the manifest of a run
        assert found == ([private[-1]] if path.name == "ledger.sqlite" else []), path


KILLS = 3
RUN = (
    *("run", "--dataset", "synthetic:n=40", "--aux", "pt", "--training", "max_epochs=8"),
    *("--encoder", "pooled", "--repeats", "6", "--folds", "3", "--inner", "2"),
)
POOLED = """
import time
from torch import nn
from lnmbench import Weights, hookimpl

class Pooling(nn.Module):
    def forward(self, slices):
        time.sleep(0.01 * len(slices))  # long enough to be killed in between
        return nn.functional.adaptive_avg_pool2d(slices, 8).flatten(1)

class Pooled:
    \"\"\"Small images: it starts in half of the time of torchvision.\"\"\"
    level, out_dim = "slice", 64
    weights = Weights(source="none needed", sha256="pooled")
    def stages(self):
        return nn.Sequential(Pooling())

@hookimpl
def register_encoders():
    return {"pooled": Pooled}
"""
PREDICTIONS = (
    "SELECT label, repeat, fold, task, output, case_number, value, hex(probabilities) AS validation"
    " FROM methods JOIN units USING (method) JOIN predictions USING (unit) JOIN validation"
    " USING (unit) ORDER BY label, repeat, fold, task, output, case_number"
)


def predictions(out: str) -> pd.DataFrame:
    with sqlite3.connect(Path(out) / "ledger.sqlite") as ledger:
        return pd.read_sql_query(PREDICTIONS, ledger)


def units_done(out: str) -> int:
    # a kill within a transaction leaves one to undo, which `mode=ro` may not
    try:
        with sqlite3.connect(f"file:{out}/ledger.sqlite?mode=rw", uri=True) as ledger:
            return ledger.execute("SELECT count(*) FROM units WHERE state = 'done'").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


@pytest.fixture(scope="module")
def pooled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The encoder of these runs, a plugin of all commands."""
    path = tmp_path_factory.mktemp("plugin") / "pooled.py"
    path.write_text(POOLED, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LNMBENCH_PLUGINS", str(path))
        yield


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, pooled: None) -> Path:
    """A folder with a run that was never stopped, and the home that it used."""
    folder = tmp_path_factory.mktemp("finished")
    assert start(str(folder / "home"), str(folder / "run")).wait() == 0
    return folder


def start(home: str, out: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "lnmbench", *RUN, "--out", out],
        env={**os.environ, "LNMBENCH_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_in_the_middle(wait: Callable[[], bool], moment: random.Random) -> None:
    process = start("killed-home", "killed")
    until = time.monotonic() + 300
    while process.poll() is None and not wait() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(moment.uniform(0, 0.6))
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_kills_lose_nothing_and_change_nothing(home: Path, finished: Path) -> None:
    moment = random.Random(20)
    features = Path("killed-home/features")
    kill_in_the_middle(lambda: Path("killed-home/cohorts").exists(), moment)
    kill_in_the_middle(lambda: any(features.glob("*.parts/*.safetensors")), moment)
    kept = []
    for _ in range(KILLS):
        before = units_done("killed")
        kill_in_the_middle(lambda before=before: units_done("killed") > before, moment)
        kept.append(units_done("killed"))
    assert kept == sorted(kept)
    assert 0 < kept[0] < 3 * 18, "the kills came too late to show anything"

    assert start("killed-home", "killed").wait() == 0
    whole, killed = predictions(str(finished / "run")), predictions("killed")
    assert len(whole) > 2000
    pd.testing.assert_frame_equal(killed, whole, check_exact=True)
    assert not list(Path().glob("**/*.part"))


@pytest.mark.skipif(os.name == "nt", reason="SIGINT")
def test_an_interrupt_says_how_to_go_on(home: Path, finished: Path) -> None:
    shutil.copytree(finished / "home", home)
    process = subprocess.Popen(
        [sys.executable, "-m", "lnmbench", *RUN, "--out", "stopped"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # What starts the tests in the background may have them ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 300
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


def test_another_number_of_processes_gives_the_same_predictions(
    lnmbench: Command, lnmbench_process: Command, home: Path, finished: Path
) -> None:
    shutil.copytree(finished / "home", home)
    words = [word if word != "6" else "2" for word in RUN]
    for command, out, executor in (
        (lnmbench, "one", "inline"),
        (lnmbench_process, "two", "processes:workers=2"),
    ):
        done = command(*words, "--out", out, "--executor", executor)
        assert done.returncode == 0, done.stderr
    one, two = predictions("one"), predictions("two")
    numbers = ["value", "validation"]
    assert (one.drop(columns=numbers) == two.drop(columns=numbers)).all(axis=None)
    assert np.abs(one["value"] - two["value"]).max() <= 1e-4
    validation = [
        np.frombuffer(bytes.fromhex("".join(run.validation)), "<f8") for run in (one, two)
    ]
    assert np.abs(validation[0] - validation[1]).max() <= 1e-4


def test_networks_train_on_cases_without_the_target(lnmbench: Command, home: Path) -> None:
    run = (
        *("run", "--dataset", "synthetic:n=90,images=no,known_n=0.6", "--encoder", "none"),
        *("--aux", "pt", "--training", "max_epochs=2", "--train-unlabeled", "--seed", "0"),
    )
    done = lnmbench(*run, *FOLDING)
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    (few, total) = re.search(r"(\d+) of (\d+) cases only train networks", text).groups()
    assert total == "90"
    assert f"({90 - int(few)} cases," in text
    (folder,) = Path("runs").iterdir()
    assert "-unlabeled-" in folder.name
    estimate = lnmbench(*run, *FOLDING, "--dry-run")
    assert estimate.returncode == 0, estimate.stderr
