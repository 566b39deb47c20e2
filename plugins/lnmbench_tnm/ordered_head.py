"""Head of a cumulative link model: a score and thresholds that no feature moves."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class OrderedHead(nn.Module):
    """Logits of `OrderedClasses`: a linear score, and distances of thresholds that are parameters.

    As in CORAL (Cao, Mirjalili & Raschka, Pattern Recognition Letters 2020), all cases share the
    thresholds. Both start at zero.

    Parameters
    ----------
    features
        The number of image features.
    classes
        The number of classes.
    """

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.score = nn.Linear(features, 1)
        self.distances = nn.Parameter(torch.zeros(classes - 1))
        nn.init.zeros_(self.score.weight)
        nn.init.zeros_(self.score.bias)

    def forward(self, features: Tensor) -> Tensor:
        """Return logits (n, classes) of image features (n, features)."""
        score = self.score(features)  # (n, 1)
        return torch.cat([score, self.distances.expand(len(score), -1)], dim=1)
