"""Shares of labels: networks that train with more or fewer labels of the same auxiliary tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lnmbench.records import KEEP, KEEP_SEED, Choice, Method, NetworkMethod, kept_share


def has_fewer_labels(method: Method, methods: Sequence[Method]) -> bool:
    """Return whether one of several methods is a network with more labels of the same tasks.

    Then it is a point of a curve, and the network with the most labels asks the question.
    """
    shares = label_shares(method)
    if all(share == 1.0 for share in shares):
        return False
    key = tasks_key(method)
    return any(
        all(a >= b for a, b in zip(label_shares(other), shares, strict=True))
        for other in methods
        if label_shares(other) != shares and tasks_key(other) == key
    )


def label_shares(method: Method) -> tuple[float, ...]:
    """Return the share of its labels that each auxiliary task of a method trains with."""
    return tuple(map(kept_share, method.aux))


def tasks_key(method: Method) -> tuple[object, ...]:
    """Return a key that is equal for networks that differ in the shares of labels alone."""
    if not isinstance(method, NetworkMethod):
        return (method.fingerprint,)
    full = replace(method, label="", aux=tuple(map(_keep_all, method.aux)), plugins={})
    return (full.fingerprint,)


def _keep_all(choice: Choice) -> Choice:
    parameters = {n: value for n, value in choice.parameters.items() if n not in (KEEP, KEEP_SEED)}
    return Choice(name=choice.name, parameters=parameters)
