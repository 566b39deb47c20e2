"""Fixtures for tests of the report reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lnmbench_ctreports.reader import CtReport


@pytest.fixture(scope="session")
def read() -> Callable[..., dict[str, object]]:
    """A function that returns the values that `ct` reads from a text."""

    def read_values(text: str, **parameters: Any) -> dict[str, object]:
        findings = CtReport(**parameters).read(text)
        return {name: finding.value for name, finding in findings.items()}

    return read_values
