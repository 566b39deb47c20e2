"""Batches of K fits: the cases of a step, and the positions of their tokens."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SparsePooling:
    """The mean over the tokens of each case and bag, without products of zeros.

    Parameters
    ----------
    lists
        The case or bag of each position's token, (K, P); 0 without a token.
    weights
        The weight of each token in its mean, (K, P); 0 without a token.
    count
        The number of cases and bags of a fit.
    """

    lists: Tensor
    weights: Tensor
    count: int

    def average(self, tokens: Tensor) -> Tensor:
        """Return the means (K, count, d) of tokens (K, P, d)."""
        models, _, width = tokens.shape
        first = torch.arange(models, device=tokens.device).unsqueeze(1) * self.count  # (K, 1)
        weighted = (tokens * self.weights.unsqueeze(2)).flatten(0, 1)  # (K · P, d)
        sums = tokens.new_zeros(models * self.count, width)
        sums = sums.index_add(0, (self.lists + first).flatten(), weighted)
        return sums.view(models, self.count, width)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TokenPacking:
    """The positions of a batch's tokens: in blocks that hold whole cases, or one for each case.

    A fit has P positions (`capacity`), a multiple of the block size. Without attention, they are in
    the order of the cases, in no blocks. Values at positions without a
    token are arbitrary but finite, and their gradient is zero.

    Parameters
    ----------
    case_counts
        The number of cases of each fit.
    block_size
        The number of positions of a block, N.
    slice_rows
        The row of each position's slice among the features, (K, P); 0 without a token.
    token_mask
        Whether a position holds a token, bool (K, P).
    token_positions
        The positions that hold a token, for each fit (tokens,); none if token b is case b.
    attention_mask
        1 where a token may attend to another, of its own case, else 0: (K · P / N, N, N).
    pooling
        Weights of the mean over the tokens of each case and bag, (K, B + bags, P), or the same for
        cases and bags of few tokens; None if token b is case b.
    bags_of_case
        The number of bags of the examples of a case.
    places
        The positions of the tokens of each case and bag, (K, B + bags, S), -1 beyond them; None if
        the layout has none.
    class_mask
        Whether a position is that of a class token, bool (K, P). Then `pooling` selects it, in
        place of the mean; None without class tokens.
    lists_of_tokens
        The case or bag of each position's token, (K, P); None if `pooling` tells it.
    """

    case_counts: tuple[int, ...]
    block_size: int
    slice_rows: Tensor
    token_mask: Tensor
    token_positions: tuple[Tensor, ...]
    attention_mask: Tensor
    pooling: Tensor | SparsePooling | None
    bags_of_case: int = 0
    places: Tensor | None = None
    class_mask: Tensor | None = None
    lists_of_tokens: Tensor | None = None

    @property
    def capacity(self) -> int:
        """Return the number of positions that every fit has for its tokens."""
        return self.slice_rows.shape[1]

    @property
    def lists(self) -> int:
        """Return the number of cases and bags that every fit has room for."""
        if isinstance(self.pooling, SparsePooling):
            return self.pooling.count
        return self.capacity if self.pooling is None else self.pooling.shape[1]

    def list_columns(self) -> list[Tensor]:
        """Return the columns of each fit's cases and then of their bags among its lists."""
        most = self.lists // (1 + self.bags_of_case)
        return [
            torch.cat([torch.arange(count), most + torch.arange(count * self.bags_of_case)])
            for count in self.case_counts
        ]

    def case_indices(self) -> Tensor:
        """Return the list of each position's token, a case or bag, (K, P); 0 without one."""
        if self.lists_of_tokens is not None:
            return self.lists_of_tokens * self.token_mask
        if self.pooling is None:
            places = torch.arange(self.capacity, device=self.token_mask.device)
            return places * self.token_mask
        if isinstance(self.pooling, SparsePooling):
            return self.pooling.lists
        return self.pooling.argmax(1)  # (K, P)

    def average(self, tokens: Tensor) -> Tensor:
        """Return the mean over the tokens of each case, (K, B, d).

        Parameters
        ----------
        tokens
            Tokens (K, P, d).
        """
        if isinstance(self.pooling, SparsePooling):
            return self.pooling.average(tokens)
        return tokens if self.pooling is None else torch.bmm(self.pooling, tokens)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """The cases of one step of K fits.

    Parameters
    ----------
    case_counts
        The number of cases of each fit.
    cases
        Their indices, (K, B); arbitrary beyond a fit's count.
    case_mask
        Whether an element of `cases` counts, bool (K, B).
    packing
        The positions of their slices, and of those of the examples; None without images.
    examples
        The example of each case for each auxiliary task that learns from images, (tasks, K, B);
        -1 for none.
    """

    case_counts: tuple[int, ...]
    cases: Tensor
    case_mask: Tensor
    packing: TokenPacking | None
    examples: Tensor | None = None

    @property
    def lists(self) -> int:
        """Return the number of cases and bags that every fit has room for."""
        return self.cases.shape[1] if self.packing is None else self.packing.lists
