"""Order of two slices of a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench import Cohort
from lnmbench.records import EncodedImages, Examples, ImageInputs, Label
from lnmbench_self_supervision.cases import describe_cases, find_cases

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

PAIRS = 16
"""The largest number of pairs of slices of a case."""


class SliceOrder:
    """Tell which of two slices of a case is higher.

    As the order of frames of a video (Misra et al., Shuffle and Learn, ECCV 2016) and of slices
    (Zhang et al., Self supervised deep representation learning for fine-grained body part
    recognition, ISBI 2017).
    """

    needs = "images"
    title = "order of two slices"
    kind: Label = "binary"
    outputs = 1
    images: ImageInputs = "slices"

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return 1 for each case of two or more slices, else NaN, (n,)."""
        return find_cases(cohort, 2)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a note on cases of one slice."""
        return describe_cases("slice_order", cohort, 2)

    def examples(self, images: EncodedImages) -> Examples:
        """Return pairs of slices in either order; the target is 1 if the second one is higher."""
        import numpy as np

        case, rows, targets = [], [], []
        for number in range(len(images)):
            start, stop = images.offsets[number : number + 2]
            random = np.random.default_rng(number)
            lower, higher = np.triu_indices(stop - start, 1)
            for pair in random.permutation(len(lower))[:PAIRS]:
                second_is_higher = bool(random.integers(2))
                ends = (lower[pair], higher[pair])
                first, second = ends if second_is_higher else ends[::-1]
                case.append(number)
                rows.append([[start + first], [start + second]])
                targets.append(float(second_is_higher))
        return Examples(case=np.array(case), rows=np.array(rows), targets=np.array(targets))

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the cross-entropy of each case, (…, n).

        Parameters
        ----------
        logits
            (…, n, 1).
        targets
            (…, n) of 0 and 1.
        """
        from torch.nn import functional

        return functional.binary_cross_entropy_with_logits(
            logits.squeeze(-1), targets, reduction="none"
        )

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability that the second slice is higher, (…, n, 1)."""
        return logits.sigmoid()
