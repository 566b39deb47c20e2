"""Embedding of packed slices as tokens, outside autograd; random views of each case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

from lnmbench.nets.device import upload
from lnmbench.nets.rng import seeded_generator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lnmbench.nets.data.batches import TokenPacking
    from lnmbench.nets.stacked.active_fits import StackState


class TokenEmbedder(Protocol):
    """Computes tokens from the packed slices of K fits, with its own backward pass.

    Autograd sees tokens as leaves; the embedder receives their gradients and writes those of its
    own parameters.
    """

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return the prefixes of the names of the embedder's parameters."""
        ...

    def initialize(self, values: Mapping[str, Tensor]) -> None:
        """Write the initial values of parameters that depend on a fit's training cases.

        Parameters
        ----------
        values
            The parameters of all fits by name, each (K, …).
        """
        ...

    def forward(self, state: StackState, packing: TokenPacking, *, training: bool) -> Tensor:
        """Return tokens without a history, zero at positions without a token.

        Parameters
        ----------
        state
            The parameters of the k fits.
        packing
            The position of each slice of the batch among the P positions of each fit.
        training
            Whether the call is part of a training step, whose `backward` follows.

        Returns
        -------
        Tensor
            (k, P, d).
        """
        ...

    def backward(self, state: StackState, packing: TokenPacking, d_tokens: Tensor) -> None:
        """Write the gradients of the embedder's parameters into the state.

        Parameters
        ----------
        state
            The parameters of the k fits, with buffers for the gradients.
        packing
            The packing of the last `forward`.
        d_tokens
            Gradients of the tokens of the last `forward`, (k, P, d), zero at padding.
        """
        ...


class RandomViews:
    """A `TokenEmbedder` that shows another one, in training, a random view of each case.

    A frozen stage's features of a changed image cannot be computed while fits train, so some
    changed versions of every slice are encoded beforehand. View 0 is the unchanged one, and the
    only one in validation and prediction.

    Parameters
    ----------
    embedder
        The other embedder; token t of view v is its row `v * tokens + t`.
    seeds
        The seed of each fit, for a stream of its own.
    views
        The number of views.
    tokens
        The number of tokens of a view.
    """

    def __init__(
        self, embedder: TokenEmbedder, seeds: Sequence[int], *, views: int, tokens: int
    ) -> None:
        self._embedder, self._views, self._tokens = embedder, views, tokens
        self._streams = [seeded_generator(seed, "views") for seed in seeds]
        self._last: TokenPacking | None = None

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return the prefixes of the names of the other embedder's parameters."""
        return self._embedder.prefixes

    def initialize(self, values: Mapping[str, Tensor]) -> None:
        """Write the initial values of the other embedder's parameters."""
        self._embedder.initialize(values)

    def forward(self, state: StackState, packing: TokenPacking, *, training: bool) -> Tensor:
        """Return the other embedder's tokens, in training those of random views.

        Parameters
        ----------
        state
            The parameters of the k fits.
        packing
            The position of each slice of the batch among the P positions of each fit.
        training
            Whether to draw a view of each case; otherwise every case has view 0.

        Returns
        -------
        Tensor
            (k, P, d).
        """
        self._last = self._draw_views(state.fits, packing) if training else packing
        return self._embedder.forward(state, self._last, training=training)

    def backward(self, state: StackState, packing: TokenPacking, d_tokens: Tensor) -> None:
        """Write the other embedder's gradients for the views of the last `forward`.

        Parameters
        ----------
        state
            The parameters of the k fits, with buffers for the gradients.
        packing
            Unused: the views drawn by the last `forward` determine the slices.
        d_tokens
            Gradients of the tokens of the last `forward`, (k, P, d), zero at padding.

        Raises
        ------
        ValueError
            Without an earlier `forward`.
        """
        if self._last is None:
            raise ValueError("backward needs an earlier forward")
        self._embedder.backward(state, self._last, d_tokens)

    def _draw_views(self, fits: Sequence[int], packing: TokenPacking) -> TokenPacking:
        case = packing.case_indices()
        views = torch.zeros(len(fits), packing.lists, dtype=torch.int64)
        for row, (fit, columns) in enumerate(zip(fits, packing.list_columns(), strict=True)):
            drawn = torch.empty(len(columns), dtype=torch.int64)
            views[row, columns] = drawn.random_(0, self._views, generator=self._streams[fit])
        view = upload(views, case.device).gather(1, case)  # (k, P)
        # rows behind those of the views are places and turned slices, which have one view
        has_views = packing.token_mask & (packing.slice_rows < self._tokens)
        rows = packing.slice_rows + view * self._tokens * has_views
        return replace(packing, slice_rows=rows)
