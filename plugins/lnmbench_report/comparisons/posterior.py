"""Posterior of the differences, with the region of practical equivalence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from lnmbench.records import Axis, Figure, Mark, Panel, Results
from lnmbench.results import (
    aux_questions,
    can_show_effect,
    format_decimal,
    format_probability,
    join_and,
    metric_title,
)
from lnmbench.stats.bayes import CorrelatedPosterior, bayesian_correlated_ttest
from lnmbench_report.comparisons.contrasts import (
    Contrast,
    constant_notes,
    difference_heading,
    make_contrasts,
    pair_label,
    select_drawn,
)
from lnmbench_report.figure_parts import MOST_POINTS, figure_title, reference_line
from lnmbench_report.practical_equivalence import describe_ropes, find_rope

MOST_CURVES, MOST_PANELS = 6, 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PosteriorContrast:
    """A contrast with its posterior."""

    contrast: Contrast
    posterior: CorrelatedPosterior


def draw_posterior(results: Results) -> Iterator[Figure]:
    """Yield the posterior of each auxiliary question in the first two primary metrics."""
    questions = [
        question
        for question in select_drawn(results, aux_questions(results))
        if can_show_effect(results, question)
    ]
    contrasts = list(make_contrasts(results, questions[:MOST_CURVES]))[:MOST_PANELS]
    panels = [
        (metric, posteriors)
        for metric, group in contrasts
        if (posteriors := _compute_posteriors(results, group, find_rope(results, metric)))
    ]
    if not panels:
        return
    sentences = list(_write_sentences(results, panels))
    yield Figure(
        key="posterior",
        title=figure_title(results, "Posterior of the differences"),
        alt=f"Posterior densities. {' '.join(sentences)}",
        panels=tuple(_draw_panel(results, metric, group) for metric, group in panels),
        notes=(
            "Bayesian correlated t-test (Corani & Benavoli 2015): the posterior of the true "
            f"difference. {describe_ropes(results, [metric for metric, _ in panels])}",
            *sentences,
            *constant_notes(results, contrasts),
        ),
    )


def _compute_posteriors(
    results: Results, contrasts: Sequence[Contrast], rope: float
) -> list[PosteriorContrast]:
    folds = results.protocol.folds
    return [
        PosteriorContrast(
            contrast=contrast,
            posterior=bayesian_correlated_ttest(contrast.differences, folds=folds, rope=rope),
        )
        for contrast in contrasts
        if not contrast.constant
    ]


def _draw_panel(results: Results, metric: str, posteriors: Sequence[PosteriorContrast]) -> Panel:
    rope = find_rope(results, metric)
    curves = [_draw_density(posterior) for posterior in posteriors]
    top = 1.05 * max(float(curve.y.max()) for curve in curves)
    region = Mark(
        kind="band",
        x=np.array([-rope, rope]),
        y=np.full(2, top / 2.0),
        low=np.zeros(2),
        high=np.full(2, top),
        name=f"practically equivalent (within ± {format_decimal(rope)})",
        color="equivalent",
    )
    return Panel(
        title=metric_title(results, metric),
        x=Axis(title=difference_heading(results, metric)),
        y=Axis(title="Posterior density", low=0.0, high=top),
        marks=(region, reference_line([0.0, 0.0], [0.0, top]), *curves),
    )


def _draw_density(posterior_contrast: PosteriorContrast) -> Mark:

    posterior, contrast = posterior_contrast.posterior, posterior_contrast.contrast
    half = 4.0 * posterior.scale
    x = np.linspace(posterior.mean - half, posterior.mean + half, MOST_POINTS)
    return Mark(
        kind="line",
        x=x,
        y=scipy.stats.t.pdf(x, posterior.df, loc=posterior.mean, scale=posterior.scale),
        name=pair_label(contrast.question),
        methods=contrast.methods,
        color=contrast.color,
    )


def _write_sentences(
    results: Results, panels: Sequence[tuple[str, Sequence[PosteriorContrast]]]
) -> Iterator[str]:
    probabilities: dict[str, list[str]] = {}
    for metric, posteriors in panels:
        for posterior in posteriors:
            parts = probabilities.setdefault(pair_label(posterior.contrast.question), [])
            title = metric_title(results, metric)
            parts.append(f"{title} {_describe_probabilities(results, posterior)}")
    for pair, parts in probabilities.items():
        yield f"{pair}: {join_and(parts)}."


def _describe_probabilities(results: Results, posterior_contrast: PosteriorContrast) -> str:
    posterior = posterior_contrast.posterior
    worse, better = posterior.worse, posterior.better
    if not results.metric_better.get(posterior_contrast.contrast.metric, True):
        worse, better = better, worse
    sides = {"worse": worse, "practically equivalent": posterior.equivalent, "better": better}
    return ", ".join(f"{side} {format_probability(p)}" for side, p in sides.items())
