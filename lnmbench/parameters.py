"""Parameters of factories: their types, defaults and descriptions, and values bound to them."""

from __future__ import annotations

import inspect
import keyword
import math
import re
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Union

from lnmbench.errors import UserError, nearest
from lnmbench.records import Choice

_SECTION = re.compile(
    r"^Parameters\n-{3,}\n(.*?)(?=\n\w[^\n]*\n-{3,}|\Z)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a factory; `default` is `Parameter.REQUIRED` if it has none.

    A bound choice has a parameter that is `omitted_by_default` only with another value.
    """

    name: str
    annotation: Any
    default: object
    description: str = ""
    omitted_by_default: bool = False

    REQUIRED: typing.ClassVar[object] = inspect.Parameter.empty

    @property
    def required(self) -> bool:
        """True if the parameter has no default."""
        return self.default is Parameter.REQUIRED

    @property
    def type_name(self) -> str:
        """The type as the user reads it."""
        return " | ".join(map(_type_name, _members(self.annotation)))

    def __str__(self) -> str:
        return self.name if self.required else f"{self.name}={self.default}"


SUPPORTED = "int, float, bool, str, pathlib.Path, Literal[...] or a union of them with None"
"""The types of parameters, in words."""


def parameters_of(factory: Callable[..., object]) -> tuple[Parameter, ...]:
    """Return the parameters of a factory, described by the `Parameters` section of its docstring.

    Raises `TypeError` for a parameter that cannot be passed by name, without a type, or of a type
    that text cannot be converted to.
    """
    signature = inspect.signature(factory)
    function = factory.__init__ if inspect.isclass(factory) else factory
    hints = typing.get_type_hints(function)
    descriptions = parameter_descriptions(factory)
    name = getattr(factory, "__qualname__", type(factory).__name__)
    parameters = []
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            raise TypeError(f"parameter {parameter} of {name} has no name of its own")
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise TypeError(f"parameter {parameter} of {name} cannot be passed by name")
        if parameter.name not in hints:
            raise TypeError(f"parameter {parameter.name} of {name} has no type")
        if not all(map(_is_supported, _alternatives(hints[parameter.name]))):
            raise TypeError(
                f"parameter {parameter.name} of {name} has the type"
                f" {_type_name(hints[parameter.name])}, expected {SUPPORTED}"
            )
        parameters.append(
            Parameter(
                name=_spell(parameter.name),
                annotation=hints[parameter.name],
                default=parameter.default,
                description=descriptions.get(parameter.name, ""),
            )
        )
    return tuple(parameters)


def argument_name(parameter: str) -> str:
    """Return the name of a parameter in Python: `from_` for `from`, which is a keyword.

    Examples
    --------
    >>> argument_name("from"), argument_name("names")
    ('from_', 'names')
    """
    return f"{parameter}_" if keyword.iskeyword(parameter) else parameter


def _spell(argument: str) -> str:
    """Return the name of an argument as users write it, without the underscore of a keyword."""
    name = argument.removesuffix("_")
    return name if keyword.iskeyword(name) else argument


def parameter_descriptions(factory: Callable[..., object]) -> dict[str, str]:
    """Return the descriptions in the numpydoc `Parameters` section of a factory, by parameter.

    Examples
    --------
    >>> def phantom(n=160, noise=0.1):
    ...     '''Make phantoms.
    ...
    ...     Parameters
    ...     ----------
    ...     n
    ...         Number of cases.
    ...     noise : float
    ...         Standard deviation of the noise,
    ...         in HU.
    ...     '''
    >>> parameter_descriptions(phantom)
    {'n': 'Number of cases.', 'noise': 'Standard deviation of the noise, in HU.'}
    """
    section = _SECTION.search(inspect.cleandoc(factory.__doc__ or ""))
    if section is None:
        return {}
    descriptions: dict[str, str] = {}
    name = ""
    for line in section.group(1).splitlines():
        if line and not line[0].isspace():
            name = line.partition(":")[0].strip()
            descriptions[name] = ""
        elif line.strip():
            descriptions[name] = f"{descriptions[name]} {line.strip()}".lstrip()
    return descriptions


def bind(
    choice: Choice,
    factory: Callable[..., object],
    *,
    role: str,
    core_parameters: Sequence[Parameter] = (),
) -> Choice:
    """Return the choice with every parameter of a factory, typed and in the factory's order.

    Parameters
    ----------
    choice
        A name and the parameters that the user chose.
    factory
        The class or function that takes them.
    role
        The role of the factory, for messages.
    core_parameters
        Parameters that the core understands itself; they are accepted as well.

    Raises
    ------
    UserError
        For an unknown parameter, a value of the wrong type and a missing parameter. The message
        lists the accepted parameters.
    """
    accepted = (*parameters_of(factory), *core_parameters)
    names = [parameter.name for parameter in accepted]
    listed = ", ".join(map(str, accepted)) or "none"
    for name in choice.parameters:
        if name not in names:
            raise UserError(
                f"unknown parameter {name!r} of {role} {choice.name}",
                expected=f"the parameters {listed}",
                then=nearest(name, names).partition("known:")[0].strip(),
            )
    bound: dict[str, object] = {}
    for parameter in accepted:
        if parameter.name in choice.parameters:
            where = f"{role} {choice.name}"
            value = convert(choice.parameters[parameter.name], parameter, where)
            if not (parameter.omitted_by_default and value == parameter.default):
                bound[parameter.name] = value
        elif parameter.required:
            raise UserError(
                f"{role} {choice.name} requires the parameter {parameter.name!r}",
                expected=f"the parameters {listed}",
                then=f"write {choice.name}:{parameter.name}=…",
            )
        elif not parameter.omitted_by_default:
            bound[parameter.name] = parameter.default
    return Choice(name=choice.name, parameters=bound)


def convert(value: object, parameter: Parameter, where: str) -> object:
    """Return the value in the parameter's type.

    Parameters
    ----------
    value
        The value, often a text from the command line.
    parameter
        The parameter, with its annotated type; for a union, None if it fits, then the first other
        type that does.
    where
        Role and name of the plugin in error messages, e.g. `metric auc`.

    Raises
    ------
    UserError
        If the value fits no type of the annotation.
    """
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
    """Return the types of a union, None first: a path or text can be read from any value."""
    return tuple(sorted(_members(annotation), key=lambda each: each is not type(None)))


def _members(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _type_name(annotation: Any) -> str:
    if annotation is type(None):
        return "none"
    if typing.get_origin(annotation) is Literal:
        return " | ".join(str(value) for value in typing.get_args(annotation))
    is_plain = isinstance(annotation, type) and not typing.get_args(annotation)
    return annotation.__name__ if is_plain else str(annotation)


def _is_supported(annotation: Any) -> bool:
    if typing.get_origin(annotation) is Literal:
        return True
    return annotation in (int, float, bool, str, Path, type(None))


def _convert(value: object, annotation: Any) -> object:
    if typing.get_origin(annotation) is Literal:
        for option in typing.get_args(annotation):
            is_word = isinstance(option, bool) or option is None  # "true" and "True" are one
            texts = (str(option), str(value))
            if len({text.lower() if is_word else text for text in texts}) == 1:
                return option
        raise ValueError
    if annotation is type(None):
        if value is None or str(value).lower() == "none":
            return None
        raise ValueError
    if value is None:
        raise ValueError
    if annotation is bool:
        return _boolean(value)
    if annotation is int:
        if isinstance(value, (bool, float)):
            raise ValueError
        return int(str(value))
    if annotation is float:
        if isinstance(value, bool) or not math.isfinite(float(str(value))):
            raise ValueError
        return float(str(value))
    if annotation is Path:
        return _path(value)
    if annotation is str and isinstance(value, str):
        return value
    raise ValueError


def _path(value: object) -> Path:
    text = str(value)
    if not isinstance(value, str | Path) or not text.strip() or "\0" in text:
        raise ValueError
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # the user of ~user has no home folder
        raise ValueError from error


def _boolean(value: object) -> bool:
    text = str(value).lower()
    if text in ("true", "yes", "1"):
        return True
    if text in ("false", "no", "0"):
        return False
    raise ValueError
