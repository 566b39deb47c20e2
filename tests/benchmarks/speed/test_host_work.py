"""The host's work for a GPU: operations depend on the network, not on the number of fits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SMALL = "--cases 60 --slices 2 --dim 16 --epochs 1"


def operations_by_network(printed: str) -> dict[str, int]:
    """Return the printed number of operations of each network."""
    listed = re.findall(r"^(\w+): \d+ steps and (\d+) operations", printed, flags=re.MULTILINE)
    return {name: int(count) for name, count in listed}


def test_operations_are_those_of_the_network(run: Callable[[str], str]) -> None:
    few = operations_by_network(run(f"host_work --fits 1 {_SMALL}"))
    many = operations_by_network(run(f"host_work --fits 4 {_SMALL}"))
    assert list(few) == ["default", "components", "transformer", "paper"]
    assert few == many
    assert few["default"] < few["components"] < few["transformer"]
