"""Primary metrics of a benchmark, each once and in one spelling."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench import choices
from lnmbench.contracts import Metric
from lnmbench.errors import UserError
from lnmbench.registry import Registry, Selection
from lnmbench.stages.plan.spelling import spell


def normalize_metrics(names: Sequence[str], registry: Registry) -> tuple[str, ...]:
    """Return the names of primary metrics without default parameters, numbers as Python prints.

    A metric that is named twice, in whatever spelling, would have two rows and count twice in
    Holm's family.

    Raises
    ------
    UserError
        For unknown names and parameters, and for metrics that cannot score the target.
    """
    return tuple(
        dict.fromkeys(
            _spell_primary(registry.metrics.select(choices.parse(name))) for name in names
        )
    )


def _spell_primary(selection: Selection[Metric]) -> str:
    kinds = selection.build().kinds
    if "binary" not in kinds:
        raise UserError(
            f"metric {selection.written} cannot be primary",
            expected="one that scores the target",
            got=f"one for {' and '.join(kinds)} labels",
        )
    return spell(selection)
