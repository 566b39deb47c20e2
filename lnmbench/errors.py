"""Errors of the user: one line each, exit code 2, no traceback."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_MOST_ERRORS = 20
_LONGEST_WORD = 300
_NEXT_STEPS = {
    errno.ENOENT: "check the path",
    errno.ENOTDIR: "check the path",
    errno.EISDIR: "name a file in it",
    errno.EIO: "check the disk",
}


class UserError(Exception):
    """An error that the user can fix.

    The message is one line: problem, place, expected, got, next step; empty parts are omitted.
    Bugs raise other exceptions and keep their traceback.

    Examples
    --------
    >>> print(UserError("unknown encoder", got="'resnet5'", then="did you mean resnet50?"))
    unknown encoder: got 'resnet5'; did you mean resnet50?
    """

    def __init__(
        self, what: str, *, where: str = "", expected: str = "", got: str = "", then: str = ""
    ) -> None:
        line = f"{what} ({where})" if where else what
        facts = [f"expected {expected}"] if expected else []
        facts += [f"got {got}"] if got else []
        line += f": {', '.join(facts)}" if facts else ""
        line += f"; {then}" if then else ""
        shown = "".join(c if c.isprintable() or c.isspace() else "�" for c in line)
        super().__init__(" ".join(map(_shorten, shown.split())))


class UserErrors(UserError):
    """Several errors of one input: a line that counts them, then a numbered line for each.

    Examples
    --------
    >>> print(UserErrors("t.csv", [UserError("no id", where="row 2"), UserError("no age")]))
    2 errors in t.csv:
      1. no id (row 2)
      2. no age
    """

    def __init__(self, what: str, errors: Sequence[UserError]) -> None:
        lines = [f"  {number}. {error}" for number, error in enumerate(errors, start=1)]
        more = len(lines) - _MOST_ERRORS
        end = [f"  and {more} more"] if more > 0 else []
        Exception.__init__(
            self, "\n".join((f"{len(errors)} errors in {what}:", *lines[:_MOST_ERRORS], *end))
        )


def raise_all(errors: Sequence[UserError], what: str) -> None:
    """Raise the error of an input, or all of them as one; return without errors.

    Parameters
    ----------
    errors
        The errors in the order of the input.
    what
        The input in words, for the line that counts them.
    """
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise UserErrors(what, errors)


class PluginError(UserError):
    """A fault of a plugin: an exception that it raised, or a value that its contract excludes.

    `details` is the traceback of the exception, empty if there was none. `deliberate` is True for
    a `UserError` that the plugin raised to tell the user what to change. `process` is the number of
    the process that recorded it.
    """

    details: str = ""
    deliberate: bool = False
    process: int = 0


def _shorten(word: str) -> str:
    """Return a word without its middle if it is longer than any name that a person would type."""
    if len(word) <= _LONGEST_WORD:
        return word
    third = _LONGEST_WORD // 3
    return f"{word[: 2 * third]}…{word[-third:]}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the next step for an unknown name.

    Examples
    --------
    >>> nearest("resnet5", ["resnet50", "vgg"])
    'did you mean resnet50? known: resnet50, vgg'
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{hint}known: {', '.join(names) or 'none'}"


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise `UserError` if the system cannot read a file or folder."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"cannot read {path}",
            got=error.strerror or str(error),
            then=_NEXT_STEPS.get(error.errno or 0, "check the path and its permissions"),
        ) from error
