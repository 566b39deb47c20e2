"""Features that seem to be known only after surgery, by name, categories or statistics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import TargetOutcomes
from lnmbench.lexicon.timing import judge_column
from lnmbench.records import Cohort, Column
from lnmbench.registry import Registry
from lnmbench.stages.ingest.target_labels import label_cohort
from lnmbench.stats.leakage import describe_signs, find_separating_pairs, find_signs, is_exact
from lnmbench.text import clean, join_first, plural, quote

MOST_NAMES = 5


def name_late_features(columns: Iterable[Column]) -> str:
    """Return a notice on features whose name or categories suggest the time after surgery.

    The notice is empty without such features. Whoever declared them as features may know better.
    """
    late = [
        f"{quote(clean(column.name))} ({verdict.reason})"
        for column in columns
        if column.role == "feature"
        and (verdict := judge_column(column.name, column.categories)).time == "after"
    ]
    if not late:
        return ""
    return (
        f"{plural(len(late), 'feature seems', 'features seem')} to be known only after surgery: "
        f"{join_first(late, MOST_NAMES)}; leave out what is not known before surgery"
    )


def find_leaks(cohort: Cohort, registry: Registry) -> list[str]:
    """Return a sentence for each feature that predicts a target better than is plausible.

    Parameters
    ----------
    cohort
        The cohort, with the labels of its targets.
    registry
        The plugins, with the targets.
    """
    labels = {each.name: each.labels for each in label_cohort(cohort, registry)[0]}
    for each in label_cohort(cohort, registry)[0]:
        if isinstance(each.target, TargetOutcomes):
            del labels[each.name]  # positive in any outcome
            outcomes = each.target.outcomes(cohort).items()
            labels |= {f"{each.name}, {name}": values for name, values in outcomes}
    distinct = {values.tobytes(): name for name, values in reversed(labels.items())}
    return [
        line
        for name, values in labels.items()
        if distinct[values.tobytes()] == name
        for line in find_leaks_of(cohort, name, values)
    ]


def find_leaks_of(cohort: Cohort, target: str, labels: NDArray[np.float64]) -> list[str]:
    """Return a sentence for each feature that predicts one target better than is plausible.

    Parameters
    ----------
    cohort
        The cohort.
    target
        The name of the target.
    labels
        Its labels, (n,), NaN if unknown.
    """
    known = ~np.isnan(labels)
    truth = labels[known]
    lines, numbers = [], {}
    for column in cohort.features:
        values = np.asarray(cohort.values[column.name], dtype=np.float64)[known]
        signs = find_signs(values, truth, nominal=column.kind == "nominal")
        for sentence in describe_signs(signs):
            lines.append(_describe(f"feature {quote(clean(column.name))} {sentence}", target))
        if column.kind == "continuous" and not is_exact(signs):
            numbers[column.name] = values
    for first, second in find_separating_pairs(numbers, truth):
        pair = f"features {quote(clean(first))} and {quote(clean(second))}"
        lines.append(_describe(f"{pair} together separate all cases: their difference", target))
    return lines


def shorten(lines: Sequence[str]) -> list[str]:
    """Return the first lines, and a line that counts the others."""
    more = len(lines) - MOST_NAMES
    return [*lines[:MOST_NAMES], *([f"and {more} more like these"] if more > 0 else [])]


def _describe(sentence: str, target: str) -> str:
    return f"{sentence} (target {target}); check that it is known before surgery"
