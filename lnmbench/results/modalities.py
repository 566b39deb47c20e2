"""Modalities of methods, and the methods that differ in them alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lnmbench.records import (
    IMAGE_MODALITY,
    BaselineMethod,
    Method,
    NetworkMethod,
    Results,
    choose_modalities,
    feature_modalities,
    image_network,
    sort_modalities,
)
from lnmbench.results.complete_methods import complete_methods


@dataclass(frozen=True, slots=True, kw_only=True)
class ModalityGroup:
    """Complete methods that differ only in their modalities, those with most of them first.

    A network without images belongs to the groups of all networks of the same settings.
    """

    methods: tuple[Method, ...]

    @property
    def reference(self) -> Method:
        """The method with the most modalities."""
        return self.methods[0]


def modality_names(results: Results, method: Method) -> tuple[str, ...]:
    """Return the modalities of a method: those of its features, and `image` with an encoder."""
    has_images = image_network(method) is not None
    choice = method.encoder if isinstance(method, NetworkMethod) else method.baseline
    chosen = feature_modalities(choice)
    if chosen is None:
        variables = results.profile.variables if results.profile is not None else ()
        chosen = tuple(v.modality for v in variables if v.role == "feature")
    return sort_modalities((*chosen, *((IMAGE_MODALITY,) if has_images else ())))


def modality_groups(results: Results) -> list[ModalityGroup]:
    """Return the groups of methods with at least two sets of modalities; controls are in none."""
    methods = [r.method for r in complete_methods(results) if not r.method.is_control]
    keys = dict.fromkeys(key for method in methods for key in _keys(method, methods))
    groups = []
    for key in keys:
        members = [method for method in methods if key in _keys(method, methods)]
        members.sort(key=lambda method: -len(modality_names(results, method)))
        if len({modality_names(results, method) for method in members}) > 1:
            groups.append(ModalityGroup(methods=tuple(members)))
    return groups


def _keys(method: Method, methods: list[Method]) -> Iterator[tuple[object, ...]]:
    """Yield what the methods of each group of a method have in common."""
    if isinstance(method, BaselineMethod):
        yield ("baseline", str(choose_modalities(method.baseline, None)))
        return
    if method.level != "none":
        yield _network_key(method, method)
        return
    with_images = [
        other
        for other in methods
        if isinstance(other, NetworkMethod) and other.level != "none" and _same(other, method)
    ]
    yield from (_network_key(method, other) for other in with_images or [method])


def _network_key(method: NetworkMethod, encoder_of: NetworkMethod) -> tuple[object, ...]:
    encoder = choose_modalities(encoder_of.portable_encoder, None)
    return (str(encoder), *_settings(method))


def _same(a: NetworkMethod, b: NetworkMethod) -> bool:
    return _settings(a) == _settings(b)


def _settings(method: NetworkMethod) -> tuple[object, ...]:
    aux = tuple(map(str, method.aux))
    settings = (method.training, method.tune, method.window_hu, method.region)
    return (aux, str(method.weighting), *settings)
