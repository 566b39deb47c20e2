from __future__ import annotations

from pathlib import Path

from lnmbench.records import Protocol
from lnmbench.registry import Registry
from lnmbench.stages.report.metric_offers import build_metrics

UNTITLED = """
from lnmbench import hookimpl

class Untitled:
    title, greater_is_better, kinds, bounds = "", True, ("binary",), (0.0, 1.0)
    def __call__(self, truth, predicted):
        return 0.5

@hookimpl
def register_metrics():
    return {"untitled": Untitled}
"""


def test_primary_metrics_are_first_and_a_metric_with_a_fault_is_named(tmp_path: Path) -> None:
    plugin = tmp_path / "mine.py"
    plugin.write_text(UNTITLED, encoding="utf-8")
    offers = build_metrics(Protocol(primary=("brier", "auc")), Registry([str(plugin)]))
    assert list(offers.of_target)[:2] == ["brier", "auc"]
    assert "untitled" not in {*offers.of_target, *offers.without_parameters}
    assert list(offers.faults) == ["untitled"]
    assert "from title (mine.py): expected a text" in offers.faults["untitled"]
