"""Where figures stand in the report: four sections of those that are read together."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench.records import Block, Results
from lnmbench_report.figures.calibration import calibration_curves
from lnmbench_report.figures.decision import decision_curves
from lnmbench_report.figures.differences import paired_differences
from lnmbench_report.figures.distribution import distribution
from lnmbench_report.figures.forest import forest
from lnmbench_report.figures.learning import learning_curves
from lnmbench_report.figures.posterior import posterior
from lnmbench_report.figures.power import detectable
from lnmbench_report.figures.pr import precision_recall
from lnmbench_report.figures.roc import roc
from lnmbench_report.figures.searching import search_losses


class Discrimination:
    """ROC and precision-recall curves of the averaged out-of-fold probabilities."""

    order = 22

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return two figures, or nothing while no method is complete."""
        return [*roc(results), *precision_recall(results)]


class Differences:
    """Differences on the folds, all comparisons, posterior, and what could have been seen."""

    order = 32

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return up to four figures, or nothing where nothing could be compared."""
        return [
            *paired_differences(results),
            *forest(results),
            *posterior(results),
            *detectable(results),
        ]


class Probabilities:
    """Calibration curves, decision curves, and predicted probabilities by outcome."""

    order = 46

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return up to three figures, or nothing while no method is complete."""
        return [
            *calibration_curves(results),
            *decision_curves(results),
            *distribution(results),
        ]


class Fitting:
    """Learning curves of the networks, and the losses of what the inner search tried."""

    order = 49

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return up to two figures, or nothing where no method is complete."""
        return [*learning_curves(results), *search_losses(results)]
