"""declared: the primary metrics as they were asked for, each once, in one spelling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench import choices
from lnmbench.records import Choice
from lnmbench.registry import Registry


def declared(names: Sequence[str], registry: Registry) -> tuple[str, ...]:
    """Return the names without parameters that are the default, numbers as Python prints them.

    A metric that is named twice, in whatever spelling, would have two rows and count twice in
    Holm's family. Raises `UserError` for names and parameters that are not there.
    """
    return tuple(dict.fromkeys(_spellings(names, registry)))


def _spellings(names: Sequence[str], registry: Registry) -> Iterator[str]:
    for name in names:
        offer = registry.metrics.offer(choices.parse(name).name)
        defaults = {parameter.name: parameter.default for parameter in offer.parameters}
        bound = offer.bind(choices.parse(name)).parameters
        own = {key: value for key, value in bound.items() if value != defaults[key]}
        yield str(Choice(name=offer.name, parameters=own))
