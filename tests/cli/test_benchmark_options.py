from __future__ import annotations

import pytest

from lnmbench.cli.benchmark_options import MachineOptions, ProtocolOptions
from lnmbench.records import Choice, Resources

Counts = tuple[int | None, int | None, int | None]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (ProtocolOptions(), (None, None, None)),
        (ProtocolOptions(folds=4), (None, 4, None)),
        (ProtocolOptions(quick=True), (2, 5, 3)),
        (ProtocolOptions(quick=True, repeats=0, inner=7), (0, 5, 7)),
    ],
)
def test_quick_sets_what_no_option_sets(options: ProtocolOptions, expected: Counts) -> None:
    options = options.with_quick()
    assert (options.repeats, options.folds, options.inner) == expected


def test_machine_options_become_records() -> None:
    machine = MachineOptions(device="cpu", memory=2.5, executor="processes:workers=3")
    assert machine.to_resources() == Resources(device="cpu", memory_gb=2.5)
    assert machine.executor_choice() == Choice(name="processes", parameters={"workers": "3"})
    assert MachineOptions().executor_choice() == Choice(name="inline")
