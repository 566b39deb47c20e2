"""Cases without images in a plan: their use, and refusals of folds and cohorts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import Cohort, Protocol, Splits
from lnmbench.text import plural


def offers_images(cohort: Cohort, protocol: Protocol) -> bool:
    """Return whether networks with images can learn from a cohort.

    Each case has images, or the protocol masks those of the others.
    """
    return cohort.has_images or (
        protocol.missing_images == "mask" and bool(cohort.case_has_images.any())
    )


def describe_missing_images(
    cohort: Cohort, positions: NDArray[np.int64], protocol: Protocol
) -> list[str]:
    """Return a note on the use of the cases without images, if the protocol masks them.

    Parameters
    ----------
    cohort
        The cohort.
    positions
        The positions of the cases of the plan.
    protocol
        The protocol.
    """
    if protocol.missing_images == "refuse":
        return []
    missing = int((~cohort.case_has_images[positions]).sum())
    total = plural(len(positions), "case")
    if not missing:
        return [f"missing_images=mask has no effect: all {total} have images"]
    if not cohort.case_has_images.any():
        return []
    return [f"{missing} of {total} have no images; networks with images predict them without"]


def refuse_missing_images(cohort: Cohort, user: str, protocol: Protocol, *, then: str) -> None:
    """Raise `UserError` for a cohort from which networks with images cannot learn.

    Parameters
    ----------
    cohort
        The cohort.
    user
        The encoder or baseline that needs images.
    protocol
        The protocol.
    then
        Another method, for the message.
    """
    if offers_images(cohort, protocol):
        return
    missing = int((~cohort.case_has_images).sum())
    if missing == len(cohort):
        raise UserError(f"cohort {cohort.name} has no images for {user}", then=then)
    raise UserError(
        f"{missing} of {plural(len(cohort), 'case')} of cohort {cohort.name} have no images for"
        f" {user}",
        then=f"add --missing-images mask to predict them without images, or {then}",
    )


def refuse_folds_without_images(
    cohort: Cohort, positions: NDArray[np.int64], splits: Splits, protocol: Protocol
) -> None:
    """Raise `UserError` if a fit would train on cases without images alone.

    Parameters
    ----------
    cohort
        The cohort.
    positions
        The positions of the cases of the plan, (n,).
    splits
        The folds of these cases.
    protocol
        The protocol; nothing is refused unless it masks missing images.
    """
    has_images = cohort.case_has_images[positions]
    if protocol.missing_images == "refuse" or not has_images.any():
        return
    for repeat, fold in splits.units():
        inner_of = splits.inner[repeat, fold]
        for inner in range(protocol.inner):
            if not has_images[(inner_of >= 0) & (inner_of != inner)].any():
                raise UserError(
                    f"a fit of repeat {repeat + 1} would train on cases without images alone",
                    where=f"cohort {cohort.name}",
                    expected="cases with images in the training part of every inner fold",
                    got=f"{plural(int(has_images.sum()), 'case')} with images",
                    then="omit --missing-images, or use fewer folds",
                )
