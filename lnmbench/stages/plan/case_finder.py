"""Cases of a cohort by the ids of the user's tables."""

from __future__ import annotations

from collections.abc import Callable

from lnmbench.records import Cohort
from lnmbench.stages.ingest import Pseudonyms


def make_case_finder(
    cohort: Cohort, pseudonyms: Pseudonyms | None = None
) -> Callable[[str], int | None]:
    """Return a function that finds the position of a case by its id.

    In a cohort with pseudonyms, an original id finds its case as well as its pseudonym.

    Parameters
    ----------
    cohort
        The cohort.
    pseudonyms
        Those that replaced the ids of the cohort, if any.
    """
    positions = {id_: number for number, id_ in enumerate(cohort.ids)}

    def find(id_: str) -> int | None:
        position = positions.get(id_)
        if position is None and pseudonyms is not None:
            return positions.get(pseudonyms.replace("id", id_))
        return position

    return find
