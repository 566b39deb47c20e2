"""Questions: methods with the references and negative controls that they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lnmbench.records import (
    BaselineMethod,
    Method,
    MethodResult,
    NetworkMethod,
    Results,
    feature_modalities,
)
from lnmbench.results.complete_methods import complete_methods
from lnmbench.results.label_shares import has_fewer_labels, label_shares, tasks_key
from lnmbench.results.method_relations import (
    has_aux_effect,
    is_control_of,
    is_image_control_of,
    is_reference_of,
)
from lnmbench.results.task_titles import aux_title

DRAWN = 8
"""The largest number of methods in a figure; more of them hide each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A method against its reference; `aux` names the auxiliary tasks in question, if any."""

    method: Method
    reference: Method
    aux: str = ""

    @property
    def fingerprints(self) -> frozenset[str]:
        """The fingerprints of both methods, in no order."""
        return frozenset((self.method.fingerprint, self.reference.fingerprint))


def aux_questions(results: Results) -> list[Question]:
    """Return the pairs of complete networks that differ only in the auxiliary tasks.

    Controls ask no question of their own.
    """
    return find_aux_questions(_methods(results))


def find_aux_questions(methods: Sequence[Method]) -> list[Question]:
    """Return the pairs of networks among methods that differ only in the auxiliary tasks.

    Of networks that train with several shares of the same labels, the one with the most asks a
    question; `label_share_questions` has all of them.
    """
    return [q for q in _pair_with_references(methods) if not has_fewer_labels(q.method, methods)]


def label_share_questions(results: Results) -> list[list[Question]]:
    """Return the pairs of each network that trains with several shares of the same labels.

    Each list has one pair for each share, from the smallest, against the network without tasks.
    """
    curves: dict[object, list[Question]] = {}
    for question in _pair_with_references(_methods(results)):
        curves.setdefault((tasks_key(question.method), question.reference.fingerprint), []).append(
            question
        )
    return [
        sorted(curve, key=lambda question: label_shares(question.method))
        for curve in curves.values()
        if len({label_shares(question.method) for question in curve}) > 1
    ]


def has_declared_family(results: Results) -> bool:
    """Return whether Holm's family is that of the protocol; without questions it is every pair."""
    if results.protocol.family != "auxiliary":
        return True
    return bool(find_aux_questions([result.method for result in results.method_results]))


def control_questions(results: Results) -> list[Question]:
    """Return the pairs of a complete network and its negative control with equal settings.

    Controls of a large set are left out, and those of a network with a share of its labels if one
    with more labels is complete.
    """
    return _pair_with_controls(results, is_control_of)


def image_control_questions(results: Results) -> list[Question]:
    """Return the pairs of a complete network and the same network with changed images.

    Those of a network with a share of its labels are left out if one with more is complete.
    """
    return _pair_with_controls(results, is_image_control_of)


def other_questions(results: Results) -> list[Question]:
    """Return each network against each baseline: those with auxiliary tasks if there are any.

    If baselines have the modalities of a network's features, they are those with the same.

    Networks with a share of the labels are not among them if one with more labels is. If the
    declared family is that against the baselines, each network is among them.

    Without any other question, return every pair of complete methods, the earlier one as the
    reference.
    """
    methods = _methods(results)
    networks = [m for m in methods if isinstance(m, NetworkMethod) and not m.is_control]
    if results.protocol.family != "versus-baseline":
        networks = [m for m in networks if m.aux and not has_fewer_labels(m, methods)] or networks
    baselines = [m for m in methods if isinstance(m, BaselineMethod)]
    questions = [
        Question(method=m, reference=b) for m in networks for b in _with_features_of(m, baselines)
    ]
    if questions or aux_questions(results) or control_questions(results):
        return questions
    methods = [method for method in methods if not method.has_changed_images]
    return [
        Question(method=later, reference=earlier)
        for index, earlier in enumerate(methods)
        for later in methods[index + 1 :]
    ]


def _with_features_of(
    network: NetworkMethod, baselines: Sequence[BaselineMethod]
) -> Sequence[BaselineMethod]:
    """Return the baselines with the same modalities of features, or all if none has them."""
    modalities = feature_modalities(network.encoder)
    return [b for b in baselines if feature_modalities(b.baseline) == modalities] or baselines


def all_questions(results: Results) -> list[Question]:
    """Return every question in reading order: auxiliary tasks, controls, then others."""
    return [
        *aux_questions(results),
        *control_questions(results),
        *image_control_questions(results),
        *other_questions(results),
    ]


def drawn_methods(results: Results, limit: int = DRAWN) -> list[MethodResult]:
    """Return the complete methods that figures draw, at most `limit`.

    Methods of auxiliary questions come first, then baselines, controls and the rest. One baseline
    is among them if the run has any.
    """
    by_key = {result.method.fingerprint: result for result in complete_methods(results)}
    keys = list(dict.fromkeys(_keys_by_interest(results)))
    drawn, cut = keys[:limit], keys[limit:]
    baselines = {key for key in keys if isinstance(by_key[key].method, BaselineMethod)}
    if baselines.isdisjoint(drawn):
        drawn[-1:] = [key for key in cut if key in baselines][:1] or drawn[-1:]
    return [by_key[key] for key in drawn]


def _keys_by_interest(results: Results) -> Iterator[str]:
    for question in aux_questions(results):
        yield from (question.method.fingerprint, question.reference.fingerprint)
    methods = _methods(results)
    yield from (m.fingerprint for m in methods if isinstance(m, BaselineMethod))
    yield from (q.reference.fingerprint for q in control_questions(results))
    yield from (m.fingerprint for m in methods)


def _pair_with_references(methods: Sequence[Method]) -> list[Question]:
    return [
        Question(method=method, reference=reference, aux=aux_title(method))
        for method in methods
        if has_aux_effect(method)
        for reference in methods
        if is_reference_of(reference, method)
    ]


def _pair_with_controls(
    results: Results, controls: Callable[[Method, Method], bool]
) -> list[Question]:
    methods = _methods(results)
    return [
        Question(method=method, reference=control, aux=aux_title(method))
        for method in methods
        if not has_fewer_labels(method, methods)
        for control in methods
        if controls(control, method)
    ]


def _methods(results: Results) -> list[Method]:
    return [result.method for result in complete_methods(results)]
