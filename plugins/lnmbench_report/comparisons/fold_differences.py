"""Figures of differences: the questions' differences on every outer fold, and all mean ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.contracts import SectionGroup
from lnmbench.records import Axis, Block, Figure, Mark, Panel, Results, TestResult
from lnmbench.results import (
    Question,
    all_questions,
    format_with_interval,
    method_labels,
    metric_title,
    primary_metrics_in_order,
)
from lnmbench.text import plural
from lnmbench_report.comparisons.contrasts import (
    Contrast,
    difference_heading,
    interval_marks,
    make_contrasts,
    pair_label,
    primary_tests,
    select_drawn,
)
from lnmbench_report.comparisons.posterior import draw_posterior
from lnmbench_report.comparisons.power import draw_power
from lnmbench_report.figure_parts import figure_title, reference_line, scatter

MOST_QUESTIONS = 10
MOST_PAIRS = 40
MOST_PAIRS_IN_TEXT = 6
_CLOUD, _CLOUD_HEIGHT, _MEAN = 0.1, 0.14, 0.36  # below the label of the row
_PAIR_MEAN = 0.2

PairTests = dict[tuple[str, str, str], TestResult]


class Differences:
    """Differences on the folds, all mean differences, their posterior, and the power."""

    group: SectionGroup = "comparisons"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return up to four figures, or no block if no pair was compared."""
        return [
            *draw_fold_differences(results),
            *draw_forest(results),
            *draw_posterior(results),
            *draw_power(results),
        ]


def draw_fold_differences(results: Results) -> Iterator[Figure]:
    """Yield a figure with a row for each question and a panel for each primary metric."""
    questions = all_questions(results)
    drawn = select_drawn(results, questions)[:MOST_QUESTIONS]
    contrasts_by_metric = list(make_contrasts(results, drawn))
    if not contrasts_by_metric:
        return
    means = [
        f"{pair_label(contrast.question)}: {metric_title(results, metric)} {_format(contrast.test)}"
        for metric, contrasts in contrasts_by_metric
        for contrast in contrasts
    ]
    yield Figure(
        key="paired-differences",
        title=figure_title(results, "Differences on the outer folds"),
        alt=f"Mean differences with corrected 95 % intervals. {'; '.join(means)}.",
        panels=tuple(
            _fold_panel(results, metric, drawn, contrasts)
            for metric, contrasts in contrasts_by_metric
        ),
        notes=tuple(_fold_notes(results, len(questions) - len(drawn))),
    )


def draw_forest(results: Results) -> Iterator[Figure]:
    """Yield a figure with a row for each pair of methods and a panel for each primary metric."""
    tests = primary_tests(results)
    pairs = list(dict.fromkeys((method, reference) for _, method, reference in tests))
    if not pairs:
        return
    rows = pairs[:MOST_PAIRS]
    metrics = [
        metric
        for metric in primary_metrics_in_order(results)
        if any(metric == tested for tested, _, _ in tests)
    ]
    yield Figure(
        key="forest",
        title=figure_title(results, "All differences between methods"),
        alt=_describe_forest(results, rows, tests, metrics[0], len(pairs)),
        panels=tuple(_forest_panel(results, metric, rows, tests) for metric in metrics),
        notes=tuple(_forest_notes(len(pairs) - len(rows))),
    )


def _fold_panel(
    results: Results, metric: str, questions: Sequence[Question], contrasts: Sequence[Contrast]
) -> Panel:
    rows = {id(question): row for row, question in enumerate(questions)}
    marks = [mark for c in contrasts for mark in _fold_marks(c, rows[id(c.question)])]
    return Panel(
        title=metric_title(results, metric),
        x=Axis(title=difference_heading(results, metric)),
        y=Axis(title="", categories=tuple(pair_label(question) for question in questions)),
        marks=(reference_line([0.0, 0.0], [-0.5, len(questions) - 0.5]), *marks),
    )


def _fold_marks(contrast: Contrast, row: int) -> Iterator[Mark]:
    differences = contrast.differences.ravel()
    yield Mark(
        kind="points",
        x=differences,
        y=row + _CLOUD + _CLOUD_HEIGHT * scatter(differences.size),
        methods=contrast.methods,
        color=contrast.color,
    )
    yield from interval_marks(contrast.test, row + _MEAN, contrast.methods)


def _fold_notes(results: Results, undrawn: int) -> Iterator[str]:
    yield (
        f"Each dot is one of {plural(results.protocol.units, 'outer fold')}; its height within the "
        "row has no meaning. Below the dots: mean with the corrected 95 % interval, which is wider "
        "than the dots suggest because the folds share training cases."
    )
    yield from _undrawn_notes(undrawn)


def _forest_panel(
    results: Results, metric: str, pairs: Sequence[tuple[str, str]], tests: PairTests
) -> Panel:
    labels = method_labels(results)
    marks = [
        mark
        for row, pair in enumerate(pairs)
        if (metric, *pair) in tests
        for mark in interval_marks(tests[metric, pair[0], pair[1]], row + _PAIR_MEAN, pair)
    ]
    rows = tuple(f"{labels[method]} against {labels[reference]}" for method, reference in pairs)
    return Panel(
        title=metric_title(results, metric),
        x=Axis(title=difference_heading(results, metric)),
        y=Axis(title="", categories=rows),
        marks=(reference_line([0.0, 0.0], [-0.5, len(pairs) - 0.5]), *marks),
    )


def _describe_forest(
    results: Results, pairs: Sequence[tuple[str, str]], tests: PairTests, metric: str, total: int
) -> str:
    labels = method_labels(results)
    means = [
        f"{labels[method]} against {labels[reference]} {_format(test)}"
        for method, reference in pairs[:MOST_PAIRS_IN_TEXT]
        if (test := tests.get((metric, method, reference)))
    ]
    return (
        f"Differences of {plural(total, 'pair')} with corrected 95 % intervals. "
        f"{metric_title(results, metric)}: {'; '.join(means)}."
    )


def _forest_notes(undrawn: int) -> Iterator[str]:
    yield (
        "Mean difference over the outer folds with its corrected 95 % interval, for each pair "
        "alone, without adjustment; the tables show Holm's p of the questions on auxiliary tasks."
    )
    yield from _undrawn_notes(undrawn)


def _undrawn_notes(undrawn: int) -> Iterator[str]:
    if undrawn:
        yield f"{plural(undrawn, 'more pair is', 'more pairs are')} in the tables."


def _format(test: TestResult) -> str:
    return format_with_interval(test.estimate, test.low, test.high)
