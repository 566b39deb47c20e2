from __future__ import annotations

import pytest

from lnmbench.registry.boundary.search_space import require_space
from lnmbench.registry.boundary.values import Unexpected


def test_values_of_each_parameter_are_kept() -> None:
    assert require_space({"a": [1, 2], "b": ("x",)}) == {"a": (1, 2), "b": ("x",)}
    assert require_space({}) == {}


def test_a_parameter_without_values_is_refused() -> None:
    with pytest.raises(Unexpected) as unexpected:
        require_space({"a": []})
    assert unexpected.value.expected == "at least one value of a"
