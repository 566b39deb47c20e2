"""Grammar of choices on the command line: `name:key=value,key=value`, joined by plus signs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lnmbench.errors import UserError
from lnmbench.records import Choice

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_PAIR = re.compile(r'\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(?:,|$)')
_NEXT = re.compile(r"\s*[A-Za-z][A-Za-z0-9_.-]*\s*(?:\+|$|:\s*[A-Za-z_][A-Za-z0-9_]*\s*=)")
GRAMMAR = "name or name:key=value,key=value (quote a value that holds a comma)"


def parse(text: str) -> Choice:
    """Return the choice of a text; its parameters are still texts.

    Examples
    --------
    >>> parse('table:path="a,b.csv",columns=c.toml').parameters["path"]
    'a,b.csv'
    """
    name, colon, rest = text.strip().partition(":")
    name = name.rstrip()
    if not _NAME.fullmatch(name) or (colon and not rest.strip()):
        raise UserError("malformed choice", expected=GRAMMAR, got=repr(text[:80]))
    return Choice(name=name, parameters=parse_parameters(rest, source=text) if rest else {})


def parse_setting(name: str, text: str) -> Choice:
    """Return the choice of a setting or option, whose name errors state.

    Examples
    --------
    >>> parse_setting("--executor", "processes:workers=2").parameters
    {'workers': '2'}
    """
    try:
        return parse(text)
    except UserError as error:
        raise UserError(f"wrong value for {name}: {error}") from error


def parse_parameters(text: str, *, source: str = "") -> dict[str, object]:
    """Return the parameters of `key=value,key=value`, in their order.

    Between quotation marks, two of them stand for one. `source` is the text to quote in errors, by
    default the text itself.
    """
    parameters: dict[str, object] = {}
    start = 0
    while start < len(text):
        match = _PAIR.match(text, start)
        if match is None:
            raise UserError(
                "malformed choice",
                where=f"at {text[start : start + 30]!r}",
                expected=GRAMMAR,
                got=repr((source or text)[:80]),
            )
        key = match.group(1)
        if key in parameters:
            raise UserError(f"parameter {key} is set twice", where=(source or text)[:80])
        quoted, plain = match.group(2), match.group(3)
        parameters[key] = quoted.replace('""', '"') if quoted is not None else plain.strip()
        start = match.end()
    return parameters


def parse_all(text: str) -> tuple[Choice, ...]:
    """Return the choices of `a+b:key=value+c`.

    A plus ends the value of a parameter if another choice follows (a name, or `name:key=`). In
    quotation marks, and before anything else (`1e+3`), it belongs to the value. Text that cannot be
    a choice belongs to the value before it, with what is between them.

    Examples
    --------
    >>> [str(choice) for choice in parse_all("pt:shuffled=1+size:shuffled=1")]
    ['pt:shuffled=1', 'size:shuffled=1']
    >>> [str(choice) for choice in parse_all('size:kinds="a+b"')]
    ['size:kinds=a+b']
    >>> [str(choice) for choice in parse_all("signs:names=margin+pleural tag+pt")]
    ['signs:names=margin+pleural tag', 'pt']
    """
    parts, quoted = [""], False
    for index, character in enumerate(text):
        quoted ^= character == '"'
        in_value = ":" in parts[-1]
        if character == "+" and not quoted and (not in_value or _NEXT.match(text, index + 1)):
            parts.append("")
        else:
            parts[-1] += character
    return tuple(map(parse, _join_values(parts)))


def join(tasks: Iterable[Choice]) -> str:
    """Return choices as `parse_all` reads them, with quotation marks where a plus needs them.

    Examples
    --------
    >>> join([Choice(name="size", parameters={"kinds": "a+b"}), Choice(name="pt")])
    'size:kinds="a+b"+pt'
    >>> join([Choice(name="signs", parameters={"names": "margin+pleural tag"})])
    'signs:names=margin+pleural tag'
    """
    several = list(tasks)
    written = list(map(str, several))
    text = "+".join(written)
    return text if _parse_texts(text) == written else "+".join(map(_quote_plus, several))


def _parse_texts(text: str) -> list[str]:
    return list(map(str, parse_all(text))) if text else []


def _quote_plus(choice: Choice) -> str:
    """Return a choice as text, in which values with a plus are quoted."""
    pairs = []
    for name, value in choice.parameters.items():
        single = str(Choice(name=choice.name, parameters={name: value}))
        pair = single.removeprefix(f"{choice.name}:")
        is_plain = "+" not in pair or pair.endswith('"')
        pairs.append(pair if is_plain else f'{name}="{pair.removeprefix(f"{name}=")}"')
    return f"{choice.name}:{','.join(pairs)}" if pairs else choice.name


def _join_values(parts: Sequence[str]) -> list[str]:
    """Return parts, of which those that are no choices are joined to the value before them."""
    joined: list[str] = []
    for part in parts:
        joined.append(part)
        values = [index for index, text in enumerate(joined[:-1]) if ":" in text]
        if values and ":" not in part and not _NAME.fullmatch(part.strip()):
            joined[values[-1] :] = ["+".join(joined[values[-1] :])]
    return joined
