"""Cases without images in a plan: their use, their number, and refusals of folds and cohorts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import Cohort, ImageCounts, Protocol, Splits
from lnmbench.text import plural


def offers_images(cohort: Cohort, protocol: Protocol) -> bool:
    """Return whether networks with images can learn from a cohort.

    Each case has images, or the protocol masks those of the others or excludes them.
    """
    return cohort.has_images or (
        protocol.missing_images != "refuse" and bool(cohort.case_has_images.any())
    )


def find_usable_cases(cohort: Cohort, protocol: Protocol) -> NDArray[np.bool_]:
    """Return whether methods may train on each case of the cohort and predict it, (n,).

    Raises `UserError` if the protocol excludes cases without images and no case has any.
    """
    if protocol.missing_images != "exclude":
        return np.ones(len(cohort), dtype=np.bool_)
    if not cohort.case_has_images.any():
        raise UserError(
            f"no case of cohort {cohort.name} has images: no case is left",
            then="omit --missing-images exclude",
        )
    return cohort.case_has_images


def count_images(
    cohort: Cohort, labels: NDArray[np.float64], protocol: Protocol
) -> ImageCounts | None:
    """Return the numbers of labeled cases with and without images.

    They are None if the protocol refuses missing images, and without cases of either kind.

    Parameters
    ----------
    cohort
        The cohort.
    labels
        The target of each case of the cohort: 1 if positive, NaN if unknown, (n,).
    protocol
        The protocol.
    """
    if protocol.missing_images == "refuse":
        return None
    labeled = ~np.isnan(labels)
    has_images, positive = cohort.case_has_images[labeled], labels[labeled] == 1
    if has_images.all() or not has_images.any():
        return None
    is_masked = protocol.missing_images == "mask"
    return ImageCounts(
        with_images=int(has_images.sum()),
        positives_with_images=int((positive & has_images).sum()),
        without_images=int((~has_images).sum()),
        positives_without_images=int((positive & ~has_images).sum()),
        masked=tuple(np.flatnonzero(~has_images).tolist()) if is_masked else (),
        left_out=not is_masked,
    )


def describe_missing_images(
    cohort: Cohort, positions: NDArray[np.int64], protocol: Protocol
) -> list[str]:
    """Return a note on the use of the cases without images, if the protocol allows them.

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
    if protocol.missing_images == "exclude":
        positions = np.arange(len(cohort))
    missing = int((~cohort.case_has_images[positions]).sum())
    total = plural(len(positions), "case")
    if not missing:
        return [f"missing_images={protocol.missing_images} has no effect: all {total} have images"]
    if protocol.missing_images == "exclude":
        return [f"{missing} of {total} left out: no images"]
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
        then="add --missing-images mask to predict them without images, or exclude to leave them"
        f" out, or {then}",
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
    if protocol.missing_images != "mask" or not has_images.any():
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
