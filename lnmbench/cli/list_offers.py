"""`lnmbench list`: names that plugins offer, and their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from lnmbench.cli.console import print_document, print_line, print_table, print_title
from lnmbench.cli.option_groups import expand_groups
from lnmbench.cli.plugins import PluginOptions, warn_of_problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lnmbench.contracts import TaskNeeds
    from lnmbench.parameters import Parameter
    from lnmbench.registry import Offer, Registry, Role

# in a file or a pipe, each row stays on one line
_FILE_WIDTH = 200


@expand_groups
def list_offers(
    *,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="datasets, encoders, aux, …, or one name, e.g. resnet50 (default: everything).",
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON.", metavar="", rich_help_panel="Output")
    ] = False,
    plugins: PluginOptions,
) -> None:
    """List names with their parameters and plugins; for one name, describe each parameter."""
    from lnmbench.errors import UserError

    registry = plugins.load_usable()
    role = None if name is None else _find_role(name, registry)
    if name is None or role is not None:
        roles = registry.roles if role is None else (role,)
        offers = [offer for role in roles for offer in sorted(role.offers(), key=_natural_order)]
        print_offers = _print_tables
    else:
        try:
            offers = _find_offers(name, registry)
        except UserError:
            warn_of_problems(registry)  # a plugin that cannot be used may offer the name
            raise
        print_offers = _print_descriptions
    if json:
        _print_json(offers)
    else:
        print_offers(offers)
    warn_of_problems(registry)


class ParameterDescription(TypedDict, total=False):
    """A parameter as JSON; `default` is missing if the parameter is required."""

    name: str
    type: str
    required: bool
    default: object
    description: str


class OfferDescription(TypedDict, total=False):
    """An offer as JSON; `needs` is that of an auxiliary task."""

    kind: str
    name: str
    description: str
    parameters: list[ParameterDescription]
    plugin: str
    needs: str


_NEEDS: Mapping[TaskNeeds, str] = {
    "labels": "labels; segmentation-free",
    "images": "no labels; segmentation-free",
    "masks": "masks",
}


def _natural_order(offer: Offer[object]) -> list[tuple[bool, int, str]]:
    """Return a key that sorts names by the numbers within them: resnet18 before resnet101."""
    import re

    parts = re.split(r"(\d+)", offer.name)
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def _find_role(name: str, registry: Registry) -> Role[object] | None:
    word = name.replace("_", " ").replace("-", " ").strip()
    for role in registry.roles:
        if word in (role.name, role.plural, role.name.removesuffix(" task")):
            return role
    return None


def _find_offers(name: str, registry: Registry) -> list[Offer[object]]:
    """Return the offers of a name in every role; `UserError` with the nearest match if unknown."""
    from lnmbench.errors import UserError, nearest

    offers = [offer for role in registry.roles for offer in role.offers()]
    matching = [offer for offer in offers if offer.name == name]
    if not matching:
        roles = [role.plural.replace(" ", "-") for role in registry.roles]
        suggestion, _, _ = nearest(name, roles + [offer.name for offer in offers]).partition(
            "known:"
        )
        raise UserError(f"unknown name {name!r}", then=suggestion.strip() or nearest(name, roles))
    return matching


def _describe_parameter(parameter: Parameter) -> ParameterDescription:
    description = ParameterDescription(
        name=parameter.name, type=parameter.type_name, required=parameter.required
    )
    if not parameter.required:
        description["default"] = parameter.default
    if parameter.description:
        description["description"] = parameter.description
    return description


def _describe_offer(offer: Offer[object]) -> OfferDescription:
    description = OfferDescription(
        kind=offer.role.name,
        name=offer.name,
        description=offer.summary,
        parameters=[_describe_parameter(parameter) for parameter in offer.parameters],
        plugin=offer.plugin.name,
    )
    if _is_aux_task(offer.role):
        description["needs"] = _describe_needs(offer)
    return description


def _describe_needs(offer: Offer[object]) -> str:
    """Return the data that an auxiliary task learns from, or the control that it is."""
    return _NEEDS[offer.needs] if offer.control == "none" else f"{offer.control} control"


def _is_aux_task(role: Role[object]) -> bool:
    from lnmbench.contracts import AuxTask

    return role.contract is AuxTask


def _print_json(offers: Sequence[Offer[object]]) -> None:
    import json

    descriptions = [_describe_offer(offer) for offer in offers]
    print_document(json.dumps(descriptions, indent=2, default=str) + "\n")


def _print_tables(offers: Sequence[Offer[object]]) -> None:
    """Print a table for each role, with a row for each offer; one for those alike but in name."""
    from itertools import groupby

    for role, group in groupby(offers, key=lambda offer: offer.role):
        offers_of_role = list(group)
        has_needs = _is_aux_task(role)
        needs = ("needs",) if has_needs else ()
        common = _common_parameters(offers_of_role)
        names_by_cells: dict[tuple[str, ...], list[str]] = {}
        for offer in offers_of_role:
            parameters = ", ".join(
                str(each) for each in offer.parameters if str(each) not in common
            )
            cells = (_describe_needs(offer),) if has_needs else ()
            row = (parameters, offer.summary, *cells, offer.plugin.name)
            names_by_cells.setdefault(row, []).append(offer.name)
        rows = [("name", "parameters", "description", *needs, "plugin")]
        rows += [(", ".join(names), *row) for row, names in names_by_cells.items()]
        print_title(f"{role.plural} (each with {', '.join(common)})" if common else role.plural)
        print_table(rows, file_width=_FILE_WIDTH)


def _common_parameters(offers: Sequence[Offer[object]]) -> list[str]:
    """Return the parameters, with their defaults, that all offers share, if there are several."""
    if len(offers) < 2:
        return []
    shared = set.intersection(*({str(each) for each in offer.parameters} for offer in offers))
    return [str(each) for each in offers[0].parameters if str(each) in shared]


def _print_descriptions(offers: Sequence[Offer[object]]) -> None:
    """Print each offer's summary, and a table with a row for each parameter."""
    for offer in offers:
        print_title(f"{offer.role.name} {offer.name} (plugin {offer.plugin.name})")
        print_line(offer.summary)
        if _is_aux_task(offer.role):
            print_line(f"needs: {_describe_needs(offer)}")
        rows = [("parameter", "type", "default", "description")]
        for each in offer.parameters:
            default = "required" if each.required else str(each.default)
            rows.append((each.name, each.type_name, default, each.description))
        print_table(rows if offer.parameters else ())
