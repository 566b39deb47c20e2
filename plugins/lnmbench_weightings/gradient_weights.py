"""Weightings by the gradients of the tasks, from their inner products alone.

With the gradients g of the tasks, the target's first, G[i, j] = g[i] · g[j]. Every method here
returns weights w, so that the shared parameters move along Σ w[i] g[i].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench_weightings.loss_weights import SummedWeights
from lnmbench_weightings.parameter_ranges import require_valid
from lnmbench_weightings.quadratic import minimize_nonnegative

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.records import WeightingStep

_TINY = 1e-20


class GramianWeights(SummedWeights):
    """A weighting whose weights are a function of G alone; subclasses have `weights`."""

    needs_gradients = True

    def weigh(self, step: WeightingStep, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return weights (K, tasks).

        Parameters
        ----------
        step
            The gradients of a step.
        state
            (K, 0), not used.
        """
        weights = self.weights(require_gramians(step), step.uniforms)
        return weights.to(step.losses), state

    def weights(self, gramians: Tensor, uniforms: Tensor) -> Tensor:
        """Return weights (K, tasks) of G, float64 (K, tasks, tasks)."""
        raise NotImplementedError


def require_gramians(step: WeightingStep) -> Tensor:
    """Return the inner products of a step as float64, (K, tasks, tasks)."""
    if step.gramians is None:
        raise ValueError("the step has no gradients")
    return step.gramians.double()


class GradientSimilarity(GramianWeights):
    """Auxiliary gradients only where they agree with the target's (Du et al. 2018).

    Parameters
    ----------
    weighted
        Weight of an auxiliary gradient: max(0, cosine) if true, else 1 where the cosine is not
        negative and 0 elsewhere.
    """

    def __init__(self, *, weighted: bool = True) -> None:
        self.weighted = weighted

    def weights(self, gramians: Tensor, uniforms: Tensor) -> Tensor:
        """Return weights (K, tasks), 1 for the target."""
        norms = gramians.diagonal(dim1=1, dim2=2).clamp(min=0.0).sqrt()  # (K, tasks)
        cosines = gramians[:, 0] / (norms[:, :1] * norms).clamp(min=_TINY)
        weights = cosines.clamp(min=0.0) if self.weighted else (cosines >= 0).to(cosines)
        weights[:, 0] = 1.0
        return weights


class ProjectedGradients(GramianWeights):
    """Conflicting gradients projected onto each other's normal plane (PCGrad, Yu et al. 2020)."""

    def weights(self, gramians: Tensor, uniforms: Tensor) -> Tensor:
        """Return weights (K, tasks); a gradient meets the others in random order."""
        import torch

        models, tasks, _ = gramians.shape
        model = torch.arange(models, device=gramians.device)
        total = gramians.new_zeros(models, tasks)
        for i in range(tasks):
            weights = gramians.new_zeros(models, tasks)
            weights[:, i] = 1.0
            for j in uniforms[:, i].argsort(dim=1).T:  # (K,)
                row = gramians[model, j]  # (K, tasks)
                conflict = (row * weights).sum(1).clamp(max=0.0)
                conflict = torch.where(j == i, 0.0, conflict)
                weights[model, j] -= conflict / row[model, j].clamp(min=_TINY)
            total += weights
        return total


class ProjectedOntoTarget(GramianWeights):
    """Auxiliary gradients without the part that conflicts with the target's.

    As PCGrad (Yu et al. 2020), but the target's gradient is never changed.
    """

    def weights(self, gramians: Tensor, uniforms: Tensor) -> Tensor:
        """Return weights (K, tasks), 1 for auxiliary tasks and at least 1 for the target."""
        import torch

        weights = torch.ones_like(gramians[:, 0])
        conflicts = gramians[:, 0, 1:].clamp(max=0.0).sum(1)  # (K,)
        weights[:, 0] -= conflicts / gramians[:, 0, 0].clamp(min=_TINY)
        return weights


