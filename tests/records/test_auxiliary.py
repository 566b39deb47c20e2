"""Permuted labels of auxiliary tasks."""

from __future__ import annotations

import pytest

from lnmbench.records import Choice, is_shuffled, unshuffle


@pytest.mark.parametrize(("value", "shuffled"), [(0, False), ("0", False), (1, True), ("7", True)])
def test_a_seed_other_than_0_permutes_the_labels(value: object, shuffled: bool) -> None:
    assert is_shuffled(Choice(name="pt", parameters={"shuffled": value})) == shuffled


def test_without_the_permutation_all_other_parameters_stay() -> None:
    task = Choice(name="size", parameters={"shuffled": 3, "unit": "mm"})
    assert unshuffle(task) == Choice(name="size", parameters={"unit": "mm"})
    assert not is_shuffled(unshuffle(task))
