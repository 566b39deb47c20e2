"""Types of command-line arguments."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def integer_from(least: int) -> Callable[[str], int]:
    """Return a parser of integers that refuses those below `least`."""

    def parse(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"expected {least} or more, got {value}")
        return value

    parse.__name__ = "integer"  # argparse prints the name
    return parse
