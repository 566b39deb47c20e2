"""Rows of features of a file, matched to the cases of a cohort by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import Cohort
from lnmbench.stages.ingest import Pseudonyms
from lnmbench.stages.plan.case_finder import make_case_finder
from lnmbench.text import plural

_UNKNOWN = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchedRows:
    """The row of each slice or case of a cohort, -1 if there is none, and a notice for the user."""

    rows: NDArray[np.int64]
    notice: str = ""


def match_rows(
    ids: Sequence[str],
    cohort: Cohort,
    level: Literal["slice", "volume", "none"],
    encoder: str,
    *,
    used: NDArray[np.int64] | None = None,
    optional: NDArray[np.bool_] | None = None,
    pseudonyms: Pseudonyms | None = None,
) -> MatchedRows:
    """Return the rows of a cohort's slices (level `slice`) or cases (level `volume`).

    An id matches a case of the same id. In a cohort with pseudonyms, an original id matches as well
    as its pseudonym. No message has an id.

    Parameters
    ----------
    ids
        The id of the case of each row, (rows,).
    cohort
        The cohort.
    level
        The level of the features.
    encoder
        The encoder with the name of its file, for messages.
    used
        Positions in the cohort of the cases that need features, by default all.
    optional
        Whether a case may lack features, bool (n,); by default none may. At least one case of those
        `used` needs them.
    pseudonyms
        Those that replaced the ids of the cohort, if any.

    Raises
    ------
    UserError
        If used cases have no rows, a case has several ids or a wrong number of rows.
    """
    cases, names = _find_cases(ids, cohort, pseudonyms)
    needed = np.zeros(len(cohort), dtype=np.bool_)
    needed[slice(None) if used is None else used] = True
    counts = np.bincount(cases[cases != _UNKNOWN], minlength=len(cohort))
    lacking = np.zeros_like(needed) if optional is None else needed & optional & (counts == 0)
    if (counts[needed] > 0).any():
        needed &= ~lacking
    unknown = len({id_ for id_, case in zip(ids, cases.tolist(), strict=True) if case == _UNKNOWN})
    _refuse_missing(needed, counts, unknown, encoder, pseudonyms)
    several = int((names > 1).sum())
    if several:
        raise UserError(
            f"{plural(several, 'case')} of {encoder} {_verb(several, 'has', 'have')} rows under the"
            " id and under the pseudonym",
            expected="one id for each case",
            then="remove one of them from the file",
        )
    expected = np.diff(cohort.offsets) if level == "slice" else np.ones(len(cohort), np.int64)
    if not (cohort.is_estimate and level == "slice"):
        _refuse_counts(needed, counts, expected, encoder, level)
    order = np.argsort(cases, kind="stable")[int((cases == _UNKNOWN).sum()) :]  # case by case
    starts = np.concatenate([[0], np.cumsum(counts)])
    rows = [
        order[starts[case] : starts[case + 1]]
        if counts[case] == count
        else np.full(count, _UNKNOWN)
        for case, count in enumerate(expected.tolist())
    ]
    notices = []
    if unknown:
        verb = _verb(unknown, "is", "are")
        notices.append(f"{plural(unknown, 'case')} of the file {verb} not in the cohort")
    if level == "volume" and lacking.any():
        total = int((needed | lacking).sum())
        notices.append(f"{int(lacking.sum())} of {plural(total, 'case')} have no features")
    notice = f"{encoder}: {'; '.join(notices)}" if notices else ""
    return MatchedRows(rows=np.concatenate(rows).astype(np.int64), notice=notice)


def _find_cases(
    ids: Sequence[str], cohort: Cohort, pseudonyms: Pseudonyms | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the case of each row (rows,), -1 if unknown, and the number of ids of a case (n,)."""
    find_case = make_case_finder(cohort, pseudonyms)
    case_of: dict[str, int] = {}
    names = np.zeros(len(cohort), dtype=np.int64)
    for id_ in dict.fromkeys(ids):
        case = find_case(id_)
        case_of[id_] = _UNKNOWN if case is None else case
        if case is not None:
            names[case] += 1
    return np.array([case_of[id_] for id_ in ids], dtype=np.int64), names


def _refuse_missing(
    needed: NDArray[np.bool_],
    counts: NDArray[np.int64],
    unknown: int,
    encoder: str,
    pseudonyms: Pseudonyms | None,
) -> None:
    missing, total = int((needed & (counts == 0)).sum()), int(needed.sum())
    if not missing:
        return
    then = "add them to the file, or leave them out of the table"
    if unknown:
        spelled = "as in the table of the data set"
        if pseudonyms is not None:
            spelled += ", or as pseudonyms"
        then = (
            f"{plural(unknown, 'case')} of the file {_verb(unknown, 'is', 'are')} not in the"
            f" cohort: spell ids {spelled}"
        )
    raise UserError(
        f"{encoder} has no features of {missing} of {plural(total, 'case')}",
        expected="features of each case that trains or is predicted",
        then=then,
    )


def _refuse_counts(
    needed: NDArray[np.bool_],
    counts: NDArray[np.int64],
    expected: NDArray[np.int64],
    encoder: str,
    level: str,
) -> None:
    wrong = needed & (counts != expected)
    if not wrong.any():
        return
    first, number = int(np.flatnonzero(wrong)[0]), int(wrong.sum())
    if level == "volume":
        raise UserError(
            f"{plural(number, 'case')} of {encoder} {_verb(number, 'has', 'have')} several rows",
            expected="one row for each case",
            got=f"e.g. {counts[first]} rows of one case",
            then="remove the duplicates, or add level=slice for features of slices",
        )
    raise UserError(
        f"{plural(number, 'case')} of {encoder} {_verb(number, 'has', 'have')} another number of"
        " rows than slices",
        expected=f"e.g. {plural(int(expected[first]), 'row')} for one of them, one for each slice"
        " of the cohort file",
        got=str(counts[first]),
        then="encode the slices of the cohort file, or use level=volume for one row for each case",
    )


def _verb(count: int, singular: str, plural_form: str) -> str:
    return singular if count == 1 else plural_form
