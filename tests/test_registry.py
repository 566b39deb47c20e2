from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.records import Choice
from lnmbench.registry import Registry

METRIC = """
from lnmbench import hookimpl

class Accuracy:
    \"\"\"Share of cases on the right side of one half.\"\"\"
    title, greater_is_better = "Accuracy", True
    kinds, bounds = ("binary",), (0.0, 1.0)
    def __call__(self, truth, predicted):
        return float(((predicted > 0.5) == truth).mean())

@hookimpl
def register_metrics():
    return {"%s": Accuracy}
"""


def write(folder: Path, name: str, text: str) -> str:
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_is_a_plugin_like_any_other(tmp_path: Path) -> None:
    registry = Registry([write(tmp_path, "mine", METRIC % "accuracy")])
    assert registry.problems == []
    offer = registry.metrics.offer("accuracy")
    assert (offer.plugin.name, offer.summary) == (
        "mine",
        "Share of cases on the right side of one half.",
    )
    assert registry.metrics.build(Choice(name="accuracy")).title == "Accuracy"


def test_a_file_is_found_by_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LNMBENCH_PLUGINS", write(tmp_path, "mine", METRIC % "accuracy"))
    assert Registry().metrics.offer("accuracy").plugin.name == "mine"


def test_a_changed_file_has_another_version(tmp_path: Path) -> None:
    before = Registry([write(tmp_path, "mine", METRIC % "accuracy")]).metrics.version("accuracy")
    text = METRIC % "accuracy" + "# changed\n"
    after = Registry([write(tmp_path, "mine", text)]).metrics.version("accuracy")
    assert before != after


def test_a_changed_module_has_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    write(tmp_path, "my_module_of_metrics", METRIC % "accuracy")
    before = Registry(["my_module_of_metrics"]).metrics.version("accuracy")
    write(tmp_path, "my_module_of_metrics", METRIC % "accuracy" + "# changed\n")
    after = Registry(["my_module_of_metrics"]).metrics.version("accuracy")
    assert before[0] == after[0]
    assert before[1].startswith("sha256:")
    assert before != after


def test_a_factory_that_raises_is_one_line(tmp_path: Path) -> None:
    text = METRIC % "accuracy" + "\nAccuracy.__init__ = lambda self: 1 / 0\n"
    registry = Registry([write(tmp_path, "mine", text)])
    with pytest.raises(UserError, match="metric accuracy of plugin mine cannot be built .*ZeroDiv"):
        registry.metrics.build(Choice(name="accuracy"))


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
    "offers the metric auc that lnmbench_metrics": METRIC % "auc",
}


@pytest.mark.parametrize("expected", BROKEN)
def test_a_broken_plugin_is_one_line_and_the_others_work(
    tmp_path: Path, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "broken", BROKEN[expected])
    good = write(tmp_path, "good", METRIC % "accuracy")
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


def test_a_name_offered_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    registry = Registry([write(tmp_path, "mine", METRIC % "auc")])
    with pytest.raises(
        UserError, match=r"lnmbench_metrics \(lnmbench_metrics\) and mine \(.*mine.py"
    ):
        registry.metrics.offer("auc")


def test_an_object_that_breaks_its_contract_is_refused(tmp_path: Path) -> None:
    text = METRIC.replace("title, greater_is_better", "title, more") % "accuracy"
    registry = Registry([write(tmp_path, "mine", text)])
    with pytest.raises(UserError, match="is not a Metric.*greater_is_better"):
        registry.metrics.build(Choice(name="accuracy"))


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(UserError, match="unknown encoder 'resnet5'; did you mean resnet50"):
        Registry().encoders.offer("resnet5")


def test_blocking_takes_away_what_a_plugin_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LNMBENCH_BLOCK", "lnmbench_torchvision, lnmbench_metrics")
    registry = Registry()
    assert "none" in [offer.name for offer in registry.encoders.offers()]
    assert not [o for o in registry.encoders.offers() if o.plugin.name == "lnmbench_torchvision"]
    assert registry.metrics.offers() == []


def test_everything_offered_can_be_described_without_torch() -> None:
    code = (
        "import sys; from lnmbench.registry import Registry;"
        "from lnmbench.parameters import parameters_of;"
        "registry = Registry();"
        "offers = [o for r in registry.roles for o in r.offers()];"
        "[parameters_of(o.factory) for o in offers];"
        "assert registry.problems == [], registry.problems;"
        "assert all(o.summary for o in offers), [o.name for o in offers if not o.summary];"
        "assert 'torch' not in sys.modules; print(len(offers))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > len(Registry().roles)
