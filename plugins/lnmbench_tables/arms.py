"""The methods of a report: their names in it, and which pairs ask about the auxiliary task."""

from __future__ import annotations

from dataclasses import dataclass

from lnmbench.records import Method, Outcome, Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What does `method` gain over `reference`? `aux` names the task in question, if it is one."""

    method: Method
    reference: Method
    aux: str = ""


def complete(results: Results) -> list[Outcome]:
    """Return the outcomes that have every unit."""
    return [outcome for outcome in results.outcomes if outcome.complete]


def names(results: Results) -> dict[str, str]:
    """Return the label of each method by its fingerprint."""
    return {outcome.method.fingerprint: outcome.method.label for outcome in results.outcomes}


def aux_questions(results: Results) -> list[Question]:
    """Return the pairs of complete networks that differ in the auxiliary task alone."""
    methods = [outcome.method for outcome in complete(results)]
    return [
        Question(method=multi, reference=single, aux=aux_of(multi))
        for multi in methods
        for single in methods
        if multi.aux and not single.aux and _else_equal(multi, single)
    ]


def other_questions(results: Results) -> list[Question]:
    """Return each network against each baseline: those with an auxiliary task if there are any.

    Where there is no such pair, every pair of complete methods, the earlier one as the reference.
    """
    methods = [outcome.method for outcome in complete(results)]
    networks = [m for m in methods if m.kind == "network"]
    asked = [m for m in networks if m.aux] or networks
    baselines = [m for m in methods if m.kind == "baseline"]
    against = [Question(method=m, reference=b) for m in asked for b in baselines]
    if against or aux_questions(results):
        return against
    return [
        Question(method=later, reference=earlier)
        for index, earlier in enumerate(methods)
        for later in methods[index + 1 :]
    ]


def aux_of(method: Method) -> str:
    """Return the method's auxiliary tasks in one text."""
    return " + ".join(choice.name for choice in method.aux)


def _else_equal(multi: Method, single: Method) -> bool:
    # with one task there is nothing to weigh, so a single-task network may have no weighting
    same_weighting = single.weighting is None or single.weighting == multi.weighting
    return same_weighting and _network(multi) == _network(single)


def _network(method: Method) -> tuple[object, ...]:
    weights = method.weights and (method.weights.source, method.weights.sha256)
    return (method.kind, method.encoder, weights, method.training, method.tune, method.window_hu)
