"""Features of cell-free DNA, which are shed by positive nodes, with a known AUC for N2."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from lnmbench import Column
from lnmbench_synthetic.model import CausalModel
from lnmbench_synthetic.nodes import draw_nodes
from lnmbench_synthetic.population import draw_population

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MODALITY = "cfdna"
LOADING = 0.5
"""Correlation of an informative feature with what the nodes shed, among patients without N2."""
INFORMATIVE_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFreeDna:
    """A panel of features, a tenth of which (at least one) carries information.

    What the nodes shed is normal with unit variance, and shifted in patients with N2. Informative
    features are correlated with it by `LOADING`, the others are noise; all have unit variance
    given the nodal status.

    Parameters
    ----------
    features
        The number of features.
    auc
        The AUC for N2 of the best linear score of all features.
    known
        The share of patients who have the panel, at random.
    """

    features: int
    auc: float
    known: float

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the features."""
        return tuple(
            Column(name=name, role="feature", modality=MODALITY, description="cell-free DNA")
            for name in self._names
        )

    @property
    def _names(self) -> list[str]:
        width = len(str(self.features))
        return [f"cfdna_{number:0{width}d}" for number in range(1, self.features + 1)]

    @property
    def informative(self) -> int:
        """The number of features that carry information; they come first."""
        return max(1, round(INFORMATIVE_SHARE * self.features))

    @property
    def separation(self) -> float:
        """The distance of the means of the best linear score, in its SDs: √2 Φ⁻¹(AUC)."""
        return math.sqrt(2.0) * float(scipy.stats.norm.ppf(self.auc))

    def draw(
        self, n2: NDArray[np.bool_], generator: np.random.Generator
    ) -> list[dict[str, object]]:
        """Return the values of each patient by column, None for patients without the panel.

        Parameters
        ----------
        n2
            Whether a patient has N2, (n,).
        generator
            The random numbers; those of a patient do not depend on later ones.
        """
        normal = generator.standard_normal((len(n2), self.features + 2))
        signal = self.informative * LOADING**2 / (1.0 - LOADING**2)
        shift = self.separation * math.sqrt((1.0 + signal) / signal)
        shed = normal[:, 0] + shift * n2
        values = normal[:, 2:]
        values[:, : self.informative] *= math.sqrt(1.0 - LOADING**2)
        values[:, : self.informative] += LOADING * shed[:, None]
        known = scipy.special.ndtr(normal[:, 1]) < self.known
        return [
            {
                name: float(x) if has_panel else None
                for name, x in zip(self._names, row, strict=True)
            }
            for row, has_panel in zip(values, known, strict=True)
        ]

    def truth(self, model: CausalModel) -> Mapping[str, float]:
        """Return the AUCs of the features, alone and with the true risk, in the population."""
        draws, patients = draw_population(model.visibility)
        risk = draw_nodes(draws, patients, model).risk
        noise = np.random.default_rng(0).standard_normal(len(risk))
        shift = self.separation
        # log likelihood ratio of a normal score whose means are `shift` SDs apart
        with_n2, without = shift * noise + shift**2 / 2, shift * noise - shift**2 / 2
        log_odds = scipy.special.logit(risk)
        return {
            "AUC from cfDNA": self.auc,
            "AUC of the true risk and cfDNA": _weighted_auc(
                log_odds + with_n2, risk, log_odds + without, 1.0 - risk
            ),
        }


def _weighted_auc(
    positive: NDArray[np.float64],
    positive_weights: NDArray[np.float64],
    negative: NDArray[np.float64],
    negative_weights: NDArray[np.float64],
) -> float:
    """Return the AUC of weighted scores of positive and negative cases, each (n,)."""
    from sklearn.metrics import roc_auc_score

    labels = np.repeat([1.0, 0.0], len(positive))
    scores = np.concatenate([positive, negative])
    weights = np.concatenate([positive_weights, negative_weights])
    return float(roc_auc_score(labels, scores, sample_weight=weights))
