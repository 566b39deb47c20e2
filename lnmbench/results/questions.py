"""Questions: methods with the references and negative controls that they are compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnmbench.records import (
    BaselineMethod,
    Choice,
    Method,
    MethodResult,
    NetworkMethod,
    Results,
    feature_modalities,
    is_shuffled,
    strip_image_control,
    unshuffle,
)
from lnmbench.results.formatting import join_and
from lnmbench.results.label_shares import has_fewer_labels, label_shares, tasks_key

_AUTOMATIC = "auto"
DRAWN = 8
"""The largest number of methods in a figure; more of them hide each other."""
LISTED_CONTROLS = 2
"""The largest set of negative controls of one network that is listed among the methods."""
FEWEST_CONTROLS = 19
"""Negative controls of one network with which a permutation test can reach p = .05."""


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


def complete_methods(results: Results) -> list[MethodResult]:
    """Return the results of the methods that tables and figures list: those with every unit.

    A large set of negative controls is not among them: one section summarizes it. Neither are
    calls, and methods that lack predictions of some cases.
    """
    groups = summarized_groups([result.method for result in results.method_results])
    summarized = {id(control) for group in groups for control in group}  # fingerprints are slow
    return [
        result
        for result in results.method_results
        if result.complete and result.method.is_scored and id(result.method) not in summarized
    ]


def method_labels(results: Results) -> dict[str, str]:
    """Return the label of each method by its fingerprint."""
    return {result.method.fingerprint: result.method.label for result in results.method_results}


def is_reference_of(reference: Method, method: Method) -> bool:
    """Return whether `reference` is the network of `method` without its auxiliary tasks."""
    return bool(method.aux) and not reference.aux and _has_network_of(reference, method)


def differ_only_in_tasks(a: Method, b: Method) -> bool:
    """Return whether two methods are the same network with other auxiliary tasks or none."""
    return (
        isinstance(a, NetworkMethod) and isinstance(b, NetworkMethod) and _network(a) == _network(b)
    )


def is_control_of(control: Method, method: Method) -> bool:
    """Return whether `control` is `method` with the labels of every auxiliary task permuted."""
    return (
        control.is_permuted
        and not method.is_control
        and [unshuffle(c) for c in control.aux] == [unshuffle(c) for c in method.aux]
        and _has_network_of(control, method)
    )


def is_image_control_of(control: Method, method: Method) -> bool:
    """Return whether `control` is the network `method` with changed images."""
    return (
        isinstance(control, NetworkMethod)
        and isinstance(method, NetworkMethod)
        and control.has_changed_images
        and not method.is_control
        and (control.aux, control.weighting) == (method.aux, method.weighting)
        and _network(control)[1:] == _network(method)[1:]
        and strip_image_control(control.portable_encoder) == method.portable_encoder
    )


def is_bound_of(control: Method, method: Method) -> bool:
    """Return whether `control` is `method` with a positive control as its auxiliary task."""
    return (
        control.control == "positive" and not method.is_control and _has_network_of(control, method)
    )


def group_controls(methods: Sequence[Method]) -> list[list[NetworkMethod]]:
    """Return the controls among methods, those of the same network and tasks together."""
    groups: dict[object, list[NetworkMethod]] = {}
    for method in methods:
        if isinstance(method, NetworkMethod) and method.is_control:
            tasks = tuple(unshuffle(choice).key for choice in method.aux)
            key = (
                *_network(method)[1:],
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


def has_aux_effect(method: Method) -> bool:
    """Return whether a method has auxiliary tasks and is no control."""
    return bool(method.aux) and not method.is_control


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
    methods = _methods(results)
    return [
        Question(method=method, reference=control, aux=aux_title(method))
        for method in methods
        if not has_fewer_labels(method, methods)
        for control in methods
        if is_control_of(control, method)
    ]


def image_control_questions(results: Results) -> list[Question]:
    """Return the pairs of a complete network and the same network with changed images.

    Those of a network with a share of its labels are left out if one with more is complete.
    """
    methods = _methods(results)
    return [
        Question(method=method, reference=control, aux=aux_title(method))
        for method in methods
        if not has_fewer_labels(method, methods)
        for control in methods
        if is_image_control_of(control, method)
    ]


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


def aux_title(method: Method) -> str:
    """Return the auxiliary tasks of a method in one text that marks controls.

    Parameters that are chosen automatically are left out: `pt + column:name=grade`.
    """
    mark = "negative control" if method.is_permuted else "labels permuted"
    names = [(_drop_automatic(choice), is_shuffled(choice)) for choice in method.aux]
    title = " + ".join(f"{name} ({mark})" if permuted else name for name, permuted in names)
    return title if method.control == "none" else f"{title} ({method.control} control)"


def _drop_automatic(choice: Choice) -> str:
    parameters = unshuffle(choice).parameters
    chosen = {name: value for name, value in parameters.items() if value != _AUTOMATIC}
    return str(Choice(name=choice.name, parameters=chosen))


def describe_aux(results: Results, method: Method) -> str:
    """Return the titles of a method's auxiliary tasks, with the options in parentheses.

    `pathological T stage (pt)`; the options alone if the results lack a title.
    """
    labels = [results.aux_labels.get(choice.key) for choice in method.aux]
    titles = [label.title for label in labels if label is not None]
    options = aux_title(method)
    return f"{join_and(titles)} ({options})" if len(titles) == len(labels) else options


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


def _methods(results: Results) -> list[Method]:
    return [result.method for result in complete_methods(results)]


def _has_network_of(other: Method, method: Method) -> bool:
    if not (isinstance(other, NetworkMethod) and isinstance(method, NetworkMethod)):
        return False
    # one task needs no weighting, so a network without auxiliary tasks may have none
    same_weighting = other.weighting is None or other.weighting == method.weighting
    return same_weighting and _network(method) == _network(other)


def _network(method: NetworkMethod) -> tuple[object, ...]:
    weights = (method.weights.source, method.weights.sha256)
    encoder = method.portable_encoder
    settings = (method.training, method.tune, method.window_hu, method.region)
    return (encoder, weights, *settings)
