"""The table of cost."""

from __future__ import annotations

from dataclasses import replace

from lnmbench_report.cost import CostTable

from lnmbench.records import Cost, Results, Table


def test_cost_says_what_each_method_took(sample: Results) -> None:
    cost = Cost(fits=4000, epochs=0, seconds=75.0, device_seconds=7384.0, memory_mb=1250.0)
    first, *others = sample.method_results
    expensive = replace(sample, method_results=(replace(first, cost=cost), *others))
    (table,) = CostTable()(expensive)
    assert isinstance(table, Table)
    texts = [cell.text for cell in table.rows[0]]
    assert texts[1:] == ["4,000", "–", "1 min 15 s", "2 h 03 min", "1.2 GB"]
    assert len(table.rows) == len(sample.method_results)
