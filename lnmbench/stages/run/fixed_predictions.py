"""Units of a method that is not trained: its predictions on the test and validation cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import TARGET, UnitResult
from lnmbench.stages.run.chunk import BaselineChunk, list_fits, unit_result


def fixed_results(chunk: BaselineChunk, values: NDArray[np.float64]) -> list[UnitResult]:
    """Return the results of the chunk's units, without any fit.

    A partial method chooses no thresholds and has no validation predictions.

    Parameters
    ----------
    chunk
        The method and the repeat.
    values
        The predictions, (n,). The validation prediction of a case is the one of the same repeat.
    """
    planned = list(list_fits(chunk.plan, chunk.repeat))
    units = [[fit for fit in planned if fit.fold == fold] for fold in chunk.folds]
    predictions = np.broadcast_to(values[:, None], (len(units[0]), len(values), 1))
    results = [unit_result(chunk, unit, {TARGET: predictions}, fits=0) for unit in units]
    if not chunk.method.partial:
        return results
    return [replace(each, validation=np.full(len(values), np.nan)) for each in results]
