"""Labels that auxiliary tasks return."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.records import Label
from lnmbench.registry.boundary.arrays import require_array
from lnmbench.registry.boundary.values import Unexpected

if TYPE_CHECKING:
    from numpy.typing import NDArray


CLASSES: tuple[Label, ...] = ("ordinal", "nominal")


def require_targets(value: object, *, count: int, kind: Label, outputs: int) -> NDArray[np.float64]:
    """Return the labels of a task, (n,) or (n, …); raise `Unexpected` for wrong ones.

    Parameters
    ----------
    value
        What the plugin returned.
    count
        The number of cases or examples, n.
    kind, outputs
        The kind of the label and the number of logits.
    """
    axes = np.ndim(value) if isinstance(value, np.ndarray) else 1
    targets = require_array(value, shape=(count, *[None] * (axes - 1)), nan=True)
    known = targets[~np.isnan(targets)]
    if kind in CLASSES and targets.ndim == 1:
        wrong = known[(known != np.floor(known)) | (known < 0) | (known >= outputs)]
        allowed = f"classes from 0 to {outputs - 1}"
    elif kind == "continuous":
        wrong, allowed = known[:0], ""
    else:
        wrong, allowed = known[(known < 0) | (known > 1)], "numbers from 0 to 1"
        if kind != "mask":
            wrong, allowed = known[(known != 0) & (known != 1)], "0, 1 or NaN"
    if wrong.size:
        raise Unexpected(allowed, f"{wrong[0]:g}")
    if not (kind in CLASSES and targets.ndim == 1) and math.prod(targets.shape[1:]) != outputs:
        raise Unexpected(
            f"labels of {outputs} numbers for each case, one for each output",
            f"the shape {targets.shape}",
        )
    return targets
