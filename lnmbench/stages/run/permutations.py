"""Inputs of a method, and the permutations of their values among the test cases of a fold."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import (
    CLINICAL_MODALITY,
    IMAGE_MODALITY,
    Column,
    InputKind,
    Plan,
    sort_modalities,
)

MOST_FEATURES = 100
"""The largest number of single features that are permuted."""
WIDEST = 32
"""A modality of more columns enters a network by as many principal components.

Its features are not permuted one by one.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodInput:
    """A feature or a modality of a method, with its columns; the images have none."""

    kind: InputKind
    name: str
    columns: tuple[Column, ...] = ()

    @property
    def is_images(self) -> bool:
        """True for the images."""
        return self.kind == "modality" and self.name == IMAGE_MODALITY


def list_inputs(columns: Sequence[Column], *, has_images: bool) -> list[MethodInput]:
    """Return the inputs that are permuted: modalities, then the features of the smaller ones.

    A single modality is an input if it is the images, or not all of its features are inputs.

    Parameters
    ----------
    columns
        The features of the method.
    has_images
        Whether it has images or features of images, too.
    """
    names = sort_modalities(
        [*(c.modality for c in columns), *((IMAGE_MODALITY,) if has_images else ())]
    )
    by_modality = {name: tuple(c for c in columns if c.modality == name) for name in names}
    listed = [
        column
        for name, members in by_modality.items()
        if name == CLINICAL_MODALITY or sum(map(column_width, members)) <= WIDEST
        for column in members
    ][:MOST_FEATURES]
    modalities = [
        MethodInput(kind="modality", name=name, columns=members)
        for name, members in by_modality.items()
        if len(by_modality) > 1 or not members or not set(members) <= set(listed)
    ]
    return [*modalities, *(MethodInput(kind="feature", name=c.name, columns=(c,)) for c in listed)]


def column_width(column: Column) -> int:
    """Return the number of inputs that a column becomes: one for each category of a nominal one."""
    return len(column.categories) if column.kind == "nominal" else 1


def permute_tested(plan: Plan, repeat: int, fold: int, count: int) -> NDArray[np.int64]:
    """Return permutations of the test cases of an outer fold, (count, t).

    They depend on the protocol's seed and the fold alone: all inputs of all methods are permuted
    alike, so that their differences have less noise.

    Parameters
    ----------
    plan
        The plan, which has the cases.
    repeat, fold
        The outer fold.
    count
        The number of permutations.

    Returns
    -------
    array
        Numbers of cases in the plan: the case whose values each test case gets.
    """
    tested = np.flatnonzero(plan.splits.inner[repeat, fold] < 0)
    text = f"{plan.protocol.seed}|{repeat}|{fold}|permuted inputs"
    generator = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]))
    return np.stack([generator.permutation(tested) for _ in range(count)])
