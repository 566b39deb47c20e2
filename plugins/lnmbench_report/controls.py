"""Comparison of networks with their negative controls, in a clause of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lnmbench.records import Results
from lnmbench.results import (
    Direction,
    Effect,
    Question,
    control_questions,
    describe_verdicts,
    question_effects,
)

_COUNTED: dict[Direction, str] = {
    "better": "shown to be better",
    "worse": "shown to be worse",
    "open": "not shown to differ",
    "same": "the same in every fold",
}
_HARDEST: tuple[Direction, ...] = ("worse", "same", "open", "better")
_PERMUTED = "(labels randomly permuted)"


def describe_controls(results: Results, questions: Sequence[Question]) -> Iterator[str]:
    """Yield a clause on the networks against their controls, and one on those without a control.

    A gain is attributed to the labels only if a network is better than each of its controls.
    """
    methods = {question.method.fingerprint for question in questions}
    controls = [q for q in control_questions(results) if q.method.fingerprint in methods]
    effects_by_method = _hardest_effects(results, controls)
    if effects_by_method:
        comparison = _describe_comparison(controls, list(effects_by_method.values()))
        yield comparison + _describe_unattributed(results, questions, effects_by_method)
    missing = len(methods) - len(effects_by_method)
    if missing:
        networks = "" if missing == len(methods) else f" for {missing} of {len(methods)} networks"
        started = any(r.method.is_control and not r.complete for r in results.method_results)
        state = "is finished" if started else "was run"
        remedy = "resume the run" if started else "add the control"
        yield (
            f"no negative control {_PERMUTED} {state}{networks}, so a gain could not be attributed "
            f"to the labels; {remedy}"
        )


def _hardest_effects(results: Results, controls: Sequence[Question]) -> dict[str, list[Effect]]:
    """Return, for each network and metric, its effect against the strongest negative control."""
    hardest_by_method: dict[str, dict[str, Effect]] = {}
    for question in controls:
        hardest = hardest_by_method.setdefault(question.method.fingerprint, {})
        for effect in question_effects(results, question):
            rival = hardest.get(effect.metric, effect)
            hardest[effect.metric] = max(rival, effect, key=_hardness)
    return {method: list(hardest.values()) for method, hardest in hardest_by_method.items()}


def _hardness(effect: Effect) -> tuple[int, float]:
    worse = effect.direction == "worse"
    return -_HARDEST.index(effect.direction), -effect.holm if worse else effect.holm


def _describe_comparison(
    controls: Sequence[Question], effects_by_network: Sequence[Sequence[Effect]]
) -> str:
    networks = len(effects_by_network)
    if len(controls) == 1:
        verdicts = describe_verdicts(effects_by_network[0])
        return f"against its negative control {_PERMUTED}: {verdicts}"
    if networks == 1:
        return (
            f"against its {len(controls)} negative controls {_PERMUTED}, in each metric the "
            f"strongest one: {describe_verdicts(effects_by_network[0])}"
        )
    each = " each of" if len(controls) > networks else ""
    tally = _count_directions(effects_by_network)
    return f"of {networks} networks against{each} their negative controls {_PERMUTED}: {tally}"


def _count_directions(effects_by_network: Sequence[Sequence[Effect]]) -> str:
    """Return the number of networks with each direction, metric by metric."""
    directions: dict[str, list[Direction]] = {}
    for effects in effects_by_network:
        for effect in effects:
            directions.setdefault(effect.metric_title, []).append(effect.direction)
    return ", ".join(f"{title} ({_count(group)})" for title, group in directions.items())


def _count(directions: Sequence[Direction]) -> str:
    return ", ".join(
        f"{directions.count(direction)} {text}"
        for direction, text in _COUNTED.items()
        if direction in directions
    )


def _describe_unattributed(
    results: Results,
    questions: Sequence[Question],
    effects_by_method: Mapping[str, Sequence[Effect]],
) -> str:
    """Return the number of gains that the control does not confirm in the same metric."""
    gains = {
        (question.method.fingerprint, effect.metric)
        for question in questions
        if question.method.fingerprint in effects_by_method
        for effect in question_effects(results, question)
        if effect.direction == "better"
    }
    confirmed = {
        (method, effect.metric)
        for method, effects in effects_by_method.items()
        for effect in effects
        if effect.direction == "better"
    }
    unattributed, total = len(gains - confirmed), len(gains)
    if not unattributed:
        return ""
    subject = "the gain is" if total == 1 else f"{unattributed} of {total} gains are"
    return f", so {subject} not shown to come from the labels"
