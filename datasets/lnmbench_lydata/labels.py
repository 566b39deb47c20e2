"""The labels of a lyDATA patient: involved levels, nodes that no level claims, pathological T."""

from __future__ import annotations

from lnmbench import UserError
from lnmbench_lydata.header import T_PREFIX, T_STAGE
from lnmbench_lydata.levels import PATHOLOGY, SIDES, Row, any_involved

_COUNTS = "positive_dissected"
_SUFFIX = ("tumor", "core", "t_stage_suffix")
_STAGES = {"-1": "TX", "0": "T0", "1": "T1", "2": "T2", "3": "T3", "4": "T4"}
PATHOLOGICAL, CLINICAL = "p", "c"


def unclaimed(row: Row, where: str) -> bool:
    """Tell whether pathology found every examined level free, and yet positive nodes."""
    return any_involved(row, PATHOLOGY, where) is False and _positive_nodes(row, where) > 0


def any_level(row: Row, where: str, *, enbloc: bool) -> str:
    """Return True, False or an empty text; `enbloc` counts nodes that no level claims too."""
    if enbloc and unclaimed(row, where):
        return "True"
    found = any_involved(row, PATHOLOGY, where)
    return "" if found is None else str(found)


def pathological_stage(row: Row, where: str) -> str:
    """Return the T class where it is pathological, else an empty text.

    Raises `UserError` for a class or a prefix that lyDATA does not have.
    """
    stage, prefix = row.get(T_STAGE, "").removesuffix(".0"), row.get(T_PREFIX, "").casefold()
    if prefix not in ("", PATHOLOGICAL, CLINICAL) or (stage and stage not in _STAGES):
        raise UserError(
            "the T class cannot be read",
            where=where,
            expected="t_stage -1 to 4 with the prefix c or p",
            got=f"{stage[:20]!r} with {prefix[:20]!r}",
        )
    if prefix != PATHOLOGICAL or not stage or stage == "-1":
        return ""
    suffix = row.get(_SUFFIX, "").casefold()
    return "Tis" if suffix == "is" else _STAGES[stage] + suffix


def _positive_nodes(row: Row, where: str) -> float:
    """Return how many nodes of both sides were positive; 0 where the file does not say."""
    total = row.get((_COUNTS, "core", "all_lnls"), "")
    cells = [total] if total else [row.get((_COUNTS, side, "all"), "") for side in SIDES]
    try:
        return sum(float(cell) for cell in cells if cell)
    except ValueError:
        raise UserError(
            "the number of positive nodes cannot be read",
            where=where,
            expected="a number",
            got=", ".join(cells)[:40],
        ) from None
