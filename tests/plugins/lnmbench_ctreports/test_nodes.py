"""The largest node: its short axis and its station."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Read = Callable[..., dict[str, object]]


NODES = {
    "Prevascular (station 6) lymph node measures 16 x 10 mm, aortopulmonary window node 8 mm.": (
        10.0,
        "6",
    ),
    "主动脉弓旁5区淋巴结约11×8mm": (8.0, "5"),
    "左肺门及隆突下淋巴结增大,较大者约2.1x1.5cm": (15.0, None),
    "Lymph node in station 5区 8mm": (8.0, "5"),
    "Station 7,8 mm node.": (None, None),
    "Right lower paratracheal 12 mm, subcarinal 9 mm nodes.": (12.0, "4R"),
    "4R区淋巴结约12、9mm。": (12.0, "4R"),
}


@pytest.mark.parametrize(("text", "node"), NODES.items())
def test_a_node_has_its_own_station_and_is_no_lesion(
    read: Read, text: str, node: tuple[float | None, str | None]
) -> None:
    found = read(text)
    assert (found.get("node short axis"), found.get("node station")) == node
    assert "long axis" not in found
