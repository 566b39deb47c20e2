"""Gibbs sampler of the hierarchical model of `lnmbench.stats.hierarchical`.

Student's t is a normal whose precision has gamma weights. Given these, all parameters are drawn
exactly except ν, by Metropolis steps with the weights integrated out, and σ_0, by Metropolis steps
with the δ_i integrated out, so that no chain gets stuck where σ_0 is narrow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

CHAINS = 32
WARM_UP = 500
WIDEST = 1000.0  # σ_0 reaches up to this many times the largest difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """Sufficient statistics of the folds of each of q cohorts, (q,) each.

    The folds' quadratic form under their correlation is within + quadratic · (x̄ − δ)², the
    variance of their mean x̄ is between · σ². `furthest` is the largest difference of all.
    """

    size: NDArray[np.float64]
    mean: NDArray[np.float64]
    within: NDArray[np.float64]
    quadratic: NDArray[np.float64]
    between: NDArray[np.float64]
    furthest: float


@dataclass(slots=True, kw_only=True)
class _State:
    """One point of every chain: δ_0, σ_0, ν (chains, 1), δ_i, σ_i² and weights (chains, q)."""

    center: NDArray[np.float64]
    scale: NDArray[np.float64]
    nu: NDArray[np.float64]
    delta: NDArray[np.float64]
    variance: NDArray[np.float64]
    weight: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """δ_0, σ_0 and ν of (draws, chains), and the means of δ_i of (q,)."""

    center: NDArray[np.float64]
    scale: NDArray[np.float64]
    nu: NDArray[np.float64]
    delta: NDArray[np.float64]


def sample(data: Folds, draws: int, rng: np.random.Generator) -> Draws:
    """Return the draws of each of `CHAINS` chains after `WARM_UP` steps.

    Parameters
    ----------
    data
        Sufficient statistics of q cohorts.
    draws
        Number of draws of each chain.
    rng
        Generator of the draws.

    Returns
    -------
    Draws
        Parameters (draws, chains) and the means of δ_i, (q,).
    """
    state, prior = _start(data, rng), _NuPrior()
    samples: list[NDArray[np.float64]] = []
    total = np.zeros(data.mean.size)
    for step in range(WARM_UP + draws):
        _draw_nu_and_weights(state, prior, rng)
        _draw_scale(state, data, rng)
        _draw_means(state, data, rng)
        _draw_variances(state, data, rng)
        if step >= WARM_UP:
            samples.append(np.stack([state.center[:, 0], state.scale[:, 0], state.nu[:, 0]]))
            total += state.delta.mean(axis=0)
    center, scale, nu = np.stack(samples, axis=1)  # (3, draws, chains)
    return Draws(center=center, scale=scale, nu=nu, delta=total / draws)


def _start(data: Folds, rng: np.random.Generator) -> _State:
    variance = np.tile(data.within / data.size, (CHAINS, 1))
    noise = np.sqrt(variance * data.between)
    delta = data.mean + noise * rng.normal(size=noise.shape)
    # chains begin apart, so that R̂ shows whether they converged
    scale = noise.mean(axis=1, keepdims=True) * np.exp(rng.normal(size=(CHAINS, 1)))
    return _State(
        center=delta.mean(axis=1, keepdims=True),
        scale=scale,
        nu=1.0 + rng.gamma(1.5, 30.0, size=(CHAINS, 1)),
        delta=delta,
        variance=variance,
        weight=np.ones_like(delta),
    )


class _NuPrior:
    """The log density of log(ν − 1), with shape and rate of the gamma averaged out on a grid."""

    def __init__(self) -> None:
        self.grid = np.linspace(-14.0, 9.0, 701)
        shapes = np.linspace(1.0125, 1.9875, 40)
        log_rates = np.log(np.linspace(0.011125, 0.098875, 40))[:, None]
        powers, decay = log_rates + self.grid, np.exp(log_rates + self.grid)
        densities = [
            np.exp(a * powers - decay - scipy.special.gammaln(a)).mean(axis=0) for a in shapes
        ]
        self.log_density = np.log(np.maximum(np.mean(densities, axis=0), 1e-300))

    def __call__(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        inside = (value > self.grid[0]) & (value < self.grid[-1])
        density = np.interp(value, self.grid, self.log_density)
        return np.where(inside, density, -np.inf)


def _draw_nu_and_weights(state: _State, prior: _NuPrior, rng: np.random.Generator) -> None:
    squares = ((state.delta - state.center) / state.scale) ** 2

    def target(value: NDArray[np.float64]) -> NDArray[np.float64]:
        nu = 1.0 + np.exp(value)
        fixed = (
            scipy.special.gammaln((nu + 1.0) / 2.0)
            - scipy.special.gammaln(nu / 2.0)
            - 0.5 * np.log(nu)
        )
        tails = (nu + 1.0) / 2.0 * np.log1p(squares / nu)
        return np.asarray(prior(value) + (fixed - tails).sum(axis=1, keepdims=True))

    state.nu = 1.0 + np.exp(_step(np.log(state.nu - 1.0), target, rng))
    rate = (state.nu + squares) / 2.0
    state.weight = rng.standard_gamma((state.nu + 1.0) / 2.0, size=rate.shape) / rate


def _draw_scale(state: _State, data: Folds, rng: np.random.Generator) -> None:
    noise = state.variance * data.between
    squares = (data.mean - state.center) ** 2
    widest = math.log(WIDEST * data.furthest)

    def target(value: NDArray[np.float64]) -> NDArray[np.float64]:
        total = noise + np.exp(2.0 * value) / state.weight
        fit = -0.5 * (np.log(total) + squares / total).sum(axis=1, keepdims=True)
        return np.where(value < widest, fit + value, -np.inf)

    state.scale = np.exp(_step(np.log(state.scale), target, rng))


def _draw_means(state: _State, data: Folds, rng: np.random.Generator) -> None:
    noise, prior = state.variance * data.between, state.scale**2 / state.weight
    precision = 1.0 / (noise + prior)
    total = precision.sum(axis=1, keepdims=True)
    mean, deviation = (precision * data.mean).sum(axis=1, keepdims=True) / total, total**-0.5
    sides = (-data.furthest, data.furthest)
    low, high = (scipy.special.ndtr((side - mean) / deviation) for side in sides)
    uniform = low + (high - low) * rng.random(mean.shape)
    state.center = mean + deviation * scipy.special.ndtri(uniform)
    share = prior / (noise + prior)
    middle = share * data.mean + (1.0 - share) * state.center
    state.delta = middle + np.sqrt(share * noise) * rng.normal(size=middle.shape)


def _draw_variances(state: _State, data: Folds, rng: np.random.Generator) -> None:
    quadratic = data.within + data.quadratic * (data.mean - state.delta) ** 2
    # σ_i uniform makes 1/σ_i² gamma with one half degree less than the usual prior
    state.variance = quadratic / (
        2.0 * rng.standard_gamma((data.size - 1.0) / 2.0, quadratic.shape)
    )


def _step(
    value: NDArray[np.float64],
    target: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Take three Metropolis steps in each chain, short to long, as no one length suits all data."""
    height = target(value)
    for length in (0.3, 1.0, 3.0):
        proposed = value + length * rng.normal(size=value.shape)
        reached = target(proposed)
        accepted = np.log(rng.random(value.shape)) < reached - height
        value, height = np.where(accepted, proposed, value), np.where(accepted, reached, height)
    return value
