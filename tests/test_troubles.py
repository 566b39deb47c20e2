"""Troubles that people reported in public, rebuilt as small inputs: read right, or refused.

`tests/troubles/*.py` create the inputs, one file for each area. `TROUBLES` maps a short description
of the trouble to a function that gets an empty folder, creates the input, reads it as a user
would, and asserts the right values or the right refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from module_files import load_module

AREAS = {
    path.stem: load_module(path, f"troubles_{path.stem}")
    for path in sorted(Path(__file__).with_name("troubles").glob("*.py"))
}
TROUBLES: dict[tuple[str, str], Callable[[Path], None]] = {
    (area, trouble): check
    for area, module in AREAS.items()
    for trouble, check in module.TROUBLES.items()
}


@pytest.mark.parametrize(
    ("area", "trouble"), TROUBLES, ids=[f"{area}: {trouble}" for area, trouble in TROUBLES]
)
def test_a_real_trouble_is_read_right_or_refused(area: str, trouble: str, tmp_path: Path) -> None:
    TROUBLES[area, trouble](tmp_path)
