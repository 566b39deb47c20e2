"""Labels of the targets that a cohort has columns for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Target
from lnmbench.errors import UserError
from lnmbench.records import Choice, Cohort
from lnmbench.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TargetLabels:
    """A target and its labels in a cohort, (n,), NaN if unknown."""

    name: str
    target: Target
    labels: NDArray[np.float64]


def label_cohort(cohort: Cohort, registry: Registry) -> Iterator[TargetLabels]:
    """Yield each target that needs no parameters and that the cohort has a column for, by name."""
    for offer in sorted(registry.targets.offers(), key=lambda offer: offer.name):
        try:
            target = registry.targets.build(Choice(name=offer.name))
            labels = target.labels(cohort)
        except UserError:
            continue  # a parameter is missing, or the cohort has no column for it
        yield TargetLabels(name=offer.name, target=target, labels=labels)
