"""Controls that their tasks declare to be: no table without one."""

from __future__ import annotations

from lnmbench_report.declared_controls import tabulate_declared_controls

from lnmbench.records import Results


def test_permuted_labels_are_not_declared(sample: Results) -> None:
    assert tabulate_declared_controls(sample) == []
