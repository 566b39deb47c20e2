"""Positions of the tokens of a batch, as a dense matrix, as indices, or one for each case."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from lnmbench.nets.data.batches import Batch, SparsePooling, TokenPacking

LISTS = torch.tensor([[0, 0, 1, 1, 1, 0], [1, 0, 2, 2, 0, 0]])  # the cases of positions
IS_TOKEN = torch.tensor([[True] * 5 + [False], [True] * 4 + [False] * 2])
CASES = 3


def make_packing() -> TokenPacking:
    """Two fits of two and three cases with their means as a dense matrix."""
    pooling = torch.zeros(2, CASES, 6)
    for fit, position in IS_TOKEN.nonzero().tolist():
        pooling[fit, LISTS[fit, position], position] = 1.0
    pooling /= pooling.sum(2, keepdim=True).clamp(min=1.0)
    return TokenPacking(
        case_counts=(2, 3),
        block_size=6,
        slice_rows=torch.zeros(2, 6, dtype=torch.int64),
        token_mask=IS_TOKEN,
        token_positions=tuple(row.nonzero().flatten() for row in IS_TOKEN),
        attention_mask=torch.zeros(2, 6, 6),
        pooling=pooling,
    )


def make_sparse(dense: TokenPacking) -> TokenPacking:
    assert isinstance(dense.pooling, torch.Tensor)
    weights = dense.pooling.sum(1)
    lists = LISTS * IS_TOKEN
    return replace(dense, pooling=SparsePooling(lists=lists, weights=weights, count=CASES))


def test_means_are_the_same_from_a_matrix_and_from_indices() -> None:
    dense = make_packing()
    sparse = make_sparse(dense)
    tokens = torch.randn(2, 6, 4, generator=torch.Generator().manual_seed(0))
    means = dense.average(tokens)
    torch.testing.assert_close(sparse.average(tokens), means)
    torch.testing.assert_close(means[0, 1], tokens[0, 2:5].mean(0))
    torch.testing.assert_close(means[1, 2], tokens[1, 2:4].mean(0))
    assert not means[0, 2].any()
    assert dense.lists == sparse.lists == CASES
    assert dense.capacity == 6


@pytest.mark.parametrize("make", [lambda x: x, make_sparse])
def test_each_token_has_its_case(make: object) -> None:
    packing = make(make_packing())  # type: ignore[operator]
    expected = LISTS * IS_TOKEN
    assert torch.equal(packing.case_indices() * IS_TOKEN, expected)
    listed = replace(packing, lists_of_tokens=LISTS)
    assert torch.equal(listed.case_indices(), expected)


def test_a_token_of_each_case_needs_no_pooling() -> None:
    packing = replace(make_packing(), pooling=None, token_mask=IS_TOKEN[:, :3])
    packing = replace(packing, slice_rows=packing.slice_rows[:, :3])
    tokens = torch.randn(2, 3, 4)
    assert packing.average(tokens) is tokens
    assert packing.lists == 3
    assert packing.case_indices().tolist() == [[0, 1, 2], [0, 1, 2]]


def test_columns_of_cases_are_followed_by_those_of_their_bags() -> None:
    packing = replace(make_packing(), pooling=torch.zeros(2, 9, 6), bags_of_case=2)
    columns = [column.tolist() for column in packing.list_columns()]
    assert columns == [[0, 1, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6, 7, 8]]
    batch = Batch(
        case_counts=(2, 3),
        cases=torch.zeros(2, 3, dtype=torch.int64),
        case_mask=torch.ones(2, 3, dtype=torch.bool),
        packing=packing,
    )
    assert batch.lists == 9
    assert replace(batch, packing=None).lists == 3
