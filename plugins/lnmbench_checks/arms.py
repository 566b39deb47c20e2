"""Which arms ask about an auxiliary task, and which are their controls."""

from __future__ import annotations

from lnmbench.records import Choice, Method, NetworkMethod


def is_shuffled(choice: Choice) -> bool:
    """Whether the labels of one auxiliary task are dealt out at random."""
    return str(choice.parameters.get("shuffled", 0)) != "0"


def is_reference(method: Method, of: Method) -> bool:
    """Whether a network is the same as `of`, a network with auxiliary tasks, but without them."""
    if not (isinstance(method, NetworkMethod) and isinstance(of, NetworkMethod)):
        return False
    # with one task there is nothing to weigh, so a single-task network may have no weighting
    weighted = method.weighting is None or method.weighting == of.weighting
    return not method.aux and weighted and _network(method) == _network(of)


def is_control_of(method: Method, of: Method) -> bool:
    """Whether a network is the same as `of`, with the labels of every auxiliary task shuffled."""
    if not (isinstance(method, NetworkMethod) and isinstance(of, NetworkMethod)):
        return False
    same = method.weighting == of.weighting and _network(method) == _network(of)
    return same and method.is_control and _tasks(method) == _tasks(of)


def asks(method: Method) -> bool:
    """Whether a method has auxiliary tasks, and is no control."""
    return bool(method.aux) and not method.is_control


def _tasks(method: Method) -> list[tuple[str, dict[str, object]]]:
    return [
        (one.name, {k: v for k, v in one.parameters.items() if k != "shuffled"})
        for one in method.aux
    ]


def _network(method: NetworkMethod) -> tuple[object, ...]:
    weights = (method.weights.source, method.weights.sha256)
    encoder = method.portable_encoder
    return (encoder, weights, method.training, method.tune, method.window_hu)