class ImpartialGradients(GramianWeights):
    """A direction with equal projections onto all gradients (IMTL-G, Liu et al. 2021)."""

    def weights(self, gramians: Tensor, uniforms: Tensor) -> Tensor:
        """Return weights (K, tasks), of sum 1; 0 where the gradients cancel each other."""
        import torch

        norms = gramians.diagonal(dim1=1, dim2=2).clamp(min=0.0).sqrt()  # (K, tasks)
        weights = torch.linalg.pinv(gramians, hermitian=True, rtol=1e-6) @ norms[:, :, None]
        total = weights.sum(1)  # (K, 1)
        return torch.where(total.abs() < 1e-12, 0.0, weights[:, :, 0] / total)


class UnconflictingGradients(GramianWeights):
    """Mean of the gradients, each projected to conflict with none (UPGrad, Quinton and Rey 2024).

    The projection is onto the dual cone of all gradients.
    """

    def weights(self, gramians: Tensor, uniforms: Tensor) -> Tensor:
        """Return weights (K, tasks)."""
        import torch

        tasks = gramians.shape[1]
        unit = torch.eye(tasks, dtype=gramians.dtype, device=gramians.device) / tasks
        # projection of row u: the v ≥ u with the least v'Gv; here v = u + x
        matrix = gramians[:, None].expand(-1, tasks, -1, -1)  # (K, rows, tasks, tasks)
        added, _ = minimize_nonnegative(matrix, -(unit @ gramians))
        return (unit + added).sum(1)


class ConflictAverseGradients(GramianWeights):
    """The mean gradient, moved to lower the worst loss (CAGrad, Liu et al. 2021).

    Parameters
    ----------
    c
        The largest distance from the mean gradient, as a share of its norm, 0 or more.

    Raises
    ------
    UserError
        If `c` is negative or not finite.
    """

    def __init__(self, *, c: float = 0.4) -> None:
        self.c = require_valid(c, weighting="cagrad", name="c", valid=c >= 0, expected="0 or more")

    def weights(self, gramians: Tensor, uniforms: Tensor) -> Tensor:
        """Return weights (K, tasks)."""
        import torch

        tasks = gramians.shape[1]
        mean = gramians.mean(2)  # g[i] · g0, (K, tasks)
        radius = self.c * mean.mean(1).clamp(min=0.0).sqrt()  # c |g0|, (K,)
        worst = _minimize_on_simplex(gramians, mean, radius)
        length = (worst * (gramians @ worst[:, :, None])[:, :, 0]).sum(1).clamp(min=0.0).sqrt()
        scale = torch.where(length > 0, radius / length.clamp(min=_TINY), 0.0)
        return 1.0 / tasks + scale[:, None] * worst


def _minimize_on_simplex(gramians: Tensor, mean: Tensor, radius: Tensor) -> Tensor:
    """Return the w of the simplex, (K, m), that minimizes mean · w + radius √(w'Gw).

    The masses of two tasks are exchanged at a time, which has a closed form: with d the mass that
    moves, the slope A + radius (B + d C) / √(S + 2 d B + d² C) is zero.
    """
    import torch

    tasks = gramians.shape[1]
    w = torch.full_like(mean, 1.0 / tasks)
    pairs = [(i, j) for i in range(tasks) for j in range(i)]
    for _ in range(30):
        largest = torch.zeros_like(radius)
        for i, j in pairs:
            products = (gramians @ w[:, :, None])[:, :, 0]  # Gw, (K, m)
            a = mean[:, i] - mean[:, j]
            b = products[:, i] - products[:, j]
            c = gramians[:, i, i] - 2 * gramians[:, i, j] + gramians[:, j, j]
            c = c.clamp(min=_TINY)
            s = (w * products).sum(1)
            inside = radius**2 - a**2 / c  # not positive: the slope keeps its sign
            height = a**2 * (s - b**2 / c).clamp(min=0.0) / inside.clamp(min=_TINY)
            moved = (-a.sign() * height.sqrt() - b) / c
            moved = torch.where(inside > 0, moved, -a.sign() * 2.0)
            moved = torch.minimum(torch.maximum(moved, -w[:, i]), w[:, j])
            w[:, i] += moved
            w[:, j] -= moved
            largest = torch.maximum(largest, moved.abs())
        if len(pairs) == 1 or bool((largest < 1e-6).all()):
            break
    return w
