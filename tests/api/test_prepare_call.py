"""Settings of a call: objects and executors are checked before anything is read."""

from __future__ import annotations

import pytest

from lnmbench import RunSettings, UserError
from lnmbench.api.prepare_call import PreparedCall, prepare_call


def prepare(
    settings: RunSettings, *, executor: str = "inline", quick: bool = False
) -> PreparedCall:
    return prepare_call(
        None, settings, plugin=(), executor=executor, workers=1, quick=quick, debug=False
    )


def test_counts_that_are_set_override_the_quick_protocol() -> None:
    protocol = prepare(RunSettings(folds=4), quick=True).benchmark.protocol
    assert (protocol.repeats, protocol.folds, protocol.inner) == (2, 4, 3)
    assert prepare(RunSettings(folds=4)).benchmark.protocol.repeats == 10


def test_a_malformed_executor_is_named() -> None:
    with pytest.raises(UserError, match="wrong value for --executor: malformed choice"):
        prepare(RunSettings(), executor="")
