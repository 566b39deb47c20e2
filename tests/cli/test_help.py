"""A group of commands without a command prints its help, which is no error."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

Command = Callable[..., CompletedProcess[str]]


@pytest.mark.parametrize(("words", "name"), [((), "report"), (("data",), "ingest")])
def test_help_is_printed_without_a_command(
    lnmbench: Command, words: tuple[str, ...], name: str
) -> None:
    done = lnmbench(*words)
    assert done.returncode == 0
    assert f"│ {name} " in done.stdout
    assert done.stderr == ""


def test_a_command_prints_no_other_help(lnmbench: Command) -> None:
    assert "│" not in lnmbench("data", "list").stdout
