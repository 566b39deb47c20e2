"""The first command is measured part by part, and its errors end the script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def test_first_command_says_how_long_each_part_took(run: Callable[[str], str]) -> None:
    command = ["first_command", "--skip-install", "--quick", "--command"]
    with pytest.raises(SystemExit, match="exit code 2"):
        run(" ".join([*command, "nonsense"]))
