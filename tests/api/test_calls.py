"""Calls of the Python API, in a script and in one process after another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pandas.testing import assert_frame_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression

import lnmbench
from lnmbench import FailedMethods, RunSettings, UserError
from lnmbench.progress import SilentProgress


class Stopped(SilentProgress):
    """Progress during which the user stops the program: after some units."""

    def __init__(self, after: int) -> None:
        self.left, self.stage, self.lines = after, "", list[str]()

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        self.stage = stage

    def say(self, line: str) -> None:
        self.lines.append(line)

    def advance(self, steps: int = 1) -> None:
        self.left -= steps > 0 and self.stage == "run"
        if self.left <= 0:
            raise KeyboardInterrupt


class Broken(ClassifierMixin, BaseEstimator):
    """A classifier that fails in every fit."""

    def fit(self, features: Any, truth: Any) -> Broken:
        raise ValueError("no fit today")

    def predict_proba(self, features: Any) -> Any:
        return np.full((len(features), 2), 0.5)


class Unsendable(LogisticRegression):
    """A classifier that cannot be sent to another process."""

    def __reduce__(self) -> Any:
        raise TypeError("it stays here")


def labels_of(results: lnmbench.RunResults) -> list[str]:
    return list(results.table().index)


@pytest.mark.usefixtures("home")
def test_objects_run_beside_names_and_resume_when_they_are_equal(small: RunSettings) -> None:
    trees = ExtraTreesClassifier(5)
    search = {"min_samples_leaf": [10, 5]}
    lines = Stopped(10_000)

    def call(leaves: dict[str, list[int]]) -> lnmbench.RunResults:
        passed = lnmbench.estimator("trees", trees, search=leaves)
        return lnmbench.run(**small, baseline=["logistic", passed], progress=lines)

    first = call(search)
    assert labels_of(first) == ["logistic", "trees"]
    assert not hasattr(trees, "estimators_")
    assert trees.random_state is None
    lines.lines.clear()
    again = call(search)
    assert again.folder == first.folder
    assert {"logistic: complete in the ledger", "trees: complete in the ledger"} <= set(lines.lines)
    assert_frame_equal(first.predictions(), again.predictions())
    other = call({"min_samples_leaf": [9, 4]})
    assert len(labels_of(other)) == 3, "another search space is another method"


@pytest.mark.usefixtures("home")
def test_the_command_line_reports_a_run_without_its_objects(small: RunSettings) -> None:
    passed = lnmbench.estimator("trees", ExtraTreesClassifier(5))
    results = lnmbench.run(**small, baseline=passed, out="run", progress=False)
    done = subprocess.run(
        [sys.executable, "-m", "lnmbench", "report", "run", "--format", "markdown"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == results.report()
    assert "ExtraTreesClassifier(n\\_estimators=5, random\\_state=0)" in done.stdout
    assert "Command: none, since each method is an object" in done.stdout
    assert_frame_equal(lnmbench.read("run").table(), results.table())


@pytest.mark.usefixtures("home")
def test_a_stopped_run_continues_with_the_same_numbers(small: RunSettings) -> None:
    passed = lnmbench.estimator("trees", ExtraTreesClassifier(5))
    with pytest.raises(KeyboardInterrupt):
        lnmbench.run(**small, baseline=passed, out="stopped", progress=Stopped(1))
    (method,) = lnmbench.read("stopped").record.method_results
    assert 0 < method.units_done < method.units_all
    resumed = lnmbench.run(**small, baseline=passed, out="stopped", progress=False)
    whole = lnmbench.run(**small, baseline=passed, out="whole", progress=False)
    assert_frame_equal(resumed.predictions(), whole.predictions())


@pytest.mark.usefixtures("home")
def test_progress_is_shown_unless_it_is_turned_off(
    small: RunSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    lnmbench.run(**small, baseline="firth", progress=False)
    assert capsys.readouterr() == ("", "")
    lnmbench.run(**small, baseline="firth")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "firth: complete in the ledger" in printed.err


@pytest.mark.usefixtures("home")
def test_a_method_that_fails_costs_itself(small: RunSettings) -> None:
    broken = lnmbench.estimator("broken", Broken())
    with pytest.raises(FailedMethods, match=r"1 of 2 methods failed \(broken\).*no fit") as failed:
        lnmbench.run(**small, baseline=["firth", broken], progress=False)
    frame = lnmbench.read(failed.value.folder).table()
    assert frame["auc"]["mean"].notna().to_dict() == {"broken": False, "firth": True}


@pytest.mark.usefixtures("home")
def test_an_object_is_the_model_of_features_and_has_modalities(small: RunSettings) -> None:
    passed = lnmbench.estimator("mine", LogisticRegression(max_iter=1000))
    small |= {"dataset": "synthetic:n=24", "patch": 64}
    results = lnmbench.run(
        **small,
        baseline=[passed, "mine:modalities=clinical", "pooled:encoder=resnet18,model=mine"],
        progress=False,
    )
    # the phantoms have one modality without images: this is the same method
    assert set(labels_of(results)) == {"mine", "pooled:encoder=resnet18,model=mine"}
    methods = [result.method for result in results.record.method_results]
    assert [method.estimator for method in methods] == [passed.description] * 2


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"encoders": ["none"]}, "unknown setting 'encoders'; did you mean encoder"),
        ({"slice": 3}, "unknown setting 'slice'; did you mean slices"),
        ({"folds": 1}, "wrong value for folds"),
        ({"baseline": "logistik"}, "unknown baseline 'logistik'; did you mean logistic"),
        ({"baseline": LogisticRegression()}, "wrong value for baseline"),
        ({"baseline": [LogisticRegression()]}, "wrong value for baseline"),
        ({"aux": "pt", "weighting": 3}, "wrong value for weighting"),
        ({"spacing": "1"}, "wrong value for --spacing"),
        ({"workers": 0}, "wrong value for --workers"),
        (
            {"baseline": "firth", "executor": "process"},
            "unknown executor 'process'; did you mean processes",
        ),
        ({"baseline": "firth", "device": "tpu"}, "tpu"),
        ({"config": "none.toml"}, "no such benchmark file"),
        ({"plugin": "none.py"}, "plugin none does not exist"),
        (
            {"baseline": lnmbench.estimator("logistic", LogisticRegression())},
            "the name logistic of an estimator is taken: got a baseline of lnmbench_baselines",
        ),
        (
            {"baseline": [lnmbench.estimator("a", LogisticRegression(C=c)) for c in (1, 2)]},
            "2 estimators have the name a; choose another name for each",
        ),
        (
            {
                "baseline": lnmbench.estimator("a", Unsendable()),
                "executor": "processes:workers=1",
            },
            "the estimator a cannot be sent to worker processes.*it stays here.*omit executor",
        ),
    ],
)
def test_wrong_settings_are_refused_in_one_line_before_anything_is_written(
    small: RunSettings, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message) as refusal:
        lnmbench.run(**{**small, **settings}, progress=False)
    assert "\n" not in str(refusal.value)
    assert not Path("runs").exists()


PLUGIN = """
from lnmbench import hookimpl
from lnmbench.classical import ClassicalModel

