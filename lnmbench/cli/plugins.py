"""The registry for a command: plugins named on the command line, problems told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lnmbench.registry import Registry

PluginOption = Annotated[
    list[str] | None,
    typer.Option("--plugin", help="A plugin file or module beside the installed ones; repeatable."),
]


def load(plugins: Sequence[str] | None, *, strict: bool = True) -> Registry:
    """Return the registry, with each plugin's problem told in one line.

    With `strict`, a plugin that the user named must be usable; others are only told.
    """
    from lnmbench.registry import Registry

    registry = Registry(tuple(plugins or ()))
    if strict:
        registry.refuse_problems()
    return registry


def tell_problems(registry: Registry) -> None:
    """Print the problem of each plugin that is not usable, one line each."""
    for problem in dict.fromkeys(map(str, registry.problems)):
        typer.echo(f"warning: {problem}", err=True)
