"""Labels without information: random classes, and one class for all cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from lnmbench import Cohort, Label, UserError
from lnmbench.records import Control

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

FEWEST_CLASSES, MOST_CLASSES = 2, 1000


class _Classes:
    """Softmax over classes whose numbers depend on the number of cases alone."""

    control: ClassVar[Control] = "negative"
    kind: Label = "nominal"

    def __init__(self, name: str, classes: int) -> None:
        if not FEWEST_CLASSES <= classes <= MOST_CLASSES:
            raise UserError(
                "wrong value for classes",
                where=f"aux task {name}",
                expected=f"{FEWEST_CLASSES} to {MOST_CLASSES}",
                got=str(classes),
            )
        self.outputs = classes

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the cross-entropy of each case.

        Parameters
        ----------
        logits
            (…, n, classes).
        targets
            Class numbers, (…, n).

        Returns
        -------
        Tensor
            (…, n).
        """
        classes = targets.expand(logits.shape[:-1]).long()[..., None]  # (…, n, 1)
        return -logits.log_softmax(-1).gather(-1, classes)[..., 0]

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of each class, (…, n, classes)."""
        return logits.softmax(-1)


class RandomLabels(_Classes):
    """Classes drawn at random for each case, independent of everything: a negative control.

    Parameters
    ----------
    classes
        Number of classes, which are equally probable.
    seed
        Seed of the classes.
    """

    def __init__(self, *, classes: int = 7, seed: int = 0) -> None:
        super().__init__("random", classes)
        if seed < 0:
            raise UserError(
                "wrong value for seed",
                where="aux task random",
                expected="a seed of 0 or more",
                got=str(seed),
            )
        self.title = f"{classes} random classes"
        self._seed = seed

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return a random class for each case, (n,)."""
        import numpy as np

        drawn = np.random.default_rng(self._seed).integers(self.outputs, size=len(cohort))
        return drawn.astype(np.float64)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a sentence on the classes."""
        return (f"aux random: negative control, {self.title} by the seed {self._seed}",)


class ConstantLabels(_Classes):
    """One class for all cases, an extra head and loss without information: a negative control.

    Parameters
    ----------
    classes
        Number of classes of the head; all cases have the first one.
    """

    def __init__(self, *, classes: int = 7) -> None:
        super().__init__("constant", classes)
        self.title = f"the first of {classes} classes"

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return the first class for each case, (n,)."""
        import numpy as np

        return np.zeros(len(cohort))

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a sentence on the classes."""
        return (f"aux constant: negative control, all cases have {self.title}",)
