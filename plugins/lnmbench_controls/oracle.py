"""The target itself as an auxiliary label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from lnmbench import Cohort, Label
from lnmbench.records import Control

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

CLASSES: tuple[Label, ...] = ("ordinal", "nominal")


class Oracle:
    """The target itself as an auxiliary label: a positive control.

    Until `bind_target` gives it the labels of a target, all of its labels are unknown. The trainer
    uses the labels of training cases only, as of every auxiliary task.
    """

    control: ClassVar[Control] = "positive"
    title = "the target itself"

    def __init__(self) -> None:
        self._labels: NDArray[np.float64] | None = None
        self.kind: Label = "binary"
        self.outputs = 1

    def bind_target(self, labels: NDArray[np.float64], kind: Label) -> Oracle:
        """Return the task with the labels of a target.

        Parameters
        ----------
        labels
            (n,) or (n, m), NaN if unknown.
        kind
            Their kind: classes (n,), or `binary` or `multilabel` of 0 and 1.
        """
        import numpy as np

        bound = Oracle()
        bound._labels = labels
        bound.kind = kind
        bound.outputs = labels[0].size
        if kind in CLASSES:
            bound.outputs = int(np.nanmax(labels, initial=1.0)) + 1
        return bound

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return the labels of the target, NaN if unknown."""
        import numpy as np

        return np.full(len(cohort), np.nan) if self._labels is None else np.array(self._labels)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a sentence on the labels."""
        return ("aux oracle: positive control, its labels are those of the target",)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the cross-entropy of each case, the mean over the known ones of its labels.

        Parameters
        ----------
        logits
            (…, n, outputs).
        targets
            (…, n) or (…, n, outputs); an unknown label of several is NaN.

        Returns
        -------
        Tensor
            (…, n).
        """
        import torch
        from torch.nn import functional

        if self.kind in CLASSES:
            classes = targets.expand(logits.shape[:-1]).long()[..., None]  # (…, n, 1)
            return -logits.log_softmax(-1).gather(-1, classes)[..., 0]
        labels = targets if targets.dim() == logits.dim() else targets[..., None]
        labels = labels.expand_as(logits)  # (…, n, outputs)
        known = ~torch.isnan(labels)
        losses = functional.binary_cross_entropy_with_logits(
            logits, torch.where(known, labels, 0.0), reduction="none"
        )
        return (losses * known).sum(-1) / known.sum(-1).clamp(min=1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of each class or label, (…, n, outputs)."""
        return logits.softmax(-1) if self.kind in CLASSES else logits.sigmoid()
