"""The methods of a report: their names in it, and which pairs ask about the auxiliary task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lnmbench.records import BaselineMethod, Choice, Method, MethodResult, NetworkMethod, Results

SHOWN = 8
"""Arms that figures draw; more of them hide each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What does `method` gain over `reference`? `aux` names the task in question, if it is one."""

    method: Method
    reference: Method
    aux: str = ""

    @property
    def couple(self) -> frozenset[str]:
        """The fingerprints of the two, whichever way round."""
        return frozenset((self.method.fingerprint, self.reference.fingerprint))


def complete(results: Results) -> list[MethodResult]:
    """Return the outcomes that have every unit."""
    return [outcome for outcome in results.method_results if outcome.complete]


def names(results: Results) -> dict[str, str]:
    """Return the label of each method by its fingerprint."""
    return {outcome.method.fingerprint: outcome.method.label for outcome in results.method_results}


def aux_questions(results: Results) -> list[Question]:
    """Return the pairs of complete networks that differ in the auxiliary task alone.

    Shuffled controls ask nothing, and are none of them.
    """
    methods = _methods(results)
    singles = [method for method in methods if not method.aux]
    return [
        Question(method=multi, reference=single, aux=aux_of(multi))
        for multi in methods
        for single in singles
        if multi.aux and not multi.is_control and _else_equal(multi, single)
    ]


def control_questions(results: Results) -> list[Question]:
    """Return the pairs of a complete network and its shuffled control with equal settings."""
    methods = _methods(results)
    controls = [method for method in methods if method.is_control]
    return [
        Question(method=multi, reference=control, aux=aux_of(multi))
        for multi in methods
        for control in controls
        if not multi.is_control and _same_tasks(multi, control) and _else_equal(multi, control)
    ]


def other_questions(results: Results) -> list[Question]:
    """Return each network against each baseline: those with an auxiliary task if there are any.

    Where nothing else is asked, every pair of complete methods, the earlier one as the reference.
    """
    methods = _methods(results)
    networks = [m for m in methods if isinstance(m, NetworkMethod) and not m.is_control]
    asked = [m for m in networks if m.aux] or networks
    baselines = [m for m in methods if isinstance(m, BaselineMethod)]
    against = [Question(method=m, reference=b) for m in asked for b in baselines]
    if against or aux_questions(results) or control_questions(results):
        return against
    return [
        Question(method=later, reference=earlier)
        for index, earlier in enumerate(methods)
        for later in methods[index + 1 :]
    ]


def questions(results: Results) -> list[Question]:
    """Return every question, in the order in which a reader asks them."""
    return [*aux_questions(results), *control_questions(results), *other_questions(results)]


def shown(results: Results, limit: int = SHOWN) -> list[MethodResult]:
    """Return the complete outcomes that figures draw, at most `limit`.

    Those of the question of the auxiliary task come first, then baselines, controls and the rest;
    one baseline is among them if there is any.
    """
    by_key = {outcome.method.fingerprint: outcome for outcome in complete(results)}
    keys = list(dict.fromkeys(_in_turn(results)))
    first, cut = keys[:limit], keys[limit:]
    baselines = {key for key in keys if isinstance(by_key[key].method, BaselineMethod)}
    if baselines.isdisjoint(first):
        first[-1:] = [key for key in cut if key in baselines][:1] or first[-1:]
    return [by_key[key] for key in first]


def aux_of(method: Method) -> str:
    """Return the method's auxiliary tasks in one text, which says what is a control."""
    word = "shuffled control" if method.is_control else "shuffled"
    return " + ".join(f"{one.name} ({word})" if _shuffled(one) else one.name for one in method.aux)


def _in_turn(results: Results) -> Iterator[str]:
    for question in aux_questions(results):
        yield from (question.method.fingerprint, question.reference.fingerprint)
    methods = _methods(results)
    yield from (m.fingerprint for m in methods if isinstance(m, BaselineMethod))
    yield from (q.reference.fingerprint for q in control_questions(results))
    yield from (m.fingerprint for m in methods)


def _methods(results: Results) -> list[Method]:
    return [outcome.method for outcome in complete(results)]


def _shuffled(choice: Choice) -> bool:
    return str(choice.parameters.get("shuffled", 0)) != "0"


def _same_tasks(multi: Method, control: Method) -> bool:
    return [_unshuffled(c) for c in multi.aux] == [_unshuffled(c) for c in control.aux]


def _unshuffled(choice: Choice) -> Choice:
    own = {name: value for name, value in choice.parameters.items() if name != "shuffled"}
    return replace(choice, parameters=own)


def _else_equal(multi: Method, other: Method) -> bool:
    if not (isinstance(multi, NetworkMethod) and isinstance(other, NetworkMethod)):
        return False
    # with one task there is nothing to weigh, so a single-task network may have no weighting
    same_weighting = other.weighting is None or other.weighting == multi.weighting
    return same_weighting and _network(multi) == _network(other)


def _network(method: NetworkMethod) -> tuple[object, ...]:
    weights = (method.weights.source, method.weights.sha256)
    encoder = method.portable_encoder
    return (encoder, weights, method.training, method.tune, method.window_hu)
