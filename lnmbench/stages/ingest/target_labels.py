"""Labels of the targets that a cohort has columns for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Target
from lnmbench.errors import PluginError, UserError
from lnmbench.records import Choice, Cohort
from lnmbench.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TargetLabels:
    """A target and its labels in a cohort, (n,), NaN if unknown."""

    name: str
    target: Target
    labels: NDArray[np.float64]


def label_cohort(cohort: Cohort, registry: Registry) -> tuple[list[TargetLabels], list[str]]:
    """Return the targets that a cohort has columns for, and lines on faulty ones.

    Targets that need parameters are left out. Both lists are in the order of names.
    """
    labeled, faults = [], []
    for offer in sorted(registry.targets.offers(), key=lambda offer: offer.name):
        try:
            target = registry.targets.build(Choice(name=offer.name))
            labels = target.labels(cohort)
        except UserError as error:
            # otherwise a parameter is missing, or the cohort has no column for it
            if isinstance(error, PluginError) and not error.deliberate:
                faults.append(str(error))
        else:
            labeled.append(TargetLabels(name=offer.name, target=target, labels=labels))
    return labeled, faults
