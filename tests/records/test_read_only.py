"""Read-only records: nothing in them can be changed, and they behave like the originals."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from lnmbench.records import BaselineMethod, Choice, ReadOnlyMapping, freeze
from lnmbench.testing.sample_results import empty_results


@pytest.mark.parametrize(
    "array",
    [np.arange(6.0).reshape(2, 3), np.zeros((4, 0), np.int16), np.array(["a", "é"]), np.ones(2)],
)
def test_an_array_cannot_be_made_writable(array: Any) -> None:
    frozen = freeze(array)
    np.testing.assert_array_equal(frozen, array)
    assert frozen.dtype == array.dtype
    assert not frozen.flags.writeable
    assert array.flags.writeable
    assert freeze(frozen) is frozen
    if array.size:
        with pytest.raises(ValueError, match="WRITEABLE"):
            frozen.setflags(write=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda mapping: mapping.__setitem__("a", 2),
        lambda mapping: mapping.__delitem__("a"),
        lambda mapping: mapping.update(a=2),
        lambda mapping: mapping.pop("a"),
        lambda mapping: mapping.popitem(),
        lambda mapping: mapping.clear(),
        lambda mapping: mapping.setdefault("b", 2),
        lambda mapping: mapping.__ior__({"b": 2}),
    ],
)
def test_a_mapping_refuses_changes(change: Any) -> None:
    mapping = freeze({"a": 1})
    with pytest.raises(TypeError, match="read-only; change a copy"):
        change(mapping)
    assert mapping == {"a": 1}


def test_a_mapping_is_copied_pickled_and_written_like_a_dict() -> None:
    mapping = freeze({"a": {"b": [1, 2]}})
    assert copy.deepcopy(mapping) == pickle.loads(pickle.dumps(mapping)) == mapping
    assert json.dumps(mapping) == '{"a": {"b": [1, 2]}}'
    assert mapping | {"c": 1} == {"a": {"b": (1, 2)}, "c": 1}
    assert isinstance(mapping["a"], ReadOnlyMapping)


def test_a_record_is_frozen_at_any_depth_and_stays_equal() -> None:
    method = BaselineMethod(label="x", baseline=Choice(name="x", parameters={"c": 0.1}))
    frozen = freeze(method)
    assert (frozen, frozen.fingerprint, asdict(frozen)) == (
        method,
        method.fingerprint,
        asdict(method),
    )
    results = freeze(replace(empty_results(), metric_titles={"auc": "AUC"}))
    assert freeze(results) is results
    with pytest.raises(TypeError):
        results.metric_titles["auc"] = "x"  # type: ignore[index]
