"""Inputs that are permuted, and their permutations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lnmbench.records import Column, Plan
from lnmbench.stages.run.permutations import list_inputs, permute_tested


def columns(modality: str, count: int) -> list[Column]:
    return [Column(name=f"{modality}{i}", role="feature", modality=modality) for i in range(count)]


def test_features_of_wide_modalities_are_permuted_together() -> None:
    listed = list_inputs([*columns("clinical", 2), *columns("cfdna", 33)], has_images=True)
    assert [(each.kind, each.name) for each in listed] == [
        ("modality", "image"),
        ("modality", "clinical"),
        ("modality", "cfdna"),
        ("feature", "clinical0"),
        ("feature", "clinical1"),
    ]
    assert len(listed[2].columns) == 33


def test_a_single_modality_is_an_input_if_its_features_are_not() -> None:
    def names(modality: str, count: int) -> list[str]:
        listed = list_inputs(columns(modality, count), has_images=False)
        return [each.name for each in listed if each.kind == "modality"]

    assert names("clinical", 100) == []
    assert names("clinical", 101) == ["clinical"]
    assert names("pet", 32) == []
    assert names("pet", 33) == ["pet"]
    assert [each.is_images for each in list_inputs([], has_images=True)] == [True]
    levels = Column(
        name="site", role="feature", kind="nominal", categories=("a", "b", "c"), modality="pet"
    )
    listed = list_inputs([levels, *columns("pet", 30)], has_images=False)
    assert [each.name for each in listed] == ["pet"]  # 33 columns with those of the categories


def test_the_cases_of_a_fold_are_permuted_among_themselves(plan: Plan) -> None:
    tested = np.flatnonzero(plan.splits.outer[1] == 2)
    permuted = permute_tested(plan, 1, 2, 6)
    assert permuted.shape == (6, len(tested))
    assert (np.sort(permuted, axis=1) == tested).all()
    assert len({tuple(row) for row in permuted.tolist()}) > 1
    np.testing.assert_array_equal(permuted[:2], permute_tested(plan, 1, 2, 2))
    another = replace(plan, protocol=replace(plan.protocol, seed=1))
    assert not np.array_equal(permuted, permute_tested(another, 1, 2, 6))
