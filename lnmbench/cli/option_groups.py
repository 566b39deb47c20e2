"""Option groups: dataclasses whose fields are options of a command, in one panel of its help."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, fields
from functools import wraps
from inspect import Parameter
from typing import Annotated, ClassVar, get_args, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionGroup:
    """Options that travel together; each field is an option, `Annotated` as Typer expects."""

    panel: ClassVar[str]


def expand_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command for Typer with the fields of its option groups in place of the groups.

    Typer has no dataclass support of its own: it sees one parameter for each field, and the command
    gets the groups that their values make.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if _is_group(hint)}
    names = list(inspect.signature(command).parameters)

    @wraps(command)
    def call_with_groups(**values: object) -> None:
        arguments = {name: values[name] for name in names if name not in groups}
        for name, group in groups.items():
            arguments[name] = group(**{each.name: values[each.name] for each in fields(group)})
        command(**arguments)

    parameters: list[Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name in groups:
            parameters += _options(groups[name])
        else:
            kind = Parameter.KEYWORD_ONLY
            parameters.append(parameter.replace(annotation=hints[name], kind=kind))
    # set as attributes: Typer reads the signature, and the types once more from the annotations
    setattr(call_with_groups, "__signature__", inspect.Signature(parameters))  # noqa: B010
    call_with_groups.__annotations__ = {each.name: each.annotation for each in parameters}
    return call_with_groups


def _is_group(hint: object) -> bool:
    return inspect.isclass(hint) and issubclass(hint, OptionGroup)


def _options(group: type[OptionGroup]) -> list[Parameter]:
    """Return a keyword parameter for each field, its option in the group's panel."""
    hints = get_type_hints(group, include_extras=True)
    options = []
    for field in fields(group):
        annotation, info = get_args(hints[field.name])
        option = copy(info)
        option.rich_help_panel = group.panel
        if annotation is bool:
            option.metavar = ""  # a flag takes no value
        options.append(
            Parameter(
                field.name,
                Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=Annotated[annotation, option],
            )
        )
    return options
