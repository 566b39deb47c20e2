"""Declared families of tests."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from lnmbench.records import BaselineMethod, Choice, Family, Method
from lnmbench.results import find_family
from lnmbench.testing.sample_results import (
    CONTROL,
    LOGISTIC,
    MULTI_TASK,
    SINGLE_TASK,
    sample_network,
)

ORACLE = replace(sample_network("resnet50 + oracle", "oracle"), control="positive")
METHODS = (LOGISTIC, SINGLE_TASK, MULTI_TASK, CONTROL, ORACLE)


def keys(*pairs: tuple[Method, Method]) -> set[frozenset[str]]:
    return {frozenset(method.fingerprint for method in pair) for pair in pairs}


@pytest.mark.parametrize(
    ("family", "pairs"),
    [
        ("auxiliary", [(MULTI_TASK, SINGLE_TASK)]),
        ("versus-baseline", [(SINGLE_TASK, LOGISTIC), (MULTI_TASK, LOGISTIC)]),
        ("all-pairs", list(combinations((LOGISTIC, SINGLE_TASK, MULTI_TASK), 2))),
    ],
)
def test_controls_are_in_no_family(family: Family, pairs: list[tuple[Method, Method]]) -> None:
    assert find_family(METHODS, family) == keys(*pairs)


def test_without_a_baseline_no_pair_is_against_one() -> None:
    assert find_family((SINGLE_TASK, MULTI_TASK), "versus-baseline") == frozenset()


def test_calls_and_methods_that_lack_cases_are_in_no_family() -> None:
    reader = BaselineMethod(
        label="reader", baseline=Choice(name="reader"), trained=False, scale="call"
    )
    software = BaselineMethod(label="software", baseline=Choice(name="software"), trained=False)
    partial = replace(software, baseline=Choice(name="other"), partial=True)
    methods = [SINGLE_TASK, software, reader, partial]
    pair = frozenset((SINGLE_TASK.fingerprint, software.fingerprint))
    assert find_family(methods, "versus-baseline") == {pair}
    assert find_family(methods, "all-pairs") == {pair}
