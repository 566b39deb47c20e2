"""Parameters of factories: their types, defaults and descriptions, and values bound to them."""

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

_SECTION = re.compile(
    r"^Parameters\n-{3,}\n(.*?)(?=\n\w[^\n]*\n-{3,}|\Z)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a factory; `default` is `Parameter.REQUIRED` if it has none."""

    name: str
    annotation: Any
    default: object
    description: str = ""

    REQUIRED: typing.ClassVar[object] = inspect.Parameter.empty

    @property
    def required(self) -> bool:
        """True if the parameter has no default."""
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
    """Return the parameters of a factory, described by the `Parameters` section of its docstring.

    Raises `TypeError` for a parameter without a name of its own or without a type.
    """
    signature = inspect.signature(factory)
    function = factory.__init__ if inspect.isclass(factory) else factory
    hints = typing.get_type_hints(function)
    descriptions = parameter_descriptions(factory)
    parameters = []
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            raise TypeError(f"parameter {parameter} of {factory!r} has no name of its own")
        if parameter.name not in hints:
            raise TypeError(f"parameter {parameter.name} of {factory!r} has no type")
        parameters.append(
            Parameter(
                name=parameter.name,
                annotation=hints[parameter.name],
                default=parameter.default,
                description=descriptions.get(parameter.name, ""),
            )
        )
    return tuple(parameters)


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
            bound[parameter.name] = convert(choice.parameters[parameter.name], parameter, where)
        elif parameter.required:
            raise UserError(
                f"{role} {choice.name} requires the parameter {parameter.name!r}",
                expected=f"the parameters {listed}",
                then=f"write {choice.name}:{parameter.name}=…",
            )
        else:
            bound[parameter.name] = parameter.default
    return Choice(name=choice.name, parameters=bound)


def convert(value: object, parameter: Parameter, where: str) -> object:
    """Return the value in the parameter's type.

    Parameters
    ----------
    value
        The value, often a text from the command line.
    parameter
        The parameter, with its annotated type; for a union, the first type that fits.
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
        except RuntimeError as error:  # the user of ~user has no home folder
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
