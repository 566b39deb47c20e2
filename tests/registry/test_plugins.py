from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from lnmbench import Column, UserError
from lnmbench.errors import PluginError
from lnmbench.estimators import estimator
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.registry.boundary.baselines import GuardedBaseline

Write = Callable[[str, str], str]

BROKEN = {
    "fails to import": "import not_there_at_all",
    "fails in register_metrics": "from lnmbench import hookimpl\n"
    "@hookimpl\ndef register_metrics():\n    return 1 / 0",
    "a hook register_metric that does not exist: did you mean register_metrics": "from lnmbench "
    "import hookimpl\n@hookimpl\ndef register_metric():\n    return {}",
    "without @lnmbench.hookimpl": "def register_metrics():\n    return {}",
    "returns list from register_metrics": "from lnmbench import hookimpl\n"
    "@hookimpl\ndef register_metrics():\n    return []",
    "returns 'x': int from register_metrics": "from lnmbench import hookimpl\n"
    "@hookimpl\ndef register_metrics():\n    return {'x': 3}",
    "a factory that cannot be called by name": "from lnmbench import hookimpl\n"
    "def factory(bins=4):\n    pass\n"
    "@hookimpl\ndef register_metrics():\n    return {'x': factory}",
    "cannot be registered": "from lnmbench import hookimpl\n"
    "@hookimpl\ndef run_started(manifest, color):\n    pass",
    "offers the metric auc that lnmbench_metrics": "AUC",
}


