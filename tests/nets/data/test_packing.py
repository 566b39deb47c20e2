"""Batches in blocks: every case whole, nothing twice, independent of other fits."""

from __future__ import annotations

import pytest
import torch

from lnmbench.nets.data.packing import block_size_for, pack

LENGTHS = torch.tensor([3, 12, 1, 9, 7, 12, 4, 5, 8, 2])
OFFSETS = torch.cat([torch.zeros(1, dtype=torch.int64), LENGTHS.cumsum(0)])
CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("longest", "block"), [(1, 16), (8, 16), (9, 24), (12, 24), (20, 24), (31, 32)]
)
def test_a_block_holds_the_longest_case_in_a_multiple_of_eight(longest: int, block: int) -> None:
    assert block_size_for(longest) == block


def test_each_slice_has_one_position_and_attends_to_its_own_case() -> None:
    chosen = [torch.tensor([1, 0, 5, 8, 3]), torch.tensor([2]), torch.arange(10)]
    packing = pack(chosen, OFFSETS, CPU).packing
    assert packing is not None
    of_slice = torch.repeat_interleave(torch.arange(10), LENGTHS)
    mask = packing.attention_mask.view(len(chosen), -1, packing.block_size, packing.block_size)
    for k, cases in enumerate(chosen):
        rows = packing.slice_rows[k, packing.token_positions[k]]
        expected = torch.cat([torch.arange(*OFFSETS[c : c + 2].tolist()) for c in cases])
        assert sorted(rows.tolist()) == sorted(expected.tolist())
        for position in packing.token_positions[k].tolist():
            attended = (
                mask[k, position // packing.block_size, position % packing.block_size]
                .nonzero()
                .flatten()
            )
            row = packing.slice_rows[k, position]
            others = packing.slice_rows[
                k, position // packing.block_size * packing.block_size + attended
            ]
            assert set(of_slice[others].tolist()) == {int(of_slice[row])}
            assert len(others) == LENGTHS[of_slice[row]]
        assert not mask[k].flatten(0, 1)[~packing.token_mask[k]].any()


def test_means_are_taken_over_the_slices_of_each_case() -> None:
    chosen = [torch.tensor([4, 6]), torch.tensor([9, 1])]
    packing = pack(chosen, OFFSETS, CPU).packing
    assert packing is not None
    values = torch.where(packing.token_mask, packing.slice_rows.float(), 7.0)
    means = packing.average(values[..., None])[..., 0]
    for k, cases in enumerate(chosen):
        expected = (OFFSETS[cases] + OFFSETS[cases + 1] - 1) / 2
        torch.testing.assert_close(means[k], expected)


def test_a_fit_is_packed_alike_with_others() -> None:
    cases = torch.tensor([8, 0, 3, 5])
    alone = pack([cases], OFFSETS, CPU).packing
    together = pack([torch.arange(10), cases], OFFSETS, CPU).packing
    assert alone is not None
    assert together is not None
    assert torch.equal(alone.slice_rows[0], together.slice_rows[1, : alone.capacity])
    assert not together.token_mask[1, alone.capacity :].any()


def test_a_token_of_a_case_stands_at_the_place_of_its_case() -> None:
    chosen = [torch.tensor([4, 6, 9]), torch.tensor([2])]
    batch = pack(chosen, OFFSETS, CPU, averaged=True)
    packing = batch.packing
    assert packing is not None
    assert packing.capacity == 3
    assert torch.equal(packing.token_mask, batch.case_mask)
    assert packing.case_counts == batch.case_counts == (3, 1)
    tokens = packing.slice_rows[..., None] * packing.token_mask[..., None]
    assert packing.average(tokens)[..., 0].tolist() == [[4, 6, 9], [2, 0, 0]]
    assert packing.case_indices().tolist() == [[0, 1, 2], [0, 0, 0]]
