"""Quadratic programs with bounds, against quadprog."""

from __future__ import annotations

import numpy as np
import torch
from lnmbench_weightings.quadratic import minimize_nonnegative
from qpsolvers import solve_qp


def test_minima_are_those_of_a_solver_of_quadratic_programs() -> None:
    generator = torch.Generator().manual_seed(1)
    for size in (1, 2, 5, 8):
        # a common component with the opposite sign makes the programs ill-conditioned
        factors = torch.randn(30, size, size + 1, generator=generator, dtype=torch.float64)
        factors[:, 1:] -= 0.5 * factors[:, :1]
        matrix = factors @ factors.mT
        linear = torch.randn(30, size, generator=generator, dtype=torch.float64)
        x, optimal = minimize_nonnegative(matrix, linear)
        assert optimal.all()
        for a, b, value in zip(matrix.numpy(), linear.numpy(), x.numpy(), strict=True):
            expected = solve_qp(a, -b, lb=np.zeros(size), solver="quadprog")
            np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6)


def test_a_program_without_a_minimum_is_not_optimal() -> None:
    matrix = torch.tensor([[[1.0, -1.0], [-1.0, 1.0]]], dtype=torch.float64)
    x, optimal = minimize_nonnegative(matrix, torch.ones(1, 2, dtype=torch.float64))
    assert optimal.tolist() == [False]
    assert (x >= 0).all()


def test_zero_matrices_give_zero() -> None:
    x, optimal = minimize_nonnegative(torch.zeros(2, 3, 3).double(), torch.zeros(2, 3).double())
    assert optimal.all()
    assert x.tolist() == [[0.0] * 3] * 2
