"""Grammar of choices on the command line: `name:key=value,key=value`, joined by plus signs."""

from __future__ import annotations

import re

from lnmbench.errors import UserError
from lnmbench.records import Choice

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_PAIR = re.compile(r'\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:"([^"]*)"|([^",]*))\s*(?:,|$)')
_NEXT = re.compile(r"\s*[A-Za-z][A-Za-z0-9_.-]*\s*(?:\+|$|:\s*[A-Za-z_][A-Za-z0-9_]*\s*=)")
GRAMMAR = "name or name:key=value,key=value (quote a value that holds a comma)"


def parse(text: str) -> Choice:
    """Return the choice that a text makes, its parameters still text.

    Examples
    --------
    >>> parse('table:path="a,b.csv",columns=c.toml').parameters["path"]
    'a,b.csv'
    """
    name, colon, rest = text.strip().partition(":")
    if not _NAME.fullmatch(name) or (colon and not rest.strip()):
        raise UserError("malformed choice", expected=GRAMMAR, got=repr(text[:80]))
    return Choice(name=name, parameters=parse_parameters(rest, of=text) if rest else {})


def parse_parameters(text: str, *, of: str = "") -> dict[str, object]:
    """Return the parameters of `key=value,key=value`, in their order."""
    parameters: dict[str, object] = {}
    at = 0
    while at < len(text):
        match = _PAIR.match(text, at)
        if match is None:
            raise UserError(
                "malformed choice",
                where=f"at {text[at : at + 30]!r}",
                expected=GRAMMAR,
                got=repr((of or text)[:80]),
            )
        key = match.group(1)
        if key in parameters:
            raise UserError(f"parameter {key} is given twice", where=(of or text)[:80])
        quoted, plain = match.group(2), match.group(3)
        parameters[key] = quoted if quoted is not None else plain.strip()
        at = match.end()
    return parameters


def parse_all(text: str) -> tuple[Choice, ...]:
    """Return the choices of `a+b:key=value+c`.

    A plus ends a parameter's value where another choice follows it: a name, or `name:key=`. In
    quotation marks it is the value's, and so it is where something else follows, as in `1e+3`.

    Examples
    --------
    >>> [str(choice) for choice in parse_all("pt:shuffled=1+size:shuffled=1")]
    ['pt:shuffled=1', 'size:shuffled=1']
    >>> [str(choice) for choice in parse_all('size:kinds="a+b"')]
    ['size:kinds=a+b']
    """
    parts, quoted = [""], False
    for at, mark in enumerate(text):
        quoted ^= mark == '"'
        in_value = ":" in parts[-1]
        if mark == "+" and not quoted and (not in_value or _NEXT.match(text, at + 1)):
            parts.append("")
        else:
            parts[-1] += mark
    return tuple(map(parse, parts))
