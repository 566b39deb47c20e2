"""Relations of two methods: a network and its reference or one of its controls."""

from __future__ import annotations

from lnmbench.records import Method, NetworkMethod, strip_image_control, unshuffle


def is_reference_of(reference: Method, method: Method) -> bool:
    """Return whether `reference` is the network of `method` without its auxiliary tasks."""
    return bool(method.aux) and not reference.aux and has_network_of(reference, method)


def differ_only_in_tasks(a: Method, b: Method) -> bool:
    """Return whether two methods are the same network with other auxiliary tasks or none."""
    return (
        isinstance(a, NetworkMethod)
        and isinstance(b, NetworkMethod)
        and network_key(a) == network_key(b)
    )


def is_control_of(control: Method, method: Method) -> bool:
    """Return whether `control` is `method` with the labels of every auxiliary task permuted."""
    return (
        control.is_permuted
        and not method.is_control
        and [unshuffle(c) for c in control.aux] == [unshuffle(c) for c in method.aux]
        and has_network_of(control, method)
    )


def is_image_control_of(control: Method, method: Method) -> bool:
    """Return whether `control` is the network `method` with changed images."""
    return (
        isinstance(control, NetworkMethod)
        and isinstance(method, NetworkMethod)
        and control.has_changed_images
        and not method.is_control
        and (control.aux, control.weighting) == (method.aux, method.weighting)
        and network_key(control)[1:] == network_key(method)[1:]
        and strip_image_control(control.portable_encoder) == method.portable_encoder
    )


def is_bound_of(control: Method, method: Method) -> bool:
    """Return whether `control` is `method` with a positive control as its auxiliary task."""
    return (
        control.control == "positive" and not method.is_control and has_network_of(control, method)
    )


def has_aux_effect(method: Method) -> bool:
    """Return whether a method has auxiliary tasks and is no control."""
    return bool(method.aux) and not method.is_control


def has_network_of(other: Method, method: Method) -> bool:
    """Return whether two methods are the same network, `other` perhaps without a weighting."""
    if not (isinstance(other, NetworkMethod) and isinstance(method, NetworkMethod)):
        return False
    # one task needs no weighting, so a network without auxiliary tasks may have none
    same_weighting = other.weighting is None or other.weighting == method.weighting
    return same_weighting and network_key(method) == network_key(other)


def network_key(method: NetworkMethod) -> tuple[object, ...]:
    """Return the settings of a network other than its tasks; the encoder is the first."""
    weights = (method.weights.source, method.weights.sha256)
    encoder = method.portable_encoder
    settings = (method.training, method.tune, method.window_hu, method.region)
    return (encoder, weights, *settings)
