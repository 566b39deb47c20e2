"""Which settings a network tries: its own, and others that are the same wherever it is trained.

They come of the protocol's seed and of the setting's name alone, so that all folds, all repeats
and, as far as they share settings, all arms choose among the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Candidate, Dimension, NetworkMethod
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.space import SPACE, network_space, own_settings, plugin_space


def network_candidates(
    method: NetworkMethod, seed: int, registry: Registry
) -> tuple[Candidate, ...]:
    """Return the `tune` candidates of a network, its own settings first.

    A single one searches nothing and has no settings of its own. `seed` is the protocol's. Raises
    `UserError` for a plugin that offers what it does not take.
    """
    if method.tune == 1:
        return (Candidate(number=1, settings={}),)
    shared, added = network_space(method), plugin_space(method, registry)
    drawn = _spread(shared, method.tune - 1, seed)
    drawn.update({d.name: _dealt(d, method.tune - 1, seed) for d in added})
    own = own_settings(method, (*shared, *added))
    others = ({name: values[i] for name, values in drawn.items()} for i in range(method.tune - 1))
    return tuple(Candidate(number=i, settings=s) for i, s in enumerate([own, *others], start=1))


def _spread(dimensions: Sequence[Dimension], count: int, seed: int) -> dict[str, list[Any]]:
    """The values of a scrambled Sobol sequence in these dimensions of `SPACE`.

    All of `SPACE` is drawn whatever is used of it: one dimension more would change the others.
    """
    from scipy.stats import qmc

    sobol = qmc.Sobol(len(SPACE), seed=_source(seed, "settings"))
    shares: NDArray[np.float64] = sobol.random_base2((count - 1).bit_length())[:count]
    at = [dimension.name for dimension in SPACE]
    return {d.name: [d.at(share) for share in shares[:, at.index(d.name)]] for d in dimensions}


def _dealt(dimension: Dimension, count: int, seed: int) -> list[Any]:
    """Options dealt out in rounds, each of them shuffled: every one is tried about as often."""
    source = _source(seed, dimension.name)

    def rounds() -> Iterator[Any]:
        while True:
            yield from (dimension.options[i] for i in source.permutation(len(dimension.options)))

    return [value for value, _ in zip(rounds(), range(count), strict=False)]


def _source(seed: int, purpose: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}|search|{purpose}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8]))
