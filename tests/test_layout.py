"""Layout of the project: packages, entry points, import contracts, mirrored tests."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PLUGIN_FOLDERS = ("plugins", "datasets")
CODE_FOLDERS = ("lnmbench", *PLUGIN_FOLDERS)
WHOLE_PROJECT = {
    "architecture",
    "damaged",
    "documentation",
    "layout",
    "plugin_faults",
    "style",
    "troubles",
}
"""Tests of the project as a whole, which mirror no module."""


def plugin_packages() -> set[str]:
    return {
        f"{folder}/{path.name}"
        for folder in PLUGIN_FOLDERS
        for path in (ROOT / folder).iterdir()
        if path.is_dir() and path.name.startswith("lnmbench_")
    }


def plugin_names() -> set[str]:
    return {package.partition("/")[2] for package in plugin_packages()}


def contract(name: str) -> dict[str, Any]:
    contracts: list[dict[str, Any]] = PROJECT["tool"]["importlinter"]["contracts"]
    return next(contract for contract in contracts if contract["name"] == name)


def modules(*folders: str) -> Iterator[Path]:
    """Yield every module, but no `__init__` and no `__main__`, relative to the root."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not path.name.startswith("__"):
                yield path.relative_to(ROOT)


def mirrored(module: Path) -> Path:
    """Return where the tests of a module are, relative to the root."""
    parent = Path(*module.parts[1:-1]) if module.parts[0] == "lnmbench" else module.parent
    return Path("tests") / parent / f"test_{module.name}"


def has_behavior(module: Path) -> bool:
    """Return whether a module defines a function or method with a body.

    Constants, bare records and the contracts of plugins do not; `test_contracts.py` tests the
    objects that keep a contract.
    """
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return any(len(node.body) > 1 or ast.get_docstring(node) is None for node in functions)


def test_every_plugin_folder_is_packaged_and_has_an_entry_point() -> None:
    packages = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packages == {"lnmbench", *plugin_packages()}
    assert PROJECT["project"]["entry-points"]["lnmbench"] == {n: n for n in plugin_names()}


def test_the_import_contracts_name_every_plugin() -> None:
    linter = PROJECT["tool"]["importlinter"]
    assert set(linter["root_packages"]) == {"lnmbench", *plugin_names()}
    forbidden = contract("plugins and data sets do not import the machinery of the core")
    assert set(forbidden["source_modules"]) == plugin_names()
    independent = contract("plugins do not import each other")
    assert set(independent["modules"]) == plugin_names()


@pytest.mark.parametrize("folder", PLUGIN_FOLDERS)
def test_a_folder_of_plugins_is_no_package_and_lists_its_plugins(folder: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists()
    readme = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    for package in plugin_packages():
        if package.startswith(f"{folder}/"):
            assert f"`{package.partition('/')[2]}`" in readme


def test_every_module_has_its_tests() -> None:
    missing = [
        str(module)
        for module in modules(*CODE_FOLDERS)
        if has_behavior(module) and not (ROOT / mirrored(module)).is_file()
    ]
    assert not missing, f"{len(missing)} modules without a test at the mirrored path: {missing}"


def test_every_test_mirrors_a_module_or_package() -> None:
    tested = list(modules(*CODE_FOLDERS, "benchmarks"))
    allowed = {mirrored(module) for module in tested}
    packages = {module.parent for module in tested}
    allowed |= {mirrored(package.with_suffix(".py")) for package in packages}
    allowed |= {Path("tests") / f"test_{name}.py" for name in WHOLE_PROJECT}
    strays = [
        str(path.relative_to(ROOT))
        for path in sorted(TESTS.rglob("test_*.py"))
        if path.relative_to(ROOT) not in allowed
    ]
    assert not strays, f"tests without a module: {strays}"
