"""Packing of the cases of K fits: their slices in blocks of tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lnmbench.nets.data.batches import Batch, SparsePooling, TokenPacking
from lnmbench.nets.device import upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lnmbench.nets.data.examples import ExampleSet

# Products of small matrices are several times faster where sides are multiples of eight; blocks
# that hold two of the longest cases have fewer gaps, and large blocks cost more than gaps do.
_MULTIPLE, _MIN_BLOCK, _LARGE_BLOCK = 8, 16, 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChosenExamples:
    """The examples that the cases of a batch have.

    Parameters
    ----------
    examples
        All examples of the auxiliary tasks.
    by_fit
        The example of each of the n cases for each task, for each fit (tasks, n); -1 for none.
    attention
        Whether tokens attend to each other.
    """

    examples: ExampleSet
    by_fit: Sequence[Tensor]
    attention: bool = True

    def select(self, cases: Tensor) -> Tensor:
        """Return the examples of padded cases (K, B), -1 for none, (tasks, K, B)."""
        chosen = [
            examples[:, row.clamp(min=0)] for examples, row in zip(self.by_fit, cases, strict=True)
        ]  # each (tasks, B)
        return torch.where(cases >= 0, torch.stack(chosen, dim=1), -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The arrangement of tokens that the layers of a network need.

    Parameters
    ----------
    attention
        Whether tokens attend to each other; they are in blocks then.
    places
        Whether the positions of each case's tokens are listed.
    class_token
        Whether a class token precedes the tokens of each case.
    """

    attention: bool = True
    places: bool = False
    class_token: bool = False


def choose_layout(pooling: str, layers: int) -> Layout:
    """Return the layout of tokens for a pooling and a number of transformer layers."""
    return Layout(
        attention=layers > 0 or pooling == "mean",
        places=pooling in ("max", "attention", "gated_attention"),
        class_token=pooling == "transformer",
    )


