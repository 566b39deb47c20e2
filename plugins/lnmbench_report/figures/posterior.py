"""What to believe of a difference: its posterior, and the region in which it would not matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lnmbench.records import Axis, Figure, Mark, Panel, Results
from lnmbench.stats.bayes import CorrelatedPosterior, bayesian_correlated_ttest
from lnmbench_report.arms import aux_questions
from lnmbench_report.figures.contrasts import (
    Contrast,
    against,
    contrasts,
    difference_in,
    of_shown,
    title_of,
    without_spread,
)
from lnmbench_report.figures.frame import MOST_POINTS, entitled, rule
from lnmbench_report.printed import decimal, listed, probability

ROPE = 0.01
MOST_CURVES, MOST_PANELS = 6, 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Believed:
    """A contrast with its posterior."""

    contrast: Contrast
    posterior: CorrelatedPosterior


def posterior(results: Results) -> Iterator[Figure]:
    """Yield the posterior of each aux question in the first two primary metrics."""
    rope, asked = _rope(results), of_shown(results, aux_questions(results))
    every = list(contrasts(results, asked[:MOST_CURVES]))[:MOST_PANELS]
    spread = [(metric, _believed(results, own, rope)) for metric, own in every]
    found = [(metric, own) for metric, own in spread if own]
    if not found:
        return
    yield Figure(
        key="posterior",
        title=entitled(results, "What to believe of the differences"),
        alt=f"Posterior densities. {' '.join(_sentences(results, found))}",
        panels=tuple(_panel(results, metric, own, rope) for metric, own in found),
        notes=(_note(rope), *_sentences(results, found), *without_spread(results, every)),
    )


def _rope(results: Results) -> float:
    """Return the region that a Bayesian comparison of the report uses, else ± .01."""
    ropes = (test.rope for one in results.compared for test in one.tests.values())
    return next((rope for rope in ropes if np.isfinite(rope) and rope > 0.0), ROPE)


def _believed(results: Results, own: Sequence[Contrast], rope: float) -> list[Believed]:
    folds = results.protocol.folds
    return [
        Believed(
            contrast=one,
            posterior=bayesian_correlated_ttest(one.differences, folds=folds, rope=rope),
        )
        for one in own
        if not one.constant
    ]


def _panel(results: Results, metric: str, own: Sequence[Believed], rope: float) -> Panel:
    curves = [_density(one) for one in own]
    top = 1.05 * max(float(curve.y.max()) for curve in curves)
    ends = np.array([-rope, rope])
    region = Mark(
        kind="band",
        x=ends,
        y=np.full(2, top / 2.0),
        low=np.zeros(2),
        high=np.full(2, top),
        name=f"practically equivalent (within ± {decimal(rope)})",
        color="equivalent",
    )
    return Panel(
        title=title_of(results, metric),
        x=Axis(title=difference_in(results, metric)),
        y=Axis(title="Posterior density", low=0.0, high=top),
        marks=(region, rule([0.0, 0.0], [0.0, top]), *curves),
    )


def _density(one: Believed) -> Mark:
    from scipy.stats import t as student

    p, contrast = one.posterior, one.contrast
    half = 4.0 * p.scale
    x = np.linspace(p.mean - half, p.mean + half, MOST_POINTS)
    return Mark(
        kind="line",
        x=x,
        y=student.pdf(x, p.df, loc=p.mean, scale=p.scale),
        name=against(contrast.question),
        methods=contrast.methods,
        color=contrast.color,
    )


def _sentences(results: Results, found: Sequence[tuple[str, Sequence[Believed]]]) -> Iterator[str]:
    by_question: dict[str, list[str]] = {}
    for metric, own in found:
        for one in own:
            parts = by_question.setdefault(against(one.contrast.question), [])
            parts.append(f"{title_of(results, metric)} {_chances(results, one)}")
    for name, parts in by_question.items():
        yield f"{name}: {listed(parts)}."


def _chances(results: Results, one: Believed) -> str:
    below, above = one.posterior.worse, one.posterior.better
    up = results.metric_better.get(one.contrast.metric, True)
    worse, better = (below, above) if up else (above, below)
    same = one.posterior.equivalent
    sides = {"worse": worse, "practically equivalent": same, "better": better}
    return ", ".join(f"{side} {probability(chance)}" for side, chance in sides.items())


def _note(rope: float) -> str:
    return (
        "Bayesian correlated t-test (Corani & Benavoli 2015): where the true difference lies after "
        f"these folds. Differences within ± {decimal(rope)} are taken to be too small to matter."
    )
