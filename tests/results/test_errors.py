"""Sentences on errors that checks found."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from lnmbench.records import CheckOutcome, CheckResult
from lnmbench.results import describe_errors
from lnmbench.testing.sample_results import empty_results


def test_every_error_is_named_and_nothing_else() -> None:
    checks = tuple(
        CheckResult(name=f"X{index}", subject="s", result=result, message="m", remedy="do this")
        for index, result in enumerate([*get_args(CheckOutcome), "error"])
    )
    lines = describe_errors(replace(empty_results(), check_results=checks))
    assert lines == [
        f"Do not use the scores: {name} found an error (m); do this." for name in ("X0", "X5")
    ]
    assert describe_errors(empty_results()) == []
