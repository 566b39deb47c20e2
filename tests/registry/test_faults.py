from __future__ import annotations

from types import SimpleNamespace

from lnmbench import hookimpl
from lnmbench.registry.faults import describe_hook_fault, describe_offer_fault


def test_a_hook_must_exist_and_be_marked() -> None:
    def register_metric() -> None: ...

    @hookimpl
    def register_metrics() -> dict[str, object]:
        return {}

    unknown = SimpleNamespace(register_metric=hookimpl(register_metric))
    assert "did you mean register_metrics" in describe_hook_fault(unknown)
    unmarked = SimpleNamespace(register_metrics=dict)
    assert describe_hook_fault(unmarked) == "has register_metrics without @lnmbench.hookimpl"
    without = SimpleNamespace(helper=print)
    assert describe_hook_fault(without) == "has no hook; see docs/plugins.md"
    marked = SimpleNamespace(register_metrics=register_metrics)
    assert describe_hook_fault(marked) == ""


def test_an_offer_is_a_mapping_of_names_to_factories() -> None:
    assert describe_offer_fault([]) == "list"
    assert describe_offer_fault({"x": 3}) == "'x': int"
    assert describe_offer_fault({1: dict}) == "1: type"
    assert describe_offer_fault({"x": dict}) == ""
