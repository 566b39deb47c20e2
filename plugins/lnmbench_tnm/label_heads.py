"""Losses and predictions of one label: classes, ordered classes, a binary label, several, a number.

Labels of classes are sets, (…, n, classes) with 1 for the classes that a case can be. The loss of a
set is minus the logarithm of its probability (Jin & Ghahramani, Learning with Multiple Labels, NIPS
2002; Cour et al., Learning from Partial Labels, JMLR 2011): the cross-entropy for one class, and 0
for an empty set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lnmbench import Label

if TYPE_CHECKING:
    from torch import Tensor, nn


class LabelHead(Protocol):
    """Loss and predictions from the logits of one label; as in `lnmbench.contracts.AuxTask`."""

    @property
    def kind(self) -> Label:
        """Kind of the label."""

    @property
    def outputs(self) -> int:
        """Number of logits."""

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of every case, (…, n)."""

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the predictions, (…, n, outputs)."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Softmax over classes.

    A share `smoothing` of the loss is the cross-entropy with the neighbors of the set of possible
    classes, which have equal shares (Szegedy et al., Rethinking the Inception Architecture, CVPR
    2016; neighbors: Díaz & Marathe, Soft Labels for Ordinal Regression, CVPR 2019).
    """

    outputs: int
    kind: Label = "ordinal"
    smoothing: float = 0.0

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return −log p(set), smoothed, of each case.

        Parameters
        ----------
        logits
            (…, n, classes).
        targets
            (…, n, classes), 1 for the classes that a case can be, else 0.

        Returns
        -------
        Tensor
            (…, n).
        """
        losses = _minus_log_sums(logits, targets) + logits.logsumexp(-1)
        if not self.smoothing:
            return losses
        neighbors = _find_neighbors(targets)
        counts = neighbors.sum(-1)
        away = -(logits.log_softmax(-1) * neighbors).sum(-1) / counts.clamp(min=1)
        share = self.smoothing * (counts > 0)
        return (1 - share) * losses + share * away

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of each class, (…, n, classes)."""
        return logits.softmax(-1)


@dataclass(frozen=True, slots=True)
class OrderedClasses:
    """Cumulative link model of ordered classes: P(class > k) = σ(s − θₖ) with θ₁ < θ₂ < …

    The first logit is s. The next ones are the distances of the thresholds, through softplus, so
    that the probabilities of all classes are positive, as in CORAL (Cao, Mirjalili & Raschka, Rank
    consistent ordinal regression, Pattern Recognition Letters 2020; McCullagh, Regression Models
    for Ordinal Data, JRSS B 1980). The last logit has no meaning.
    """

    outputs: int
    kind: Label = "ordinal"

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return −log p(set) of each case.

        Parameters
        ----------
        logits
            (…, n, classes).
        targets
            (…, n, classes), 1 for the classes that a case can be, else 0.

        Returns
        -------
        Tensor
            (…, n).
        """
        return _minus_log_sums(self._log_probabilities(logits), targets)

    def layer(self, features: int) -> nn.Module:
        """Return a linear score of so many image features, with thresholds of its own."""
        from lnmbench_tnm.ordered_head import OrderedHead

        return OrderedHead(features, self.outputs)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of each class, (…, n, classes)."""
        return self._log_probabilities(logits).softmax(-1)

    def _log_probabilities(self, logits: Tensor) -> Tensor:
        """Return log p of each class, (…, n, classes).

        Between two thresholds it is log(σ(b) − σ(a)) = log σ(b) + log σ(−a) + log(1 − e^(a − b)).
        """
        import torch
        from torch.nn import functional

        gaps = functional.softplus(logits[..., 1:-1]) + _SMALLEST_GAP  # (…, classes − 2)
        ends = torch.cat([torch.zeros_like(logits[..., :1]), gaps.cumsum(-1)], dim=-1)
        above = ends - ends.mean(-1, keepdim=True) - logits[..., :1]  # θ − s, (…, classes − 1)
        below, over = functional.logsigmoid(above), functional.logsigmoid(-above)
        between = below[..., 1:] + over[..., :-1] + torch.log(-torch.expm1(-gaps))
        return torch.cat([below[..., :1], between, over[..., -1:]], dim=-1)


_SMALLEST_GAP = 1e-3
"""Distance of two thresholds: with 0, the probability of the class between them could be 0."""


@dataclass(frozen=True, slots=True)
class BinaryLabel:
    """Logistic model of a binary label."""

    outputs: int = 1
    kind: Label = "binary"

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the cross-entropy of logits (…, n, 1) with labels 0 and 1, (…, n)."""
        from torch.nn import functional

        risk = logits[..., 0]
        labels = targets.expand_as(risk)
        return functional.binary_cross_entropy_with_logits(risk, labels, reduction="none")

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of label 1, (…, n, 1)."""
        return logits.sigmoid()


@dataclass(frozen=True, slots=True)
class BinaryElements:
    """Logistic models of several binary labels, each of which may be unknown.

    The loss of a case is the mean over its known elements, the partial binary cross-entropy with
    γ = −1 of Durand, Mehrasa & Mori, Learning a Deep ConvNet for Multi-label Classification with
    Partial Labels, CVPR 2019.
    """

    outputs: int
    kind: Label = "multilabel"

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean cross-entropy over the known elements of each case.

        Parameters
        ----------
        logits
            (…, n, elements).
        targets
            (…, n, elements), 0, 1 or NaN if unknown.

        Returns
        -------
        Tensor
            (…, n), 0 for a case without a known element.
        """
        import torch
        from torch.nn import functional

        labels = targets.expand_as(logits)
        known = ~torch.isnan(labels)
        losses = functional.binary_cross_entropy_with_logits(
            logits, torch.where(known, labels, 0.0), reduction="none"
        )
        return (losses * known).sum(-1) / known.sum(-1).clamp(min=1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probability of each element, (…, n, elements)."""
        return logits.sigmoid()


@dataclass(frozen=True, slots=True)
class Measurement:
    """Regression of a number of about unit scale, by the loss of Huber (1964)."""

    outputs: int = 1
    kind: Label = "continuous"

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return Huber's loss of logits (…, n, 1) against values (…, n)."""
        from torch.nn import functional

        predicted = logits[..., 0]
        return functional.huber_loss(predicted, targets.expand_as(predicted), reduction="none")

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the predicted values, (…, n, 1)."""
        return logits


def _minus_log_sums(scores: Tensor, targets: Tensor) -> Tensor:
    """Return −log Σ exp(score) over the set of each case, and over all classes if it is empty."""
    inside = targets > 0
    inside = inside | ~inside.any(dim=-1, keepdim=True)
    return -scores.masked_fill(~inside, -float("inf")).logsumexp(-1)


def _find_neighbors(targets: Tensor) -> Tensor:
    """Return the classes next to the set of each case but not in it, 0 and 1 (…, n, classes)."""
    from torch.nn import functional

    inside = (targets > 0).to(targets.dtype)
    shifted = functional.pad(inside[..., 1:], (0, 1)) + functional.pad(inside[..., :-1], (1, 0))
    return ((shifted > 0) & (inside == 0)).to(targets.dtype)
