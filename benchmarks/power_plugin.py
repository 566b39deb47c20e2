"""Auxiliary tasks with the largest and the least information: a plugin for `power.py`.

lnmbench run --plugin benchmarks/power_plugin.py --aux oracle --aux constant
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from lnmbench import Cohort, hookimpl
from lnmbench.contracts import AuxTask

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

_N2 = 2
"""Number of the class from which on a case is positive, of N0, N1, N2, …"""


class _BinaryTask:
    """A task with a label of 0 or 1."""

    kind: Literal["binary"] = "binary"
    outputs = 1

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return no note."""
        return ()

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the binary cross-entropy of each case, (…, n) for logits (…, n, 1)."""
        from torch.nn.functional import binary_cross_entropy_with_logits

        value = logits[..., 0]
        return binary_cross_entropy_with_logits(value, targets.expand_as(value), reduction="none")

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of 1, (…, n, 1)."""
        return logits.sigmoid()


class Oracle(_BinaryTask):
    """The target itself as an auxiliary task: pN2 or higher."""

    title = "the target itself"

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,) of 0 and 1, NaN where pN is unknown."""
        classes = np.asarray(cohort.values[cohort.require("pn").name], dtype=np.float64)
        return np.where(np.isnan(classes), np.nan, (classes >= _N2).astype(np.float64))


class Constant(_BinaryTask):
    """The same label for each case: a second loss without information."""

    title = "constant"

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,) of 1."""
        return np.ones(len(cohort))


@hookimpl
def register_aux_tasks() -> Mapping[str, Callable[..., AuxTask]]:
    """Offer both tasks."""
    return {"oracle": Oracle, "constant": Constant}
