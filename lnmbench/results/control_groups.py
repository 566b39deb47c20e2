"""Controls of one network: those that are listed, and large sets that are summarized."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench.records import Method, NetworkMethod, unshuffle
from lnmbench.results.method_relations import network_key

LISTED_CONTROLS = 2
"""The largest set of negative controls of one network that is listed among the methods."""

FEWEST_CONTROLS = 19
"""Negative controls of one network with which a permutation test can reach p = .05."""


def group_controls(methods: Sequence[Method]) -> list[list[NetworkMethod]]:
    """Return the controls among methods, those of the same network and tasks together."""
    groups: dict[object, list[NetworkMethod]] = {}
    for method in methods:
        if isinstance(method, NetworkMethod) and method.is_control:
            tasks = tuple(unshuffle(choice).key for choice in method.aux)
            key = (
                *network_key(method)[1:],
                str(method.portable_encoder),
                str(method.weighting),
                tasks,
            )
            groups.setdefault(key, []).append(method)
    return list(groups.values())


def summarized_controls(methods: Sequence[Method]) -> frozenset[str]:
    """Return the fingerprints of the negative controls of sets that are too large to list."""
    return frozenset(c.fingerprint for group in summarized_groups(methods) for c in group)


def summarized_groups(methods: Sequence[Method]) -> list[list[NetworkMethod]]:
    """Return the sets of negative controls that are too large to list."""
    return [group for group in group_controls(methods) if len(group) > LISTED_CONTROLS]


def summary_label(group: Sequence[Method]) -> str:
    """Return the label of a set of negative controls: the first one's, and the number of others."""
    return f"{group[0].label} and {len(group) - 1} more controls"
