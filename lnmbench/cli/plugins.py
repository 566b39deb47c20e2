"""The registry of a command, with plugins named on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from lnmbench.cli.console import print_notice
from lnmbench.cli.option_groups import OptionGroup

if TYPE_CHECKING:
    from lnmbench.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginOptions(OptionGroup):
    """Plugins in addition to the installed ones."""

    panel: ClassVar[str] = "Plugins"

    plugin: Annotated[
        list[str] | None,
        typer.Option(
            "--plugin",
            metavar="FILE",
            help="Plugin file or module in addition to the installed ones; repeatable.",
        ),
    ] = None

    debug: Annotated[
        bool,
        typer.Option("--debug", metavar="", help="Print the tracebacks of exceptions in plugins."),
    ] = False

    @property
    def names(self) -> tuple[str, ...]:
        """The files and modules as they were typed."""
        return tuple(self.plugin or ())

    def load(self) -> Registry:
        """Return the registry and warn of each unusable plugin.

        Raises `UserError` if a plugin named by the user is unusable.
        """
        registry = self.load_usable()
        registry.refuse_problems()
        warn_of_problems(registry)
        return registry

    def load_usable(self) -> Registry:
        """Return the registry of usable plugins; the command warns of the others at its end.

        The tracebacks of their exceptions are appended to a log in the home folder.
        """
        from lnmbench.environment import home
        from lnmbench.registry import Registry, fault_log

        fault_log.keep_log(home(), debug=self.debug)
        return Registry(self.names)


def warn_of_problems(registry: Registry) -> None:
    """Print the problem of each unusable plugin, one line each."""
    for role in registry.roles:
        role.offers()
    for problem in dict.fromkeys(map(str, registry.problems)):
        print_notice(f"warning: {problem}")
