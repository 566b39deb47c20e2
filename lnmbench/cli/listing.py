"""`lnmbench list`: what plugins offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lnmbench.cli import plugins

if TYPE_CHECKING:
    from lnmbench.registry import Offer, Registry, Role

# Where there is no terminal to fit, a row is not broken into many.
_WIDTH_OF_FILES = 200


def list_offers(
    kind: Annotated[
        str | None, typer.Argument(help="datasets, encoders, aux, …; everything without it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
    plugin: plugins.PluginOption = None,
) -> None:
    """List names, parameters with defaults, and the plugin that offers them."""
    registry = plugins.load(plugin, strict=False)
    roles = [_role(kind, registry)] if kind else list(registry.roles)
    offers = [
        offer for role in roles for offer in sorted(role.offers(), key=lambda offer: offer.name)
    ]
    if json:
        _print_json(offers)
    else:
        _print_tables(roles, offers)
    _try_all(registry)
    plugins.tell_problems(registry)


def _role(kind: str, registry: Registry) -> Role[object]:
    from lnmbench.errors import UserError, nearest

    word = kind.replace("_", " ").replace("-", " ").strip()
    for role in registry.roles:
        if word in (role.name, role.plural, role.name.removesuffix(" task")):
            return role
    names = [role.plural.replace(" ", "-") for role in registry.roles]
    raise UserError(f"nothing of the kind {kind!r} to list", then=nearest(kind, names))


def _try_all(registry: Registry) -> None:
    """Ask for every role, so that every plugin's problems are known."""
    for role in registry.roles:
        role.offers()


def _facts(offer: Offer[object]) -> dict[str, Any]:
    return {
        "kind": offer.role.name,
        "name": offer.name,
        "description": offer.summary,
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type_name,
                "required": parameter.required,
                **({} if parameter.required else {"default": parameter.default}),
            }
            for parameter in offer.parameters
        ],
        "plugin": offer.plugin.name,
    }


def _print_json(offers: list[Offer[object]]) -> None:
    import json

    typer.echo(json.dumps([_facts(offer) for offer in offers], indent=2, default=str))


def _print_tables(roles: list[Role[object]], offers: list[Offer[object]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_OF_FILES)
    for role in roles:
        table = Table(title=role.plural, title_justify="left", box=None, pad_edge=False)
        for heading in ("name", "parameters", "description", "plugin"):
            table.add_column(heading, overflow="fold", header_style="bold")
        for facts in (_facts(offer) for offer in offers if offer.role is role):
            parameters = ", ".join(_shown(p) for p in facts["parameters"])
            cells = (facts["name"], parameters, facts["description"], facts["plugin"])
            table.add_row(*(Text(str(cell)) for cell in cells))
        if table.row_count:
            console.print(table)
            console.print()


def _shown(parameter: dict[str, Any]) -> str:
    name = str(parameter["name"])
    return name if parameter["required"] else f"{name}={parameter['default']}"
