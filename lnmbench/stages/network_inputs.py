"""What the networks of a chunk learn from: features of slices, labels, clinical features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.records import Cohort
from lnmbench.registry import Registry
from lnmbench.stages.chunk import TARGET, Chunk, Fit
from lnmbench.store.feature_cache import read_features

if TYPE_CHECKING:
    from lnmbench.nets.fits import Inputs


def network_inputs(
    chunk: Chunk, cohort: Cohort, at: NDArray[np.int64], registry: Registry
) -> Inputs:
    """Return what all fits share, for the plan's cases: `at` (n,) are their places in the cohort."""
    import torch

    from lnmbench.nets.fits import AuxInput, Inputs

    tasks = {str(choice): registry.build("aux task", choice) for choice in chunk.method.aux}
    aux = tuple(
        AuxInput(name=name, task=task, targets=torch.from_numpy(task.targets(cohort)[at]).float())
        for name, task in tasks.items()
    )
    target = torch.from_numpy(chunk.plan.truth).float()
    if chunk.features is None:
        return Inputs(target=target, aux=aux, target_name=TARGET)
    counts = (cohort.offsets[1:] - cohort.offsets[:-1])[at]
    rows = np.concatenate([np.arange(cohort.offsets[i], cohort.offsets[i + 1]) for i in at])
    return Inputs(
        target=target,
        aux=aux,
        slices=torch.from_numpy(read_features(chunk.features)[rows]),
        offsets=torch.from_numpy(np.concatenate([[0], np.cumsum(counts)])),
        target_name=TARGET,
    )


def clinical_inputs(
    cohort: Cohort, at: NDArray[np.int64], planned: Sequence[Fit]
) -> NDArray[np.float32]:
    """Return clinical features (K, n, C), each fit's fitted on its own training cases alone."""
    if not cohort.features:
        return np.zeros((len(planned), len(at), 0), dtype=np.float32)
    frame = feature_frame(cohort, at)
    made = [
        preprocessor(cohort.features).fit(frame[fit.training]).transform(frame) for fit in planned
    ]
    return np.stack(made).astype(np.float32)
