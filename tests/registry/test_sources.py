from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lnmbench.registry.faults import describe_failure
from lnmbench.registry.sources import file_checksum, import_file, module_checksum


def test_a_file_that_fails_leaves_no_module(tmp_path: Path) -> None:
    path = tmp_path / "half.py"
    path.write_text("x = 1\n1 / 0\n", encoding="utf-8")
    with pytest.raises(ZeroDivisionError) as failed:
        import_file(path, path.read_bytes())
    assert "lnmbench_plugin_half" not in sys.modules
    line = describe_failure(failed.value, module="lnmbench_plugin_half", origin="half.py")
    assert line == "half.py, line 2: ZeroDivisionError: division by zero"


def test_a_checksum_covers_all_files_of_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "summed_package"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "part.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    first = module_checksum("summed_package")
    (package / "part.py").write_text("x = 2\n", encoding="utf-8")
    assert first.startswith("sha256:")
    assert module_checksum("summed_package") != first
    assert module_checksum("no_such_module_here") == ""


def test_data_of_a_package_counts_and_bytecode_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package_with_data"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    first = module_checksum("package_with_data")
    (package / "__pycache__" / "part.cpython-311.pyc").write_bytes(b"x")
    assert module_checksum("package_with_data") == first
    (package / "words.toml").write_text("a = 1", encoding="utf-8")
    assert module_checksum("package_with_data") != first
    second = module_checksum("package_with_data")
    (package / "part.pyc").write_bytes(b"x")
    assert module_checksum("package_with_data") != second


def test_what_runs_is_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "read.py"
    path.write_text("x = 1\n", encoding="utf-8")
    content = path.read_bytes()
    path.write_text("x = 2\n", encoding="utf-8")
    module = import_file(path, content)
    assert module.x == 1
    assert not (tmp_path / "__pycache__").exists(), "stale bytecode could run instead"
    assert file_checksum(content) == "sha256:" + file_checksum(content)[7:]
