"""Folds of nested cross-validation, from ids, labels, groups and a seed.

Cases are ordered by a hash of their ids. The folds depend neither on the order of the rows nor on
the version of a random number generator.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Protocol, Splits


def make_splits(
    ids: Sequence[str],
    truth: NDArray[np.float64],
    groups: Sequence[str],
    protocol: Protocol,
) -> Splits:
    """Return the outer and inner folds of every repeat.

    Parameters
    ----------
    ids
        The ids of the n cases.
    truth
        (n,) of 0 and 1, by which folds are stratified.
    groups
        The patient of each case; all cases of a patient are in the same fold.
    protocol
        The numbers of repeats and folds, the target and the seed.
    """
    n = len(ids)
    outer = np.empty((protocol.repeats, n), dtype=np.int16)
    inner = np.full((protocol.repeats, protocol.folds, n), -1, dtype=np.int16)
    everyone = np.arange(n)
    salt = f"{protocol.target}|{protocol.seed}"
    for repeat in range(protocol.repeats):
        outer[repeat] = _deal(ids, truth, groups, everyone, protocol.folds, f"{salt}|{repeat}")
        for fold in range(protocol.folds):
            training = np.flatnonzero(outer[repeat] != fold)
            inner[repeat, fold, training] = _deal(
                ids, truth, groups, training, protocol.inner, f"{salt}|{repeat}|{fold}"
            )
    return Splits(outer=outer, inner=inner)


def _deal(
    ids: Sequence[str],
    truth: NDArray[np.float64],
    groups: Sequence[str],
    cases: NDArray[np.int64],
    folds: int,
    salt: str,
) -> NDArray[np.int16]:
    """Return the fold of each case: groups are assigned in turn, those with most positives first.

    Each goes to the fold with the fewest cases of its class.
    """
    members: dict[str, list[int]] = {}
    for row, case in enumerate(cases.tolist()):
        members.setdefault(groups[case], []).append(row)
    labels = truth[cases]
    positives = {name: int(labels[rows].sum()) for name, rows in members.items()}

    def hardest_first(name: str) -> tuple[int, int, bytes]:
        first = min(ids[cases[row]] for row in members[name])
        order = hashlib.sha256(f"{salt}|{first}".encode()).digest()
        return -positives[name], -len(members[name]), order

    fold_of = np.empty(len(cases), dtype=np.int16)
    totals = [(0, 0)] * folds
    for name in sorted(members, key=hardest_first):
        by_class = 0 if positives[name] else 1
        fold = min(range(folds), key=lambda f: (totals[f][by_class], sum(totals[f]), f))
        fold_of[members[name]] = fold
        yes, size = positives[name], len(members[name])
        totals[fold] = (totals[fold][0] + yes, totals[fold][1] + size - yes)
    return fold_of
