"""Small quadratic programs with bounds, for many models at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_ROUNDS, _SWEEPS = 20, 5
_TOLERANCE = 1e-9


def minimize_nonnegative(matrix: Tensor, linear: Tensor) -> tuple[Tensor, Tensor]:
    """Return the x ≥ 0 that minimizes x'Ax / 2 − b'x.

    Sweeps of coordinate descent find which elements are positive. The equations of these are solved
    exactly, and elements of the wrong sign or slope change sides (block principal pivoting, Júdice
    and Pires 1994), until the conditions of a minimum hold.

    Parameters
    ----------
    matrix
        Positive semidefinite matrices A, float64 (…, m, m).
    linear
        Vectors b, float64 (…, m).

    Returns
    -------
    tuple[Tensor, Tensor]
        x (…, m), and whether it is the minimum, bool (…): where none is attained, it is not.
    """
    import torch

    x, swept = torch.zeros_like(linear), torch.zeros_like(linear)
    optimal = torch.zeros(linear.shape[:-1], dtype=torch.bool, device=linear.device)
    for _ in range(_ROUNDS):
        swept = _sweep(matrix, linear, swept)
        positive = swept > 0
        for _ in range(linear.shape[-1]):
            exact = _solve_positive(matrix, linear, positive)
            slopes = (matrix @ exact[..., None])[..., 0] - linear  # (…, m)
            solved = _is_optimal(matrix, linear, exact, slopes)
            x = torch.where((solved & ~optimal)[..., None], exact, x)
            optimal = optimal | solved
            if bool(optimal.all()):
                return x, optimal
            positive = torch.where(positive, exact > 0, slopes < 0)
    return torch.where(optimal[..., None], x, swept), optimal


def _sweep(matrix: Tensor, linear: Tensor, start: Tensor) -> Tensor:
    """Return x after some sweeps of coordinate descent."""
    import torch

    diagonal = matrix.diagonal(dim1=-2, dim2=-1)  # (…, m)
    usable = diagonal > 1e-14 * diagonal.amax(-1, keepdim=True)
    steps = torch.where(usable, 1.0 / torch.where(usable, diagonal, 1.0), 0.0)
    x = start.clone()
    for _ in range(_SWEEPS):
        for j in range(x.shape[-1]):
            slope = linear[..., j] - (matrix[..., j, :] * x).sum(-1)
            x[..., j] = (x[..., j] + slope * steps[..., j]).clamp(min=0.0)
    return x


def _solve_positive(matrix: Tensor, linear: Tensor, positive: Tensor) -> Tensor:
    """Return the x with zero slope in its positive elements; the others are 0."""
    import torch

    both = positive[..., :, None] & positive[..., None, :]  # (…, m, m)
    identity = torch.eye(linear.shape[-1], dtype=linear.dtype, device=linear.device)
    system = torch.where(both, matrix, identity * ~positive[..., None])
    solution, _ = torch.linalg.solve_ex(system, torch.where(positive, linear, 0.0))
    return torch.where(positive, solution, 0.0)


def _is_optimal(matrix: Tensor, linear: Tensor, x: Tensor, slopes: Tensor) -> Tensor:
    """Return whether x ≥ 0, and slopes are 0 where x is positive and not negative elsewhere."""
    import torch

    scale = linear.abs() + (matrix.abs() @ x.abs()[..., None])[..., 0] + 1e-300
    fits = torch.where(x > 0, slopes.abs(), -slopes) <= _TOLERANCE * scale
    return ((x >= 0) & fits).all(-1)
