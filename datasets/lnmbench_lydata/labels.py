"""Labels of a lyDATA patient: any involved level, unassigned positive nodes, T stage."""

from __future__ import annotations

from lnmbench import UserError
from lnmbench.text import parse_number
from lnmbench_lydata.data_file import T_PREFIX, T_STAGE
from lnmbench_lydata.levels import PATHOLOGY, SIDES, Row, find_any_involved

_COUNTS = "positive_dissected"
_SUFFIX = ("tumor", "core", "t_stage_suffix")
_STAGES = {"-1": "TX", "0": "T0", "1": "T1", "2": "T2", "3": "T3", "4": "T4"}
PATHOLOGICAL, CLINICAL = "p", "c"


def has_unassigned_nodes(row: Row, where: str) -> bool:
    """Return whether pathology found positive nodes, but no involved level."""
    return (
        find_any_involved(row, PATHOLOGY, where) is False and _count_positive_nodes(row, where) > 0
    )


def read_any_level(row: Row, where: str, *, enbloc: bool) -> str:
    """Return whether any level is involved: True, False, or an empty text if unknown.

    Parameters
    ----------
    row
        The patient.
    where
        The patient in words, for error messages.
    enbloc
        Whether unassigned positive nodes make a patient positive.
    """
    if enbloc and has_unassigned_nodes(row, where):
        return "True"
    involved = find_any_involved(row, PATHOLOGY, where)
    return "" if involved is None else str(involved)


def read_stage(row: Row, where: str, kind: str) -> str:
    """Return the T stage if it is of a kind, or else an empty text.

    Parameters
    ----------
    row
        The patient.
    where
        The patient in words, for error messages.
    kind
        The prefix: `PATHOLOGICAL` or `CLINICAL`.

    Raises
    ------
    UserError
        For a stage or a prefix that lyDATA does not have.
    """
    stage, prefix = row.get(T_STAGE, "").removesuffix(".0"), row.get(T_PREFIX, "").casefold()
    if prefix not in ("", PATHOLOGICAL, CLINICAL) or (stage and stage not in _STAGES):
        raise UserError(
            "cannot read the T stage",
            where=where,
            expected="t_stage -1 to 4 with prefix c or p",
            got=f"{stage[:20]!r} with prefix {prefix[:20]!r}",
        )
    if prefix != kind or not stage or stage == "-1":
        return ""
    suffix = row.get(_SUFFIX, "").casefold()
    return "Tis" if suffix == "is" else _STAGES[stage] + suffix


def _count_positive_nodes(row: Row, where: str) -> float:
    """Return the number of positive nodes on both sides, 0 if not recorded."""
    total = row.get((_COUNTS, "core", "all_lnls"), "")
    cells = [total] if total else [row.get((_COUNTS, side, "all"), "") for side in SIDES]
    counts = [parse_number(cell) for cell in cells if cell]
    numbers = [count for count in counts if count is not None]
    if len(numbers) < len(counts):
        raise UserError(
            "cannot read the number of positive nodes",
            where=where,
            expected="a number",
            got=", ".join(cells)[:40],
        )
    return sum(numbers)
