"""Permutations of the inputs of networks among the test cases of each fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.records import CLINICAL_MODALITY, Cohort, Column
from lnmbench.stages.run.chunk import Fit, NetworkChunk
from lnmbench.stages.run.permutations import MethodInput, column_width, permute_tested

if TYPE_CHECKING:
    from lnmbench.nets.fits import Fits, Permutations, PermutedInput


def permute_fits(
    inputs: Sequence[MethodInput],
    cohort: Cohort,
    planned: Sequence[Fit],
    fits: Fits,
    chunk: NetworkChunk,
) -> Permutations:
    """Return the permutations of a stack.

    Parameters
    ----------
    inputs
        The inputs to permute.
    cohort
        The cohort with the features that the network gets.
    planned
        The K fits of the plan.
    fits
        Their stack.
    chunk
        The chunk, with the plan and the number of permutations.
    """
    import torch

    from lnmbench.nets.fits import Permutations

    cases = fits.training.shape[1]
    tested = np.zeros((len(planned), cases), dtype=np.bool_)
    sources = np.tile(np.arange(cases), (chunk.importance, len(planned), 1))  # (P, K, n)
    for row, fit in enumerate(planned):
        tested[row, : len(fit.test)] = fit.test
        permuted = permute_tested(chunk.plan, chunk.repeat, fit.fold, chunk.importance)
        sources[:, row, np.flatnonzero(fit.test)] = permuted
    modalities = [each.name for each in fits.modalities]
    return Permutations(
        tested=torch.from_numpy(tested),
        sources=torch.from_numpy(sources),
        inputs=tuple(_locate_inputs(inputs, cohort, modalities)),
        width=int(tested.sum(axis=1).max()),
    )


def _locate_inputs(
    inputs: Sequence[MethodInput], cohort: Cohort, modalities: Sequence[str]
) -> Iterator[PermutedInput]:
    """Yield the columns of each input among those of the network."""
    from lnmbench.nets.fits import PermutedInput

    names = {CLINICAL_MODALITY, *modalities}
    located = {
        name: _column_positions([c for c in cohort.features if c.modality == name])
        for name in names
    }
    for each in inputs:
        if each.is_images:
            yield PermutedInput(images=True)
            continue
        modality = each.columns[0].modality
        is_whole = each.kind == "modality" and modality != CLINICAL_MODALITY
        columns = [i for column in each.columns for i in located[modality][column.name]]
        yield PermutedInput(
            columns=() if is_whole else tuple(columns),
            modality=None if modality == CLINICAL_MODALITY else modalities.index(modality),
        )


def _column_positions(columns: Sequence[Column]) -> dict[str, range]:
    """Return the positions of each column after preprocessing, which has nominal ones last."""
    ordered = sorted(columns, key=lambda column: column.kind == "nominal")
    positions, start = {}, 0
    for column in ordered:
        positions[column.name] = range(start, start + column_width(column))
        start += column_width(column)
    return positions