def shrunk() -> ClassicalModel:
    from sklearn.linear_model import LogisticRegression
    return ClassicalModel(classifier=lambda: LogisticRegression(C=NUMBER))

@hookimpl
def register_baselines():
    return {"shrunk": shrunk}
"""


@pytest.mark.usefixtures("home")
def test_a_plugin_file_may_change_between_calls_of_one_process(small: RunSettings) -> None:
    means = []
    for number in ("1e-3", "1e3"):
        Path("mine.py").write_text(PLUGIN.replace("NUMBER", number), encoding="utf-8")
        out = f"run{number}"
        results = lnmbench.run(
            **small, baseline="shrunk", plugin="mine.py", out=out, progress=False
        )
        means.append(results.table().loc["shrunk", ("brier", "mean")])
    assert means[0] != means[1]


SCRIPT = """
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
import lnmbench

def share(truth):
    return float(np.mean(truth))

class Prior(ClassifierMixin, BaseEstimator):
    def __init__(self, shift=0.0):
        self.shift = shift

    def fit(self, features, truth):
        self.classes_, self.share_ = np.array([0, 1]), share(truth)
        return self

    def predict_proba(self, features):
        share = np.full(len(features), np.clip(self.share_ + self.shift, 0, 1))
        return np.stack([1 - share, share], axis=1)

print("script runs")
for executor, out in RUNS:
    results = lnmbench.run(
        dataset="synthetic:n=40,images=false", only=True, repeats=1, folds=2, inner=2,
        baseline=lnmbench.estimator("prior", Prior(), search={"shift": [0.0, 0.1]}),
        executor=executor, out=out,
    )
    print(results.table()["brier"]["mean"].item())
"""


@pytest.mark.usefixtures("home")
def test_a_script_runs_its_own_class_in_worker_processes() -> None:
    numbers = set()
    for runs in ((("inline", "a"), ("processes:workers=1", "b")), (("inline", "b"),)):
        text = SCRIPT.replace("RUNS", repr(runs))
        Path("script.py").write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "script.py"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        first, *printed = done.stdout.splitlines()
        assert first == "script runs"
        assert len(printed) == len(runs), "a worker runs the script"
        numbers |= set(printed)
    assert len(numbers) == 1
    assert "prior: complete in the ledger" in done.stderr


def test_a_folder_without_a_run_is_refused(home: Path) -> None:
    with pytest.raises(UserError, match="no run here"):
        lnmbench.read("nowhere")
    assert not home.exists()


HEAVY = """
import sys
import lnmbench
before = set(sys.modules)
lnmbench.UserError
names = {"torch", "sklearn", "pandas", "numpy", "pydantic", "typer", "rich", "lnmbench.api"}
assert not names & set(sys.modules), names & set(sys.modules)
lnmbench.run, lnmbench.estimator
names = {"torch", "sklearn", "typer"}
assert not names & set(sys.modules), names & set(sys.modules)
"""


def test_importing_lnmbench_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HEAVY], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("home")
def test_the_quick_protocol_is_overridden_by_counts() -> None:
    results = lnmbench.run(
        dataset="synthetic:n=60,images=false",
        baseline="firth",
        only=True,
        quick=True,
        folds=2,
        progress=False,
    )
    protocol = results.record.protocol
    assert (protocol.repeats, protocol.folds, protocol.inner) == (2, 2, 3)
