"""Candidate settings of a network: its own, and others drawn from the search space.

They depend only on the protocol's seed and on the names of the settings. So all folds, all repeats
and, for the settings that they share, all methods choose among the same candidates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import scipy
from numpy.typing import NDArray

from lnmbench.records import Candidate, Dimension, NetworkMethod
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.space import (
    SPACE,
    initial_settings,
    network_space,
    plugin_space,
    pooling_space,
)


def make_candidates(method: NetworkMethod, seed: int, registry: Registry) -> tuple[Candidate, ...]:
    """Return the `tune` candidates of a network, its own settings first.

    Parameters
    ----------
    method
        The network. With `tune` of 1, its single candidate has no settings.
    seed
        The seed of the protocol.
    registry
        The plugins, whose parameters may be part of the search.

    Raises
    ------
    UserError
        For a plugin that offers values to the search that it does not accept.
    """
    if method.tune == 1:
        return (Candidate(number=1, settings={}),)
    shared, added, count = network_space(method), plugin_space(method, registry), method.tune - 1
    poolings = pooling_space(method)
    values = _draw_sobol(shared, count, seed)
    values |= {d.name: _draw_others_first(d, count, seed) for d in poolings}
    values |= {d.name: _draw_options(d, count, seed) for d in added}
    initial = initial_settings(method, (*shared, *poolings, *added))
    others = ({name: column[i] for name, column in values.items()} for i in range(count))
    return tuple(Candidate(number=i, settings=s) for i, s in enumerate([initial, *others], start=1))


def _draw_sobol(dimensions: Sequence[Dimension], count: int, seed: int) -> dict[str, list[object]]:
    """Return the values of a scrambled Sobol sequence in these dimensions of `SPACE`.

    All of `SPACE` is drawn, whichever dimensions are used: the number of dimensions changes the
    values of each.
    """

    sobol = scipy.stats.qmc.Sobol(len(SPACE), seed=_generator(seed, "settings"))
    shares: NDArray[np.float64] = sobol.random_base2((count - 1).bit_length())[:count]
    column_of = {dimension.name: column for column, dimension in enumerate(SPACE)}
    return {
        d.name: [d.value_at(share) for share in shares[:, column_of[d.name]]] for d in dimensions
    }


def _draw_options(dimension: Dimension, count: int, seed: int) -> list[object]:
    """Return options in rounds, each of them shuffled, so that all occur about equally often."""
    generator = _generator(seed, dimension.name)

    def rounds() -> Iterator[object]:
        while True:
            yield from (dimension.options[i] for i in generator.permutation(len(dimension.options)))

    return [value for value, _ in zip(rounds(), range(count), strict=False)]


def _draw_others_first(dimension: Dimension, count: int, seed: int) -> list[object]:
    """Return options as `_draw_options` does, after each but the first, which is the method's."""
    others = replace(dimension, options=dimension.options[1:])
    values = _draw_options(others, min(count, len(others.options)), seed)
    return values + _draw_options(dimension, count - len(values), seed)


def _generator(seed: int, purpose: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}|search|{purpose}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8]))
