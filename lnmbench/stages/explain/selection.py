"""Selection of the methods, the repeat and the outcomes that are explained."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench.errors import UserError
from lnmbench.records import (
    MethodResult,
    NetworkMethod,
    Results,
    image_control,
    image_network,
)
from lnmbench.results import complete_methods, outcome_names
from lnmbench.text import join_first, plural

MOST_METHODS = 4
"""Methods that are explained unless the user names others."""
MOST_NAMES = 12
"""Names that a message lists."""


def choose_methods(results: Results, labels: Sequence[str]) -> list[MethodResult]:
    """Return the results of the methods to explain.

    Parameters
    ----------
    results
        The results of a run.
    labels
        The labels that the user names, also of controls; by default the first networks with images
        that are no controls, at most `MOST_METHODS`, or baselines on features of images if there
        are none.

    Raises
    ------
    UserError
        For a label of no such method, and if the run has none.
    """
    listed = [result for result in complete_methods(results) if _is_explainable(result)]
    listed = [result for result in listed if not result.method.is_control]
    networks = [result for result in listed if isinstance(result.method, NetworkMethod)]
    if not labels:
        if not listed:
            raise UserError(
                "cannot explain predictions: the run has no complete method with images",
                where=", ".join(results.runs),
                then="add one with --encoder, e.g. efficientnet_lite0",
            )
        return (networks or listed)[:MOST_METHODS]
    by_label = {result.method.label: result for result in results.method_results}
    explainable = [label for label, result in by_label.items() if _is_explainable(result)]
    for label in labels:
        if label not in explainable:
            raise UserError(
                f"cannot explain predictions of {label!r}: {_describe_obstacle(by_label, label)}",
                where=", ".join(results.runs),
                expected=join_first(explainable, MOST_NAMES) or "a complete method with images",
            )
    return [by_label[label] for label in dict.fromkeys(labels)]


def _is_explainable(result: MethodResult) -> bool:
    network = image_network(result.method)
    is_scored = result.complete and result.method.is_scored
    return is_scored and network is not None and image_control(network.encoder) == "none"


def _describe_obstacle(by_label: dict[str, MethodResult], label: str) -> str:
    if label not in by_label:
        return "no method has this label"
    result = by_label[label]
    network = image_network(result.method)
    if network is None:
        return "it has no images"
    control = image_control(network.encoder)
    if control != "none":
        return f"its images are changed (control={control}), so that they are not those of the case"
    return f"{result.units_done} of {plural(result.units_all, 'unit')} are finished"


def choose_repeat(results: Results, number: int) -> int:
    """Return a repeat from 0; `UserError` for a number, from 1, of no repeat.

    Parameters
    ----------
    results
        The results of a run.
    number
        The number that the user names.
    """
    repeats = results.protocol.repeats
    if not 1 <= number <= repeats:
        expected = f"a number from 1 to {repeats}" if repeats > 1 else "1, the only one"
        raise UserError(
            f"no repeat {number} in the run", where=", ".join(results.runs), expected=expected
        )
    return number - 1


def choose_outcomes(results: Results, names: Sequence[str]) -> list[int]:
    """Return the numbers of the outcomes whose probabilities are explained.

    Parameters
    ----------
    results
        The results of a run.
    names
        The names that the user gives; by default the outcome with most cases of the rarer class. A
        binary target has one outcome without a name.

    Raises
    ------
    UserError
        For a name of no outcome.
    """
    target = results.protocol.target
    if results.outcomes is None:
        if names:
            raise UserError(
                f"target {target} has no outcome {names[0]!r}",
                expected="one probability, that of a positive case",
                then="omit --outcome",
            )
        return [0]
    known = results.outcomes.names
    for name in names:
        if name not in known:
            raise UserError(
                f"target {target} has no outcome {name!r}", expected=join_first(known, MOST_NAMES)
            )
    return [known.index(name) for name in dict.fromkeys(names or outcome_names(results)[:1])]
