"""A plugin file with one metric, for tests of the registry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

METRIC = """
from lnmbench import hookimpl

class Accuracy:
    \"\"\"Share of cases on the right side of one half.\"\"\"
    title, greater_is_better = "Accuracy", True
    kinds, bounds = ("binary",), (0.0, 1.0)
    def __call__(self, truth, predicted):
        return float(((predicted > 0.5) == truth).mean())

@hookimpl
def register_metrics():
    return {"%s": Accuracy}
"""


@pytest.fixture
def metric_plugin() -> str:
    """The text of a plugin with the metric `NAME`."""
    return METRIC


Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a plugin file and return its path."""

    def write_file(name: str, text: str) -> str:
        path = tmp_path / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write_file
