"""The `name:key=value,key=value` grammar, and what a factory accepts."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Union

from lnmbench.errors import UserError, nearest
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a factory: `default` is `Parameter.REQUIRED` where there is none."""

    name: str
    annotation: Any
    default: Any

    REQUIRED: typing.ClassVar[object] = inspect.Parameter.empty

    @property
    def required(self) -> bool:
        """Whether the user must give it."""
        return self.default is Parameter.REQUIRED

    @property
    def type_name(self) -> str:
        """The type as the user reads it."""
        if typing.get_origin(self.annotation) is Literal:
            return " | ".join(str(value) for value in typing.get_args(self.annotation))
        return getattr(self.annotation, "__name__", str(self.annotation))

    def __str__(self) -> str:
        return self.name if self.required else f"{self.name}={self.default}"


def parameters_of(factory: Callable[..., object]) -> tuple[Parameter, ...]:
    """Return the parameters of a factory. Raises `TypeError` where one has no usable type."""
    signature = inspect.signature(factory)
    made_by = factory.__init__ if inspect.isclass(factory) else factory
    hints = typing.get_type_hints(made_by)
    found = []
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            raise TypeError(f"parameter {parameter} of {factory!r} has no name of its own")
        if parameter.name not in hints:
            raise TypeError(f"parameter {parameter.name} of {factory!r} has no type")
        found.append(
            Parameter(
                name=parameter.name,
                annotation=hints[parameter.name],
                default=parameter.default,
            )
        )
    return tuple(found)


def bind(
    choice: Choice,
    factory: Callable[..., object],
    *,
    role: str,
    beside: Sequence[Parameter] = (),
) -> Choice:
    """Return the choice with every parameter of the factory, typed and in the factory's order.

    `beside` are accepted as well: parameters that the core understands itself. Raises `UserError`
    for a parameter that nobody takes, for a value of the wrong type, and for one that is missing;
    each lists what is accepted.
    """
    accepted = (*parameters_of(factory), *beside)
    names = [parameter.name for parameter in accepted]
    listed = ", ".join(map(str, accepted)) or "none"
    for given in choice.parameters:
        if given not in names:
            raise UserError(
                f"{role} {choice.name} has no parameter {given!r}",
                expected=f"parameters: {listed}",
                then=nearest(given, names),
            )
    bound: dict[str, object] = {}
    for parameter in accepted:
        if parameter.name in choice.parameters:
            where = f"{role} {choice.name}"
            bound[parameter.name] = convert(choice.parameters[parameter.name], parameter, where)
        elif parameter.required:
            raise UserError(
                f"{role} {choice.name} needs the parameter {parameter.name!r}",
                expected=f"parameters: {listed}",
                then=f"write {choice.name}:{parameter.name}=…",
            )
        else:
            bound[parameter.name] = parameter.default
    return Choice(name=choice.name, parameters=bound)


def convert(value: object, parameter: Parameter, where: str) -> object:
    """Return the value in the parameter's type, or raise `UserError`."""
    for annotation in _alternatives(parameter.annotation):
        try:
            return _convert(value, annotation)
        except (ValueError, TypeError):
            continue
    raise UserError(
        f"wrong value for {parameter.name}",
        where=where,
        expected=parameter.type_name,
        got=repr(value)[:60],
    )


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _convert(value: object, annotation: Any) -> object:
    if typing.get_origin(annotation) is Literal:
        by_text = {str(option): option for option in typing.get_args(annotation)}
        if str(value) not in by_text:
            raise ValueError
        return by_text[str(value)]
    if annotation is type(None):
        if value is None or str(value).lower() == "none":
            return None
        raise ValueError
    if annotation is bool:
        return _boolean(value)
    if annotation is int:
        if isinstance(value, (bool, float)):
            raise ValueError
        return int(str(value))
    if annotation is float:
        if isinstance(value, bool):
            raise ValueError
        return float(str(value))
    if annotation is Path:
        try:
            return Path(str(value)).expanduser()
        except RuntimeError as error:  # a home folder that is not there
            raise ValueError from error
    if annotation is str and isinstance(value, str):
        return value
    raise ValueError


def _boolean(value: object) -> bool:
    text = str(value).lower()
    if text in ("true", "yes", "1"):
        return True
    if text in ("false", "no", "0"):
        return False
    raise ValueError