def test_a_file_is_found_by_environment(
    write: Write, metric_plugin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LNMBENCH_PLUGINS", write("mine", metric_plugin % "accuracy"))
    assert Registry().metrics.offer("accuracy").plugin.name == "mine"


def test_a_changed_file_has_another_version(write: Write, metric_plugin: str) -> None:
    before = Registry([write("mine", metric_plugin % "accuracy")]).metrics.version("accuracy")
    text = metric_plugin % "accuracy" + "# changed\n"
    after = Registry([write("mine", text)]).metrics.version("accuracy")
    assert before != after


def test_a_changed_module_has_another_version(
    write: Write, metric_plugin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    write("my_module_of_metrics", metric_plugin % "accuracy")
    before = Registry(["my_module_of_metrics"]).metrics.version("accuracy")
    write("my_module_of_metrics", metric_plugin % "accuracy" + "# changed\n")
    after = Registry(["my_module_of_metrics"]).metrics.version("accuracy")
    assert before[0] == after[0]
    assert before[1].startswith("sha256:")
    assert before != after


@pytest.mark.parametrize("expected", BROKEN)
def test_a_broken_plugin_is_one_line_and_the_others_work(
    write: Write, metric_plugin: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = metric_plugin % "auc" if BROKEN[expected] == "AUC" else BROKEN[expected]
    path = write("broken", text)
    good = write("good", metric_plugin % "accuracy")
    registry = Registry([path, good])
    with pytest.raises(UserError, match="plugin broken") as refused:
        registry.refuse_problems()
    line = str(refused.value)
    assert expected in line
    assert "fix it, or set LNMBENCH_BLOCK=broken to skip it" in line
    assert "\n" not in line
    assert registry.metrics.offer("accuracy").plugin.name == "good"
    assert registry.encoders.offer("resnet50")

    monkeypatch.setenv("LNMBENCH_BLOCK", "broken")
    blocked = Registry([path, good])
    blocked.refuse_problems()
    assert blocked.problems == []


def test_a_plugin_file_that_is_not_there_is_named() -> None:
    with pytest.raises(UserError, match="plugin nowhere does not exist"):
        Registry(["nowhere.py"]).refuse_problems()


def test_blocking_takes_away_what_a_plugin_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_torchvision, lnmbench_metrics")
    registry = Registry()
    assert "none" in [offer.name for offer in registry.encoders.offers()]
    assert not [o for o in registry.encoders.offers() if o.plugin.name == "lnmbench_torchvision"]
    assert registry.metrics.offers() == []


def test_sources_are_those_that_were_loaded(write: Write, metric_plugin: str) -> None:
    path = write("mine", metric_plugin % "accuracy")
    planned = Registry([path])
    sources = planned.sources()
    assert {"mine", "lnmbench_metrics"} <= set(sources)
    write("mine", metric_plugin % "accuracy" + "# changed\n")
    planned.require_sources(sources)  # loaded as a whole before
    later = Registry([path])
    with pytest.raises(UserError, match="plugin mine changed after the command was started: exp"):
        later.require_sources(sources)
    with pytest.raises(UserError, match="got a plugin that cannot be loaded"):
        Registry().require_sources(sources)


def test_a_changed_package_is_noticed_while_it_is_used(
    write: Write, metric_plugin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    write("module_that_changes", metric_plugin % "accuracy")
    registry = Registry(["module_that_changes"])
    sources = registry.sources()
    registry.require_sources(sources)
    write("module_that_changes", metric_plugin % "accuracy" + "# changed\n")
    with pytest.raises(UserError, match="plugin module_that_changes changed"):
        registry.require_sources(sources)


def test_an_unreadable_file_and_one_that_interrupts_are_problems(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [
        write("interrupting", "raise KeyboardInterrupt"),
        write("exiting", "import sys\nsys.exit(3)"),
        write("closing", "raise GeneratorExit"),
    ]
    lines = [problem.line for problem in Registry(paths).problems]
    assert [line.partition("(")[2] for line in lines] == [
        "interrupting.py, line 1: KeyboardInterrupt)",
        "exiting.py, line 2: SystemExit: 3)",
        "closing.py, line 1: GeneratorExit)",
    ]

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (problem,) = Registry([write("secret", "x = 1")]).problems
    assert problem.line.startswith("cannot be read (")
    assert problem.line.endswith("secret.py: Permission denied)")


def test_an_object_is_offered_as_a_baseline_of_its_registry_alone() -> None:
    passed = estimator("mine", LogisticRegression(), search={"C": [0.1, 1.0]})
    registry = Registry([passed])
    plugin = registry.baselines.offer("mine").plugin
    assert (plugin.name, plugin.version) == ("estimator mine", passed.checksum)
    assert plugin.estimator == passed.description
    assert registry.sources(["estimator mine"]) == {"estimator mine": passed.checksum}
    baseline = registry.baselines.build(Choice(name="mine"))
    assert isinstance(baseline, GuardedBaseline)
    assert baseline.candidates() == ({"C": 0.1}, {"C": 1.0})
    assert registry.extra == ()
    assert not registry.problems
    with pytest.raises(UserError, match="unknown baseline 'mine'"):
        Registry().baselines.offer("mine")


def test_the_plugins_of_a_name_are_listed() -> None:
    taken = estimator("logistic", LogisticRegression())
    names = [plugin.name for plugin in Registry([taken]).baselines.plugins("logistic")]
    assert names == ["lnmbench_baselines", "estimator logistic"]
    assert Registry().baselines.plugins("none") == ()


class Failing(LogisticRegression):
    """A classifier that fails in every fit."""

    def fit(self, features: object, truth: object) -> Failing:
        raise ValueError("no fit today")


def test_a_fault_of_an_object_names_it_and_no_plugin_to_block() -> None:
    baseline = Registry([estimator("mine", Failing())]).baselines.build(Choice(name="mine"))
    model = baseline.estimator((Column(name="x", role="feature"),))
    frame, truth = pd.DataFrame({"x": [1.0, 2.0]}), np.array([0.0, 1.0])
    with pytest.raises(PluginError) as fault:
        model.probabilities({}, frame, truth, np.array([True, True]))
    line = str(fault.value)
    assert line.startswith("baseline mine fails in estimator (test_plugins.py, line ")
    assert line.endswith("no fit today); fix it (--debug shows the traceback), or omit it")
