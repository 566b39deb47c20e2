"""Selection of the networks and the cases that are explained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import Cohort, MethodResult, NetworkMethod, Results, image_control
from lnmbench.results import complete_methods, place_cases
from lnmbench.text import plural

MOST_NETWORKS = 4
"""Networks that are explained unless the user names others."""


def choose_networks(results: Results, labels: Sequence[str]) -> list[MethodResult]:
    """Return the results of the networks to explain.

    Parameters
    ----------
    results
        The results of a run.
    labels
        The labels that the user names; by default the first networks with images that are no
        controls, at most `MOST_NETWORKS`.

    Raises
    ------
    UserError
        For a label of no such network, and if the run has none.
    """
    if results.outcomes is not None:
        raise UserError(
            f"cannot explain predictions of target {results.protocol.target}",
            expected="a target with one outcome",
            got=plural(len(results.outcomes.names), "outcome"),
        )
    networks = {r.method.label: r for r in complete_methods(results) if _is_explainable(r)}
    if not networks:
        raise UserError(
            "cannot explain predictions: the run has no complete network with images",
            where=", ".join(results.runs),
            then="add one with --encoder, e.g. efficientnet_lite0",
        )
    for label in labels:
        if label not in networks:
            raise UserError(
                f"no network with images is called {label!r}",
                where=", ".join(results.runs),
                expected=", ".join(networks),
            )
    return [networks[label] for label in labels or list(networks)[:MOST_NETWORKS]]


def _is_explainable(result: MethodResult) -> bool:
    method = result.method
    if not isinstance(method, NetworkMethod) or method.level == "none" or method.is_control:
        return False
    return image_control(method.encoder) == "none"


def choose_cases(
    results: Results,
    networks: Sequence[MethodResult],
    cohort: Cohort,
    positions: NDArray[np.int64],
    numbers: Sequence[int],
    most: int,
) -> list[int]:
    """Return the numbers of the cases to explain.

    By default, they are as many that the networks rank most wrongly as they rank most rightly among
    the cases of the other label in their test fold.

    Parameters
    ----------
    results
        The results of the run.
    networks
        The networks to explain.
    cohort
        The cohort.
    positions
        The position of each of the run's n cases in the cohort, (n,).
    numbers
        The numbers that the user names.
    most
        The number of cases if the user names none.

    Raises
    ------
    UserError
        For a number of no case, and for a case without images.
    """
    has_images = np.diff(cohort.offsets)[positions] > 0
    for number in numbers:
        if not 0 <= number < results.n:
            raise UserError(
                f"no case {number} in the run", expected=f"a number from 0 to {results.n - 1}"
            )
        if not has_images[number]:
            raise UserError(f"case {number} has no images")
    if numbers:
        return list(dict.fromkeys(numbers))
    truth, outer = np.asarray(results.truth), np.asarray(results.outer)
    placement = np.mean(
        [place_cases(truth, np.asarray(network.predicted), outer) for network in networks], axis=0
    )
    is_ranked = has_images & np.isfinite(placement)
    order = [i for i in np.argsort(placement, kind="stable").tolist() if is_ranked[i]]
    if not order:
        raise UserError(
            "no case can be ranked: no test fold has cases with images of both labels",
            then="name cases with --case",
        )
    wrong = order[: -(-most // 2)]
    right = [i for i in order[::-1] if i not in wrong][: most - len(wrong)]
    return [*wrong, *right]
