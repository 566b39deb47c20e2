"""Troubles that people reported in public, rebuilt as small inputs: read right, or refused.

`tests/troubles/*.py` create the inputs, one file for each area. `TROUBLES` maps a short description
of the trouble to a function that gets an empty folder, creates the input, reads it as a user
would, and asserts the right values or the right refusal.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"troubles_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


AREAS = {
    path.stem: load(path) for path in sorted(Path(__file__).with_name("troubles").glob("*.py"))
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
