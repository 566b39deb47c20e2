"""No command drops a value of an option that is set twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from subprocess import CompletedProcess

import pytest
import typer

from lnmbench.cli.app import app
from lnmbench.cli.strict_command import StrictCommand

Command = Callable[..., CompletedProcess[str]]


def commands(group: object, *words: str) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, command in getattr(group, "commands").items():  # noqa: B009
        if hasattr(command, "commands"):
            yield from commands(command, *words, name)
        else:
            yield (*words, name), command


COMMANDS = dict(commands(typer.main.get_command(app)))
SINGLE = [
    (words, option.opts[0])
    for words, command in COMMANDS.items()
    for option in getattr(command, "params")  # noqa: B009
    if option.param_type_name == "option" and not option.multiple and not option.is_flag
]


def test_every_command_is_strict() -> None:
    assert len(COMMANDS) >= 10
    assert all(isinstance(command, StrictCommand) for command in COMMANDS.values())


@pytest.mark.parametrize(("words", "option"), SINGLE, ids=[f"{w[-1]} {o}" for w, o in SINGLE])
def test_an_option_that_is_set_twice_is_refused(
    lnmbench: Command, words: tuple[str, ...], option: str
) -> None:
    done = lnmbench(*words, option, "1", option, "1")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line == (
        f"error: option {option} is set 2 times, expected once; see"
        f" lnmbench {' '.join(words)} --help"
    )


def test_repeatable_options_and_flags_may_be_repeated(lnmbench: Command) -> None:
    done = lnmbench("list", "encoders", "--json", "--json", "--plugin", "a.py", "--plugin", "b.py")
    assert done.returncode == 0
