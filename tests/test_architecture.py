"""The architecture page: its modules exist, its layers are those of the import contract."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:lnmbench|plugins|datasets)/[\w/.]*)`", PAGE)))
LAYERS = "imports point down; packages of one layer do not import each other"


@pytest.mark.parametrize("name", NAMED)
def test_a_named_module_or_package_exists(name: str) -> None:
    assert (ROOT / name).exists()


def test_every_module_and_package_of_the_core_is_named() -> None:
    modules = {
        f"lnmbench/{path.name}"
        for path in (ROOT / "lnmbench").iterdir()
        if not path.name.startswith(("_", ".")) and (path.is_dir() or path.suffix == ".py")
    }
    assert modules - set(NAMED) == set()


def test_the_layers_are_those_of_the_import_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (c["layers"] for c in contracts if c["name"] == LAYERS)
    rows = re.search(r"\| command line, Python API \|.*?\n\n", PAGE, re.DOTALL)
    assert rows is not None
    named_by_row = [
        set(re.findall(r"`lnmbench/(\w+)(?:\.py)?`", row)) for row in rows[0].strip().splitlines()
    ]
    expected = [set(re.findall(r"\w+", layer)) for layer in layers if layer != "__main__"]
    assert named_by_row == expected
