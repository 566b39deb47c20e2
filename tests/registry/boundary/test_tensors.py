from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from lnmbench.registry.boundary import tensors
from lnmbench.registry.boundary.values import Unexpected

X = torch.zeros(2, 3)
NAN = torch.full((2, 3), float("nan"))


def test_good_tensors_are_returned_unchanged() -> None:
    assert tensors.require_tensor(X, shape=(2, None), like=X) is X
    assert tensors.require_finite(X) is X
    assert tensors.require_predictions(X, X) is X
    assert tensors.require_probabilities(X, X, sums=False) is X
    third = torch.full((2, 3), 1 / 3)
    assert tensors.require_probabilities(third, X, sums=True) is third
    leaf = torch.ones(2, requires_grad=True)
    assert bool((tensors.require_gradient(leaf * 2, leaf) == 2).all())


@pytest.mark.parametrize(
    ("check", "expected", "got"),
    [
        (lambda: tensors.require_tensor([1.0], shape=(1,), like=X), "a tensor", "list of 1"),
        (
            lambda: tensors.require_tensor(X, shape=(2,), like=X),
            "the shape (2,)",
            "the shape (2, 3)",
        ),
        (lambda: tensors.require_tensor(X.int(), shape=(2, 3), like=X), "floating", "torch.int32"),
        (
            lambda: tensors.require_tensor(X.to("meta"), shape=(2, 3), like=X),
            "a tensor on cpu",
            "one on meta",
        ),
        (lambda: tensors.require_finite(NAN), "finite numbers", "6 of 6: nan"),
        (lambda: tensors.require_predictions(NAN, X), "finite numbers", "6 of 6: nan"),
        (lambda: tensors.require_probabilities(X + 2, X, sums=False), "from 0 to 1", "2"),
        (lambda: tensors.require_probabilities(X, X, sums=True), "add up to 1", "a sum of 0"),
    ],
)
def test_others_are_described(check: Callable[[], object], expected: str, got: str) -> None:
    with pytest.raises(Unexpected) as unexpected:
        check()
    assert expected in unexpected.value.expected
    assert unexpected.value.got == got


def test_a_gradient_is_needed() -> None:
    leaf = torch.zeros(2, requires_grad=True)
    for value in (torch.ones(2), torch.ones(2, requires_grad=True)):
        with pytest.raises(Unexpected, match="constant"):
            tensors.require_gradient(value, leaf)
    with pytest.raises(Unexpected, match="finite gradients"):
        tensors.require_gradient(leaf.sqrt(), leaf)


def test_memory_that_ran_out_is_known() -> None:
    assert tensors.runs_out_of_memory(MemoryError())
    assert not tensors.runs_out_of_memory(RuntimeError("sizes differ"))
    assert not tensors.runs_out_of_memory(SystemExit("out of memory"))
