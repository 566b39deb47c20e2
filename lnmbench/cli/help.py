"""Help of a group of commands that is called without a command."""

from __future__ import annotations

import typer


def print_help_without_command(context: typer.Context) -> None:
    """Print the help of a group of commands, unless one of them follows."""
    if context.invoked_subcommand is None:
        text = context.get_help()
        if text:  # with Rich, Typer prints it itself
            typer.echo(text)
