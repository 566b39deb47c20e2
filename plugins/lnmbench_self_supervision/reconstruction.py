"""Regression of slice features: of a case's own slices, or of a slice from the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench import Cohort, UserError
from lnmbench.records import EncodedImages, Examples, ImageInputs, Label
from lnmbench_self_supervision.cases import describe_cases, find_cases, pad_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

MOST_COMPONENTS = 512


def project(features: NDArray[np.float32], components: int) -> NDArray[np.float64]:
    """Return fixed random projections of feature vectors, (rows, components).

    They keep distances up to a factor close to 1 (Johnson & Lindenstrauss 1984; Dasgupta & Gupta
    2003), and depend on no case.

    Parameters
    ----------
    features
        Feature vectors (rows, D).
    components
        The number of projections.
    """
    import numpy as np

    dim = features.shape[1]
    directions = np.random.default_rng(dim).standard_normal((dim, components))
    projected: NDArray[np.float64] = features.astype(np.float64) @ directions / np.sqrt(dim)
    return projected


class _FeatureRegression:
    """An auxiliary task that predicts projections of slice features; squared error."""

    needs = "images"
    kind: Label = "continuous"
    images: ImageInputs = "slices"

    def __init__(self, components: int = 16) -> None:
        if not 1 <= components <= MOST_COMPONENTS:
            raise UserError(
                "wrong value for components",
                expected=f"1 to {MOST_COMPONENTS}",
                got=str(components),
            )
        self.outputs = components

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean squared error of each case, (…, n).

        Parameters
        ----------
        logits
            (…, n, components).
        targets
            (…, n, components).
        """
        targets = targets.reshape(*targets.shape[: logits.dim() - 1], self.outputs)
        return (logits - targets).square().mean(-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the predicted projections, (…, n, components)."""
        return logits


class Reconstruct(_FeatureRegression):
    """Reconstruct slice features from the image features of a case.

    The targets are random projections of the mean features of its slices, as in an autoencoder
    (Hinton & Salakhutdinov, Science 2006) whose code are the image features.
    """

    title = "slice features from the image features"

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return 1 for each case, (n,)."""
        return find_cases(cohort, 1)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return no notes."""
        return ()

    def examples(self, images: EncodedImages) -> Examples:
        """Return one example of each case: all of its slices."""
        import numpy as np

        projected = project(images.features[: images.offsets[-1]], self.outputs)
        means = np.add.reduceat(projected, images.offsets[:-1]) / np.diff(images.offsets)[:, None]
        bounds = zip(images.offsets[:-1], images.offsets[1:], strict=True)
        rows = pad_rows([np.arange(start, stop) for start, stop in bounds])
        return Examples(case=np.arange(len(images)), rows=rows[:, None], targets=means)


class MaskedSlices(_FeatureRegression):
    """Predict the features of a masked slice from the other slices of the case.

    As masked patches of an image (He et al., Masked Autoencoders, CVPR 2022); the targets are
    random projections of the features.
    """

    title = "features of a masked slice"

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return 1 for each case of two or more slices, else NaN, (n,)."""
        return find_cases(cohort, 2)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a note on cases of one slice."""
        return describe_cases("masked_slices", cohort, 2)

    def examples(self, images: EncodedImages) -> Examples:
        """Return an example for each slice: the other slices of its case."""
        import numpy as np

        projected = project(images.features[: images.offsets[-1]], self.outputs)
        counts = np.diff(images.offsets)
        case = np.repeat(np.arange(len(images)), counts)  # of each slice
        slices = np.flatnonzero(counts[case] > 1)
        bags = []
        for masked in slices:
            rows = np.arange(images.offsets[case[masked]], images.offsets[case[masked] + 1])
            bags.append(rows[rows != masked])
        return Examples(case=case[slices], rows=pad_rows(bags)[:, None], targets=projected[slices])
