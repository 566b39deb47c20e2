"""Cases of the networks of a plan: its own, and those whose target is unknown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Cohort, Plan
from lnmbench.stages.plan.missing_images import find_usable_cases


def network_positions(plan: Plan, cohort: Cohort) -> NDArray[np.int64]:
    """Return the positions in the cohort of the cases on which networks train, (n + m,).

    The n cases of the plan come first, in its order. The other m cases of the cohort, whose target
    is unknown, follow if the protocol has `train_unlabeled`; without images, only if it does not
    exclude such cases.

    Parameters
    ----------
    plan
        The plan.
    cohort
        Its cohort.
    """
    labeled = cohort.positions(plan.ids)
    if not plan.protocol.train_unlabeled:
        return labeled
    usable = np.flatnonzero(find_usable_cases(cohort, plan.protocol))
    return np.concatenate([labeled, np.setdiff1d(usable, labeled)])


def unlabeled_training(
    plan: Plan, cohort: Cohort, training: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return whether a fit trains on each of the m cases whose target is unknown, (m,).

    It does not if the same patient has a case on which the fit is validated or tested.

    Parameters
    ----------
    plan
        The plan.
    cohort
        Its cohort, which has the patients.
    training
        The plan's cases on which the fit trains, (n,).
    """
    patients = np.asarray(cohort.groups)[network_positions(plan, cohort)]
    labeled, unlabeled = np.split(patients, [len(plan.ids)])
    allowed: NDArray[np.bool_] = ~np.isin(unlabeled, labeled[~training])
    return allowed
