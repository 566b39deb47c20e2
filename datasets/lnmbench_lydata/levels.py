"""Involvement of lymph node levels: what a source says of each level of each side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lnmbench import UserError
from lnmbench_lydata.header import Key

SIDES = ("ipsi", "contra")
LEVELS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
PARTS = {"I": ("Ia", "Ib"), "II": ("IIa", "IIb"), "V": ("Va", "Vb")}
PATHOLOGY = "pathology"
_TUMOR_SIDE: Key = ("tumor", "core", "side")
_BOTH_SIDES = ("left", "right")

Row = Mapping[Key, str]


def by_tumor_side(rows: Sequence[Row]) -> tuple[list[Row], int]:
    """Return rows in which left and right have become ipsi and contra, and how many could not.

    The levels of a patient whose tumor is on neither side stay under left and right: they tell
    whether a node is involved, but not which of the two necks is the ipsilateral one.
    """
    turned, unclear = [], 0
    for row in rows:
        if not any(place in _BOTH_SIDES for _, place, _ in row):
            turned.append(row)
            continue
        side = row.get(_TUMOR_SIDE, "").casefold()
        if side not in _BOTH_SIDES:
            unclear += 1
            turned.append(row)
            continue
        names = {side: "ipsi", _BOTH_SIDES[1 - _BOTH_SIDES.index(side)]: "contra"}
        turned.append({(g, names.get(p, p), name): cell for (g, p, name), cell in row.items()})
    return turned, unclear


def any_involved(row: Row, group: str, where: str) -> bool | None:
    """Return whether any level of either side is involved; None where no level was examined."""
    found = [
        involved(cell, f"{where}, {'/'.join(key)}")
        for key, cell in row.items()
        if key[0] == group and key[1] in (*SIDES, *_BOTH_SIDES) and key[2] in _NAMES
    ]
    known = [value for value in found if value is not None]
    return any(known) if known else None


def level_cells(rows: Sequence[Row], group: str, side: str, level: str) -> list[str]:
    """Return True, False or an empty text for a level of each row.

    Where a file has the level itself, that counts; where it has only its parts (Ia and Ib), the
    level is involved if one is, and free if both were examined and are free.
    """
    key = (group, side, level)
    if any(row.get(key) for row in rows) or level not in PARTS:
        return [_text(involved(row.get(key, ""), "/".join(key))) for row in rows]
    return [_text(_of_parts(row, group, side, level)) for row in rows]


def all_levels() -> Iterator[str]:
    """Yield every level, each followed by its parts."""
    for level in LEVELS:
        yield level
        yield from PARTS.get(level, ())


def involved(cell: str, where: str) -> bool | None:
    """Return what a cell says; None where the level was not examined.

    Raises `UserError` for anything but True, False and an empty cell.
    """
    text = cell.casefold()
    if text not in ("", "true", "false"):
        raise UserError(
            f"a level holds {cell[:40]!r}", where=where, expected="True, False or an empty cell"
        )
    return None if not text else text == "true"


def _of_parts(row: Row, group: str, side: str, level: str) -> bool | None:
    keys = [(group, side, part) for part in PARTS[level]]
    found = [involved(row.get(key, ""), "/".join(key)) for key in keys]
    if any(found):
        return True
    return None if None in found else False


def _text(value: bool | None) -> str:
    return "" if value is None else str(value)


_NAMES = frozenset(all_levels())
