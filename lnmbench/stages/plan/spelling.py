"""The spelling of a choice that a run stores: one for all ways to write the same choice."""

from __future__ import annotations

from lnmbench.records import Choice
from lnmbench.registry import Selection


def spell(selection: Selection[object]) -> str:
    """Return a choice as text: parameters in the plugin's order, without those at their default.

    Numbers are written as Python prints them. Splits are drawn from the text of the target, so that
    another spelling of it must not give other folds.
    """
    defaults = {parameter.name: parameter.default for parameter in selection.offer.parameters}
    bound = selection.bound.parameters
    other = {name: value for name, value in bound.items() if value != defaults[name]}
    return str(Choice(name=selection.bound.name, parameters=other))
