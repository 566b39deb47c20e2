"""What is searched of a network: settings that every network has, and what its plugins add."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lnmbench.contracts import Tunable
from lnmbench.errors import UserError
from lnmbench.records import Choice, Dimension, NetworkMethod, Settings
from lnmbench.registry import Registry, Role

SPACE = (
    # the rate of the heads keeps its ratio to this one
    Dimension(name="learning_rate", low=1e-4, high=3e-3, log=True),
    Dimension(name="weight_decay", low=1e-4, high=1e-1, log=True),
    Dimension(name="dropout", low=0.0, high=0.5),
    # times what the weighting makes of the auxiliary losses
    Dimension(name="aux_weight", low=0.1, high=10.0, log=True),
    Dimension(name="token_dim", options=(32, 64, 128)),
    Dimension(name="encoder_learning_rate", low=1e-5, high=1e-3, log=True),
)
"""The settings that are searched, of which a method has those that act in it."""


def network_space(method: NetworkMethod) -> tuple[Dimension, ...]:
    """Return the dimensions of `SPACE` that act in a network.

    The weight of auxiliary losses needs a task; the width of tokens slices, and a projection that
    brings it about; the encoder's rate stages that are trained.
    """
    training = method.training
    on_slices = method.level != "none" and training.token_dim is not None
    acts = {
        "aux_weight": bool(method.aux),
        "token_dim": on_slices,
        "encoder_learning_rate": method.trained_from != "none",
    }
    found = (d for d in SPACE if acts.get(d.name, True))
    fitting = (_divisible(d, training.heads) if d.name == "token_dim" else d for d in found)
    return tuple(d for d in fitting if d.name != "token_dim" or d.options)


def plugin_space(method: NetworkMethod, registry: Registry) -> tuple[Dimension, ...]:
    """Return a dimension `NAME.PARAMETER` for each parameter that a plugin wants searched.

    Raises `UserError` for a parameter that the plugin does not have, and for values that it does
    not take.
    """
    return tuple(
        dimension
        for name, (role, choice) in parts(method).items()
        for dimension in _offered(name, role, choice, registry)
    )


def own_settings(method: NetworkMethod, space: tuple[Dimension, ...]) -> Settings:
    """Return what the method itself has in every dimension."""
    training = method.training
    choices = {name: choice for name, (_, choice) in parts(method).items()}
    found: dict[str, object] = {}
    for dimension in space:
        name, _, parameter = dimension.name.rpartition(".")
        if name:
            found[dimension.name] = choices[name].parameters[parameter]
        else:
            own = 1.0 if parameter == "aux_weight" else getattr(training, parameter)
            found[dimension.name] = own
    return found


def parts(method: NetworkMethod) -> dict[str, tuple[str, Choice]]:
    """Return the (role, choice) of the weighting and of each auxiliary task, by name.

    A task that is there twice gets a number behind its name.
    """
    named: dict[str, tuple[str, Choice]] = {}
    weighting = [("weighting", method.weighting)] if method.weighting is not None else []
    for role, choice in [*weighting, *(("aux task", task) for task in method.aux)]:
        name, number = choice.name, 1
        while name in named:
            number += 1
            name = f"{choice.name}{number}"
        named[name] = (role, choice)
    return named


def _divisible(dimension: Dimension, heads: int) -> Dimension:
    options = tuple(width for width in dimension.options if width % heads == 0)
    return replace(dimension, options=options)


def _offered(name: str, role: str, choice: Choice, registry: Registry) -> Iterator[Dimension]:
    roles: dict[str, Role[object]] = {
        "weighting": registry.weightings,
        "aux task": registry.aux_tasks,
    }
    tunable = roles[role].build(choice)
    if not isinstance(tunable, Tunable):
        return
    for parameter, values in tunable.space().items():
        options = []
        for value in values:
            tried = Choice(name=choice.name, parameters={**choice.parameters, parameter: value})
            bound = roles[role].bind(tried)
            roles[role].build(bound)
            options.append(bound.parameters[parameter])
        if not options:
            raise UserError(
                f"{role} {choice.name} offers no value of {parameter} to the search",
                expected="at least one",
            )
        yield Dimension(name=f"{name}.{parameter}", options=tuple(options))
