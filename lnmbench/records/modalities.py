"""Modalities of a method: the examinations whose features it gets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lnmbench.records.choice import Choice
from lnmbench.records.column import CLINICAL_MODALITY, IMAGE_MODALITY

MODALITIES = "modalities"
"""The parameter of any encoder or baseline with the modalities of its features."""


def feature_modalities(choice: Choice) -> tuple[str, ...] | None:
    """Return the modalities of the features that an encoder's network or a baseline gets.

    None for all of the cohort; an empty tuple for `none`, the images alone.

    Examples
    --------
    >>> feature_modalities(Choice(name="logistic", parameters={"modalities": "cfdna+clinical"}))
    ('clinical', 'cfdna')
    >>> feature_modalities(Choice(name="logistic"))
    """
    text = str(choice.parameters.get(MODALITIES, ""))
    names = [name.strip() for name in text.split("+") if name.strip()]
    return (sort_modalities(names) if names != ["none"] else ()) if names else None


def choose_modalities(choice: Choice, names: Iterable[str] | None) -> Choice:
    """Return the choice with the features of some modalities, None for all of the cohort.

    Examples
    --------
    >>> str(choose_modalities(Choice(name="resnet18"), ["image", "cfdna"]))
    'resnet18:modalities=cfdna'
    >>> str(choose_modalities(Choice(name="resnet18"), ["image"]))
    'resnet18:modalities=none'
    """
    others = {name: value for name, value in choice.parameters.items() if name != MODALITIES}
    if names is None:
        return replace(choice, parameters=others)
    text = "+".join(sort_modalities(set(names) - {IMAGE_MODALITY})) or "none"
    return replace(choice, parameters={**others, MODALITIES: text})


def sort_modalities(names: Iterable[str]) -> tuple[str, ...]:
    """Return modalities once each, in the order image, clinical, others by name.

    Examples
    --------
    >>> sort_modalities(["pet", "cfdna", "clinical", "image"])
    ('image', 'clinical', 'cfdna', 'pet')
    """
    first = (IMAGE_MODALITY, CLINICAL_MODALITY)
    return tuple(sorted(set(names), key=lambda name: (name != first[0], name != first[1], name)))
