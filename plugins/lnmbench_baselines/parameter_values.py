"""Parameters of a classifier, written as one text."""

from __future__ import annotations

import ast
import re

from lnmbench import UserError

_NAME = re.compile(r"\s*([A-Za-z_]\w*)\s*=(.*)", flags=re.DOTALL)
_PLUS = re.compile(r"(?<![0-9.][eE])\+")  # not that of 1e+3
_WORDS = {"true": True, "false": False, "none": None}


def parse_values(text: str) -> dict[str, list[object]]:
    """Return the values of each parameter in a text, by its name.

    Raises `UserError` for a text that is not `name=value+name=value+value`.

    Examples
    --------
    >>> parse_values("n_estimators=200+max_depth=2+none+criterion=entropy")
    {'n_estimators': [200], 'max_depth': [2, None], 'criterion': ['entropy']}
    """
    values: dict[str, list[object]] = {}
    name = ""
    for part in _PLUS.split(text) if text.strip() else ():
        pair = _NAME.fullmatch(part)
        if pair is not None:
            name, part = pair.groups()
        if not name or not part.strip() or (pair is not None and name in values):
            raise UserError(
                "wrong value for parameters",
                where="baseline sklearn",
                expected="name=value+name=value, each name once; of values to choose from,"
                " name=value+value",
                got=repr(text[:80]),
            )
        values.setdefault(name, []).append(_parse_value(part.strip()))
    return values


def _parse_value(text: str) -> object:
    """Return a Python literal, or the text if it is none."""
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    return value
