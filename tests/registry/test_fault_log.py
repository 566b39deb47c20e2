from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from lnmbench.errors import PluginError
from lnmbench.registry import fault_log


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    logger = logging.getLogger("lnmbench.plugins")
    before = list(logger.handlers)
    yield
    logger.handlers[:] = before


def make_fault() -> PluginError:
    fault = PluginError("metric x fails")
    fault.details = "Traceback of x\n"
    return fault


def test_tracebacks_are_appended_to_a_private_file(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    fault_log.keep_log(folder)
    assert not folder.exists(), "nothing to write yet"
    fault_log.record(make_fault())
    fault_log.record(make_fault())
    fault_log.record(PluginError("a wrong value has no traceback"))
    file = folder / fault_log.FILE
    text = file.read_text(encoding="utf-8")
    assert text.count("metric x fails\nTraceback of x") == 2
    assert "wrong value" not in text
    assert file.stat().st_mode & 0o777 == 0o600


def test_debug_prints_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fault_log.keep_log(tmp_path)
    fault_log.record(make_fault())
    assert capsys.readouterr().err == ""
    fault_log.keep_log(tmp_path, debug=True)
    fault_log.record(make_fault())
    assert "Traceback of x" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_does_not_stop_a_command(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    fault_log.keep_log(blocked)
    fault_log.record(make_fault())
