from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.stages.plan.failures import FailedMethods, MethodFailure, refuse_all_failed

FAILURES = [MethodFailure(label=label, reason=f"{label} is wrong") for label in ("a", "b")]


def test_the_end_of_a_run_names_the_methods() -> None:
    failed = FailedMethods(FAILURES, 3, Path("runs/x"))
    assert str(failed) == (
        "2 of 3 methods failed (a; b): see their messages above;"
        " rerun the same command to run what is missing"
    )
    assert failed.folder == Path("runs/x")
    assert "(a): a is wrong;" in str(FailedMethods(FAILURES[:1], 3, Path()))


def test_nothing_is_left_if_all_failed() -> None:
    refuse_all_failed(FAILURES, 3)
    refuse_all_failed([], 0)
    with pytest.raises(UserError, match=r"^a \(and 1 other method\) failed: a is wrong$"):
        refuse_all_failed(FAILURES, 2)
    with pytest.raises(UserError, match="^a failed: a is wrong$"):
        refuse_all_failed(FAILURES[:1], 1)
