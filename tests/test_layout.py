"""Folders, packages and entry points say the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = ("plugins", "datasets")


def folders() -> set[str]:
    return {
        f"{room}/{path.name}"
        for room in ROOMS
        for path in (ROOT / room).iterdir()
        if path.is_dir() and path.name.startswith("lnmbench_")
    }


def test_every_plugin_folder_is_packaged_and_offered() -> None:
    packages = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packages == {"lnmbench", *folders()}
    points = PROJECT["project"]["entry-points"]["lnmbench"]
    names = {folder.partition("/")[2] for folder in folders()}
    assert points == {name: name for name in names}


def test_the_import_contracts_know_every_plugin() -> None:
    names = {folder.partition("/")[2] for folder in folders()}
    linter = PROJECT["tool"]["importlinter"]
    assert set(linter["root_packages"]) == {"lnmbench", *names}
    contracts = {contract["name"]: contract for contract in linter["contracts"]}
    forbidden = contracts["plugins and data sets do not import the machinery of the core"]
    assert set(forbidden["source_modules"]) == names
    independent = contracts["plugins do not import each other"]
    assert set(independent["modules"]) == names


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_no_package_and_lists_its_plugins(room: str) -> None:
    assert not (ROOT / room / "__init__.py").exists()
    readme = (ROOT / room / "README.md").read_text(encoding="utf-8")
    for folder in folders():
        if folder.startswith(f"{room}/"):
            assert f"`{folder.partition('/')[2]}`" in readme


def test_every_test_mirrors_something() -> None:
    rooms = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    rooms -= {
        "__pycache__",
        "damaged",
        "benchmarks",
    }  # the latter: kinds of input, for tests/test_damaged.py
    assert {room for room in rooms if not (ROOT / "lnmbench" / room).is_dir()} <= {
        *ROOMS,
    }