def block_size_for(max_slices: int) -> int:
    """Return the size of blocks for cases of at most so many slices."""
    size = min(max(2 * max_slices, _MIN_BLOCK), max(max_slices, _LARGE_BLOCK))
    return -(-size // _MULTIPLE) * _MULTIPLE


def pack(
    cases_by_fit: Sequence[Tensor],
    offsets: Tensor | None,
    device: torch.device,
    *,
    averaged: bool = False,
) -> Batch:
    """Return a batch of cases: the only one of `pack_steps` for the cases of one step."""
    (batch,) = pack_steps([cases_by_fit], offsets, device, averaged=averaged)
    return batch


def pack_steps(
    cases_by_step: Sequence[Sequence[Tensor]],
    offsets: Tensor | None,
    device: torch.device,
    *,
    averaged: bool = False,
    chosen: ChosenExamples | None = None,
    layout: Layout = Layout(),
) -> Iterator[Batch]:
    """Yield batches of cases with their slices packed into blocks.

    The cases of all steps are copied to the device at once; a step waits for nothing.

    Parameters
    ----------
    cases_by_step
        For each step, the indices of each fit's cases, int64 (B_k,); may be empty.
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, (n + 1,); None without
        images.
    device
        The device of the batches.
    averaged
        Whether the mean of a case's slices is one token, and has its number as row.
    chosen
        The examples of the cases; None for a network without examples.
    layout
        The arrangement of tokens.
    """
    counts_by_step = [tuple(cases.numel() for cases in step) for step in cases_by_step]
    padded = [
        _pad(cases, counts) for cases, counts in zip(cases_by_step, counts_by_step, strict=True)
    ]  # each (K, B)
    numbers = upload(torch.cat([cases.flatten() for cases in padded]), device)
    sizes = [cases.numel() for cases in padded]
    picked = [None if chosen is None else chosen.select(cases) for cases in padded]
    parts = zip(
        counts_by_step,
        padded,
        torch.split(numbers.clamp(min=0), sizes),
        torch.split(numbers >= 0, sizes),
        picked,
        strict=True,
    )
    for counts, on_cpu, flat_cases, flat_mask, examples in parts:
        cases, case_mask = flat_cases.view(on_cpu.shape), flat_mask.view(on_cpu.shape)  # (K, B)
        packing = None
        if offsets is not None and averaged:
            packing = _pack_averages(counts, cases, case_mask)
        elif chosen is not None and examples is not None:
            lists = torch.cat([on_cpu, chosen.examples.bag_lists(examples)], dim=1)
            packing = _pack_slices(
                counts,
                lists,
                chosen.examples.offsets,
                device,
                chosen.examples.rows,
                layout=replace(layout, attention=chosen.attention),
            )
            packing = replace(packing, bags_of_case=chosen.examples.bags_of_case)
        elif offsets is not None:
            packing = _pack_slices(counts, on_cpu, offsets, device, layout=layout)
        yield Batch(
            case_counts=counts,
            cases=cases,
            case_mask=case_mask,
            packing=packing,
            examples=None if examples is None else upload(examples, device),
        )


def _pad(cases_by_fit: Sequence[Tensor], counts: tuple[int, ...]) -> Tensor:
    """Return the cases of each fit, as many as it has, followed by -1, (K, B)."""
    case_mask = torch.arange(max(counts)) < torch.tensor(counts)[:, None]  # (K, B)
    cases = torch.full(case_mask.shape, -1)
    cases[case_mask] = torch.cat(list(cases_by_fit))  # (all cases,)
    return cases


def _pack_averages(counts: tuple[int, ...], cases: Tensor, case_mask: Tensor) -> TokenPacking:
    return TokenPacking(
        case_counts=counts,
        block_size=1,
        slice_rows=cases,
        token_mask=case_mask,
        token_positions=(),
        attention_mask=case_mask.new_empty(0, 1, 1),
        pooling=None,
    )


def _pack_slices(
    counts: tuple[int, ...],
    padded: Tensor,
    offsets: Tensor,
    device: torch.device,
    rows: Tensor | None = None,
    *,
    layout: Layout,
) -> TokenPacking:
    """Return the packing of padded cases (K, B); what grows with P² is computed on the device.

    The rows of case i are `rows[offsets[i]:offsets[i + 1]]`; without `rows`, these numbers
    themselves.
    """
    models, cases, attention = len(padded), padded.clamp(min=0), layout.attention
    more = int(layout.class_token)
    counts_of_slices = offsets.diff()
    token_lengths = torch.where(counts_of_slices > 0, counts_of_slices + more, 0)
    lengths = (token_lengths[cases] * (padded >= 0)).numpy()
    if attention:
        size = block_size_for(int(counts_of_slices.max()) + more)
        first, blocks = _assign_positions(lengths, size)
    else:
        size, ends = _MULTIPLE, lengths.cumsum(1)
        first, blocks = ends - lengths, -(-ends[:, -1] // size)
    capacity = max(1, int(blocks.max())) * size
    # one entry for each case of each fit, then one for each of its slices
    fit, case = np.nonzero(lengths)
    length = lengths[fit, case]
    slice_in_case = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    position = np.repeat(fit * capacity + first[fit, case], length) + slice_in_case
    case_at = np.full(models * capacity, -1)
    case_at[position] = np.repeat(case, length)
    is_class = np.zeros(models * capacity, dtype=np.bool_)
    is_class[position] = slice_in_case < more
    weights = np.zeros(models * capacity, dtype=np.float32)
    weights[position] = np.repeat(1 / length, length) if not more else slice_in_case < more
    slice_rows = np.zeros(models * capacity, dtype=np.int64)
    first_rows = offsets.numpy()[cases.numpy()[fit, case]]
    listed = (np.repeat(first_rows, length) + slice_in_case - more)[slice_in_case >= more]
    slice_rows[position[slice_in_case >= more]] = listed if rows is None else rows.numpy()[listed]
    is_token = (case_at >= 0) & ~is_class
    token_positions = torch.from_numpy(np.flatnonzero(is_token) % capacity)  # (tokens,)
    token_counts = is_token.reshape(models, capacity).sum(1).tolist()
    places = None
    if layout.places:
        listing = np.full((*lengths.shape, max(1, int(lengths.max()))), -1)
        listing[np.repeat(fit, length), np.repeat(case, length), slice_in_case] = (
            position - np.repeat(fit * capacity, length)
        )
        places = upload(torch.from_numpy(listing), device)
    case_of_token, weight_of_token, rows_of_slices = (
        upload(torch.from_numpy(values).view(models, 1, capacity), device)
        for values in (case_at, weights, slice_rows)
    )  # each (K, 1, P)
    token_mask = case_of_token.squeeze(1) >= 0  # (K, P)
    class_mask = None
    if more:
        class_mask = upload(torch.from_numpy(is_class).view(models, capacity), device)
        token_mask = token_mask & ~class_mask
    if not attention:
        return TokenPacking(
            case_counts=counts,
            block_size=size,
            slice_rows=rows_of_slices.squeeze(1),  # (K, P)
            token_mask=token_mask,
            token_positions=torch.split(token_positions, token_counts),
            attention_mask=token_mask.new_empty(0, 1, 1),
            places=places,
            pooling=SparsePooling(
                lists=case_of_token.squeeze(1).clamp(min=0),
                weights=weight_of_token.squeeze(1),
                count=cases.shape[1],
            ),
        )
    in_block = case_of_token.view(-1, 1, size)  # (blocks, 1, N)
    same_case = in_block.mT == in_block  # (blocks, N, N)
    pooling = weight_of_token.new_zeros(models, cases.shape[1], capacity)  # (K, B, P)
    return TokenPacking(
        case_counts=counts,
        block_size=size,
        slice_rows=rows_of_slices.squeeze(1),  # (K, P)
        token_mask=token_mask,
        token_positions=torch.split(token_positions, token_counts),  # each (tokens,)
        attention_mask=(same_case & (in_block >= 0)).float(),
        pooling=pooling.scatter_(1, case_of_token.clamp(min=0), weight_of_token),
        places=places,
        class_mask=class_mask,
        lists_of_tokens=case_of_token.squeeze(1).clamp(min=0) if more else None,
    )


def _assign_positions(
    lengths: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each case's first position (K, B), and how many blocks each fit fills (K,).

    The longest cases of a fit come first, each into the first of its blocks with room.
    """
    models, batch = lengths.shape
    row = np.arange(models)
    room = np.full((models, batch), size)
    first = np.zeros(lengths.shape, dtype=np.int64)
    for case in np.argsort(-lengths, axis=1, kind="stable").T:
        length = lengths[row, case]
        block = (room >= length[:, None]).argmax(1)  # (K,)
        first[row, case] = (block + 1) * size - room[row, block]
        room[row, block] -= length
    return first, (room < size).sum(1)
