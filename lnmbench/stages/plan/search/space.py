"""Search space of a network: settings that every network has, and parameters of its plugins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lnmbench.contracts import Tunable
from lnmbench.errors import UserError
from lnmbench.records import Choice, Dimension, NetworkMethod, Settings
from lnmbench.registry import Registry, Role, Selection

SPACE = (
    # the heads' learning rate keeps its ratio to this one
    Dimension(name="learning_rate", low=3e-4, high=1e-2, log=True),
    Dimension(name="weight_decay", low=1e-4, high=1e-1, log=True),
    Dimension(name="feature_penalty", low=24.0, high=2400.0, log=True),
    Dimension(name="dropout", low=0.0, high=0.5),
    # multiplies the auxiliary losses before the weighting
    Dimension(name="aux_weight", low=0.1, high=10.0, log=True),
    Dimension(name="token_dim", options=(32, 64, 128)),
    Dimension(name="encoder_learning_rate", low=1e-5, high=1e-3, log=True),
)
"""All settings that are searched; a method searches those that affect it."""


def network_space(method: NetworkMethod) -> tuple[Dimension, ...]:
    """Return the dimensions of `SPACE` that affect a network.

    The weight of auxiliary losses affects networks with a task, the width of tokens those that
    project slices to tokens, dropout those with transformer layers, and the encoder's learning
    rate those that train encoder stages.
    """
    training = method.training
    projects_slices = method.level != "none" and training.token_dim is not None
    affects = {
        "aux_weight": bool(method.aux),
        "dropout": method.level != "none" and training.layers > 0,
        "token_dim": projects_slices,
        "encoder_learning_rate": method.trained_from != "none",
    }
    space = (d for d in SPACE if affects.get(d.name, True))
    heads = training.heads if training.layers else 1
    divisible = (_divisible(d, heads) if d.name == "token_dim" else d for d in space)
    return tuple(d for d in divisible if d.name != "token_dim" or d.options)


def pooling_space(method: NetworkMethod) -> tuple[Dimension, ...]:
    """Return the dimension `pooling` of a network of slices that is to search it, else nothing."""
    poolings = method.training.poolings
    if method.level != "slice" or len(poolings) < 2:
        return ()
    return (Dimension(name="pooling", options=poolings),)


def plugin_space(method: NetworkMethod, registry: Registry) -> tuple[Dimension, ...]:
    """Return a dimension `NAME.PARAMETER` for each parameter that a plugin offers to the search.

    Raises `UserError` for a parameter that the plugin does not have, and for values that it does
    not accept.
    """
    weighting, tasks = plugin_choices(method)
    return (
        *(d for part in weighting.items() for d in _tunable_dimensions(registry.weightings, *part)),
        *(d for part in tasks.items() for d in _tunable_dimensions(registry.aux_tasks, *part)),
    )


def initial_settings(method: NetworkMethod, space: tuple[Dimension, ...]) -> Settings:
    """Return the method's own value in every dimension."""
    weighting, tasks = plugin_choices(method)
    choices = {**weighting, **tasks}
    settings: dict[str, object] = {}
    for dimension in space:
        name, _, parameter = dimension.name.rpartition(".")
        if name:
            settings[dimension.name] = choices[name].parameters[parameter]
        elif parameter == "aux_weight":
            settings[dimension.name] = 1.0
        else:
            settings[dimension.name] = getattr(method.training, parameter)
    return settings


def plugin_choices(method: NetworkMethod) -> tuple[dict[str, Choice], dict[str, Choice]]:
    """Return the weighting, if any, and the auxiliary tasks, each by its name in the search.

    The name is that of the plugin's offer, with a number if it occurs more than once.
    """
    weighting = {} if method.weighting is None else {method.weighting.name: method.weighting}
    tasks: dict[str, Choice] = {}
    for choice in method.aux:
        name, number = choice.name, 1
        while name in weighting or name in tasks:
            number += 1
            name = f"{choice.name}{number}"
        tasks[name] = choice
    return weighting, tasks


def _divisible(dimension: Dimension, heads: int) -> Dimension:
    widths = (width for width in dimension.options if isinstance(width, int))
    options = tuple(width for width in widths if width % heads == 0)
    return replace(dimension, options=options)


def _tunable_dimensions(role: Role[object], name: str, choice: Choice) -> Iterator[Dimension]:
    tunable = role.build(choice)
    if not isinstance(tunable, Tunable):
        return
    for parameter, values in tunable.space().items():
        options = []
        for value in values:
            parameters = {**choice.parameters, parameter: value}
            selection = _select(role, Choice(name=choice.name, parameters=parameters))
            selection.build()
            options.append(selection.bound.parameters[parameter])
        yield Dimension(name=f"{name}.{parameter}", options=tuple(options))


def _select(role: Role[object], choice: Choice) -> Selection[object]:
    """Return a selection with a value of a search space; one that it refuses is a fault of it."""
    try:
        return role.select(choice)
    except UserError as error:
        boundary = role.select(Choice(name=choice.name)).boundary
        expected = "values that its parameters accept"
        raise boundary.refuse("space", expected=expected, got=str(error)) from None
