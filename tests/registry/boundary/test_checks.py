from __future__ import annotations

from typing import Any

import pytest

from lnmbench.contracts import Documented
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.checks import guard_check
from lnmbench.testing.sample_results import empty_results


class Says:
    title, severity, remedy = "it\nholds", "error", "do this"
    message: Any = None

    def __call__(self, results: Any) -> Any:
        return self.message


@pytest.mark.parametrize(
    ("message", "expected"),
    [(None, None), ("", ""), (" \n", ""), ("one\nthing\x1b", "one thing")],
)
def test_a_message_is_one_line(message: Any, expected: Any, boundary: Boundary) -> None:
    check = guard_check(type("Check", (Says,), {"message": message})(), boundary)
    assert check(empty_results()) == expected
    assert (check.title, check.severity, check.remedy) == ("it holds", "error", "do this")
    assert not isinstance(check, Documented)


def test_a_documented_check_has_its_address(boundary: Boundary) -> None:
    check = guard_check(type("Check", (Says,), {"docs": "x.md"})(), boundary)
    assert isinstance(check, Documented)
    assert check.docs == "x.md"
