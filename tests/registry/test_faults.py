from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lnmbench import hookimpl
from lnmbench.registry.faults import (
    checksum,
    describe_hook_fault,
    describe_offer_fault,
    import_file,
    reason,
)


def test_a_file_that_fails_leaves_no_module(tmp_path: Path) -> None:
    path = tmp_path / "half.py"
    path.write_text("x = 1\n1 / 0\n", encoding="utf-8")
    with pytest.raises(ZeroDivisionError) as failed:
        import_file(path)
    assert "lnmbench_plugin_half" not in sys.modules
    assert reason(failed.value, "half.py") == "half.py, line 2: ZeroDivisionError: division by zero"


def test_a_checksum_covers_all_files_of_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "summed_package"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "part.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    first = checksum("summed_package")
    (package / "part.py").write_text("x = 2\n", encoding="utf-8")
    assert first.startswith("sha256:")
    assert checksum("summed_package") != first
    assert checksum("no_such_module_here") == ""


def test_a_hook_must_exist_and_be_marked() -> None:
    def register_metric() -> None: ...

    unknown = SimpleNamespace(register_metric=hookimpl(register_metric))
    assert "did you mean register_metrics" in describe_hook_fault(unknown)
    unmarked = SimpleNamespace(register_metrics=dict)
    assert describe_hook_fault(unmarked) == "has register_metrics without @lnmbench.hookimpl"
    assert describe_hook_fault(SimpleNamespace(helper=print)) == ""


def test_an_offer_is_a_mapping_of_names_to_factories() -> None:
    assert describe_offer_fault([]) == "list"
    assert describe_offer_fault({"x": 3}) == "'x': int"
    assert describe_offer_fault({1: dict}) == "1: type"
    assert describe_offer_fault({"x": dict}) == ""
