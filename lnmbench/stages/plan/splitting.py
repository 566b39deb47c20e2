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
    strata: NDArray[np.int64] | NDArray[np.float64],
    groups: Sequence[str],
    protocol: Protocol,
) -> Splits:
    """Return the outer and inner folds of every repeat.

    Parameters
    ----------
    ids
        The ids of the n cases.
    strata
        (n,) of whole numbers from 0, by which folds are stratified: 0 and 1 of a binary target.
    groups
        The patient of each case; all cases of a patient are in the same fold.
    protocol
        The numbers of repeats and folds, the target and the seed.
    """
    n, strata = len(ids), np.asarray(strata, dtype=np.int64)
    outer = np.empty((protocol.repeats, n), dtype=np.int16)
    inner = np.full((protocol.repeats, protocol.folds, n), -1, dtype=np.int16)
    everyone = np.arange(n)
    salt = f"{protocol.target}|{protocol.seed}"
    for repeat in range(protocol.repeats):
        outer[repeat] = _deal(ids, strata, groups, everyone, protocol.folds, f"{salt}|{repeat}")
        for fold in range(protocol.folds):
            training = np.flatnonzero(outer[repeat] != fold)
            inner[repeat, fold, training] = _deal(
                ids, strata, groups, training, protocol.inner, f"{salt}|{repeat}|{fold}"
            )
    return Splits(outer=outer, inner=inner)


def _deal(
    ids: Sequence[str],
    strata: NDArray[np.int64],
    groups: Sequence[str],
    cases: NDArray[np.int64],
    folds: int,
    salt: str,
) -> NDArray[np.int16]:
    """Return the fold of each case: groups are assigned in turn, those of the last stratum first.

    Each goes to the fold with the fewest cases of its stratum, which is the last one of its cases.
    Among groups of one stratum, those with most cases in it come first.
    """
    numbers, stratum_of = cases.tolist(), strata[cases].tolist()  # lists: faster by element
    members: dict[str, list[int]] = {}
    for row, case in enumerate(numbers):
        members.setdefault(groups[case], []).append(row)
    most = max(stratum_of, default=0) + 1
    counts = {name: [0] * most for name in members}
    for case, stratum in zip(numbers, stratum_of, strict=True):
        counts[groups[case]][stratum] += 1

    def hardest_first(name: str) -> tuple[list[int], int, bytes]:
        first = min(ids[numbers[row]] for row in members[name])
        order = hashlib.sha256(f"{salt}|{first}".encode()).digest()
        return [-count for count in counts[name][:0:-1]], -len(members[name]), order

    fold_of = [0] * len(numbers)
    totals, sizes = [[0] * most for _ in range(folds)], [0] * folds
    for name in sorted(members, key=hardest_first):
        last = max(stratum for stratum, count in enumerate(counts[name]) if count)
        fold = min((totals[f][last], sizes[f], f) for f in range(folds))[-1]
        for row in members[name]:
            fold_of[row] = fold
        totals[fold] = [total + n for total, n in zip(totals[fold], counts[name], strict=True)]
        sizes[fold] += len(members[name])
    return np.array(fold_of, dtype=np.int16)
