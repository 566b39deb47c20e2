from __future__ import annotations

import os

import pytest
from lnmbench_executors.inline import InlineExecutor


def test_a_chunk_runs_in_this_process_when_it_is_submitted() -> None:
    with InlineExecutor() as executor:
        future = executor.submit(os.getpid)
        assert future.done()
    assert future.result() == os.getpid()


def test_an_error_is_raised_with_the_result() -> None:
    future = InlineExecutor().submit(int, "x")
    with pytest.raises(ValueError, match="'x'"):
        future.result()


def test_an_interrupt_is_not_caught() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        InlineExecutor().submit(interrupt)
