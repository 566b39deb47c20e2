"""Primary metrics of a benchmark and their margins, each once and in one spelling."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench import choices
from lnmbench.contracts import Metric
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import UserError
from lnmbench.records import TargetKind
from lnmbench.registry import Registry, Selection
from lnmbench.stages.plan.spelling import spell


def normalize_metrics(
    names: Sequence[str], registry: Registry, kind: TargetKind = "binary"
) -> tuple[str, ...]:
    """Return the names of primary metrics without default parameters, numbers as Python prints.

    A metric that is named twice, in whatever spelling, would have two rows and count twice in
    Holm's family.

    Parameters
    ----------
    names
        The names as the user wrote them.
    registry
        The plugins that offer metrics.
    kind
        The kind of the target, which a primary metric must score.

    Raises
    ------
    UserError
        For unknown names and parameters, and for metrics that cannot score the target.
    """
    return tuple(
        dict.fromkeys(
            _spell_primary(registry.metrics.select(choices.parse(name)), kind) for name in names
        )
    )


def normalize_margins(
    margins: Sequence[tuple[str, float]],
    primary: Sequence[str],
    registry: Registry,
    kind: TargetKind = "binary",
) -> tuple[tuple[str, float], ...]:
    """Return the margins by primary metric, in the order of the primary metrics.

    Parameters
    ----------
    margins
        Names of metrics with positive numbers, as the user wrote them.
    primary
        The primary metrics as `normalize_metrics` returns them.
    registry
        The plugins that offer metrics.
    kind
        The kind of the target.

    Raises
    ------
    UserError
        For an unknown metric, one that is not primary, two margins of one metric, and a margin that
        is not smaller than the range of the metric.
    """
    by_metric: dict[str, float] = {}
    for name, margin in margins:
        selection = registry.metrics.select(choices.parse(name))
        metric = _spell_primary(selection, kind)
        if metric not in primary:
            raise UserError(
                f"margin for metric {metric}, which is not primary",
                expected=f"a primary metric: {', '.join(primary)}",
                then=f"declare it, too: --primary {metric}",
            )
        if by_metric.get(metric, margin) != margin:
            raise UserError(
                f"two margins for metric {metric}",
                expected="one",
                got=f"{by_metric[metric]:g} and {margin:g}",
            )
        low, high = selection.build().bounds
        if not margin < high - low:
            raise UserError(
                f"margin for metric {metric} is as large as its range",
                expected=f"less than {high - low:g}",
                got=f"{margin:g}",
            )
        by_metric[metric] = margin
    return tuple((metric, by_metric[metric]) for metric in primary if metric in by_metric)


def _spell_primary(selection: Selection[Metric], kind: TargetKind) -> str:
    kinds = selection.build().kinds
    if kind not in kinds:
        raise UserError(
            f"metric {selection.written} cannot be primary",
            expected=f"one that scores the target, which is {kind}",
            got=f"one for {' and '.join(kinds)} labels",
            then=f"for example --primary {DEFAULTS.primary_metrics[kind][0]}",
        )
    return spell(selection)
