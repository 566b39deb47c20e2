"""Integer arguments of the commands of benchmarks."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable


def integer_from(least: int) -> Callable[[str], int]:
    """Return a parser of integers that refuses those below `least`."""

    def parse(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"expected {least} or more, got {value}")
        return value

    parse.__name__ = "integer"  # argparse prints the name
    return parse


def add_integers(
    parser: argparse.ArgumentParser, options: Iterable[tuple[str, int, int, str]]
) -> None:
    """Add options of integers.

    Parameters
    ----------
    parser
        The parser of the command.
    options
        Name, default, least value and help text of each option.
    """
    for name, default, least, text in options:
        parser.add_argument(
            f"--{name}", type=integer_from(least), default=default, help=f"{text} ({default})"
        )
