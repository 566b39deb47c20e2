"""Commands that refuse an option that is set twice, instead of dropping one of its values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from typer.core import TyperCommand

if TYPE_CHECKING:
    from typer._click.core import Context


class StrictCommand(TyperCommand):
    """A command whose options have one value each, unless they are repeatable.

    Flags may be repeated: they mean the same twice.
    """

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Return the arguments that are left; a usage error for an option that is set twice."""
        _, _, parameters = self.make_parser(ctx).parse_args(args=list(args))
        for name, count in Counter(parameter.name for parameter in parameters).items():
            option = next(parameter for parameter in parameters if parameter.name == name)
            is_single = not (getattr(option, "multiple", True) or getattr(option, "is_flag", True))
            if count > 1 and is_single:
                ctx.fail(f"option {option.opts[0]} is set {count} times, expected once")
        return super().parse_args(ctx, args)
