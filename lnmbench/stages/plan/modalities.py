"""Modalities of methods: the sets that a benchmark names, and the choices of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TypeVar

from lnmbench.config import Benchmark
from lnmbench.errors import UserError
from lnmbench.feature_selection import list_wide
from lnmbench.records import (
    IMAGE_MODALITY,
    MODALITIES,
    SELECT,
    SELECT_MOST,
    Choice,
    Cohort,
    choose_modalities,
    feature_modalities,
    feature_selection,
    sort_modalities,
)
from lnmbench.registry import Selection
from lnmbench.stages.plan.missing_images import offers_images

T = TypeVar("T")


def list_modality_sets(benchmark: Benchmark, cohort: Cohort) -> tuple[tuple[str, ...], ...] | None:
    """Return the sets of modalities that methods get, None for all of each method.

    With `ablation`, each modality alone, all but each, and all of them: of the set that the
    benchmark names, or of the cohort.

    Raises `UserError` for a modality that the cohort lacks, and for an ablation of less than two.
    """
    images = (IMAGE_MODALITY,) if offers_images(cohort, benchmark.protocol) else ()
    available = sort_modalities((*images, *cohort.modalities))
    for name in chain.from_iterable(benchmark.modalities):
        if name not in available:
            raise UserError(
                f"cohort {cohort.name} lacks the modality {name[:40]!r}",
                expected=f"one of {', '.join(available)}",
                then="name another one with --modalities, or give columns a modality",
            )
    if not benchmark.ablation:
        return tuple(map(sort_modalities, benchmark.modalities)) or None
    sets = [sort_modalities(names) for names in benchmark.modalities or (available,)]
    for names in sets:
        if len(names) < 2:
            raise UserError(
                "an ablation needs two modalities",
                got=", ".join(names) or "none",
                then="name them with --modalities, or give columns a modality in the dictionary",
            )
    ablated = chain.from_iterable(_ablate(names) for names in sets)
    return tuple(dict.fromkeys(ablated))


def _ablate(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield names
    yield from (tuple(other for other in names if other != name) for name in names)
    yield from ((name,) for name in names)


def select_features(
    selection: Selection[T], names: Sequence[str] | None, cohort: Cohort
) -> Selection[T]:
    """Return the selection of an encoder or baseline with the features of some modalities.

    The selection's own modalities come first. Those of all features are no choice, so that a
    method has one fingerprint.

    Raises `UserError` for a modality that the cohort's features lack.
    """
    named = feature_modalities(selection.bound)
    chosen = names if named is None else named
    if chosen is None:
        return selection
    if named is not None and IMAGE_MODALITY in named:
        raise UserError(
            f"{selection.offer.role.name} {selection.written.name}: {MODALITIES} names features",
            expected="modalities of columns",
            got=IMAGE_MODALITY,
            then="omit it: the encoder decides whether there are images",
        )
    features = sort_modalities(set(chosen) - {IMAGE_MODALITY})
    cohort.select_modalities(features)
    whole = features == cohort.modalities
    return selection.offer.select(choose_modalities(selection.written, None if whole else features))


def refuse_selection(choice: Choice, cohort: Cohort) -> None:
    """Raise `UserError` for a selection of features that cannot select any in a cohort.

    Parameters
    ----------
    choice
        A baseline with its parameters.
    cohort
        The cohort, with the features of all modalities.
    """
    selection = feature_selection(choice)
    if selection.most < 1:
        raise UserError(
            f"wrong value for {SELECT_MOST} of {choice.name}",
            expected="1 or more",
            got=str(selection.most),
        )
    if selection.method == "none" and SELECT_MOST in choice.parameters:
        raise UserError(
            f"{SELECT_MOST} has no effect without {SELECT}",
            where=f"baseline {choice.name}",
            then=f"add {SELECT}=mrmr, or omit it",
        )
    if selection.method != "none" and not list_wide(cohort.features, selection):
        raise UserError(
            f"the baseline {choice.name} has no features to select from",
            expected=f"a modality besides clinical with more than {selection.most} numbers",
            got=", ".join(cohort.modalities),
            then="omit its parameter select",
        )
