"""Involvement of the lymph node levels of both sides, by imaging and by pathology."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lnmbench import UserError
from lnmbench_lydata.data_file import Key

SIDES = ("ipsi", "contra")
LEVELS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
SUBLEVELS = {"I": ("Ia", "Ib"), "II": ("IIa", "IIb"), "V": ("Va", "Vb")}
PATHOLOGY = "pathology"
_TUMOR_SIDE: Key = ("tumor", "core", "side")
_BOTH_SIDES = ("left", "right")

Row = Mapping[Key, str]


def orient_sides(rows: Sequence[Row]) -> tuple[list[Row], int]:
    """Return rows with ipsi and contra instead of left and right, and the number of exceptions.

    If a patient's tumor is on neither side, the levels are not renamed: they say whether a node is
    involved, but the ipsilateral side of the neck is not defined.
    """
    oriented, unclear = [], 0
    for row in rows:
        if not any(second in _BOTH_SIDES for _, second, _ in row):
            oriented.append(row)
            continue
        side = row.get(_TUMOR_SIDE, "").casefold()
        if side not in _BOTH_SIDES:
            unclear += 1
            oriented.append(row)
            continue
        names = {side: "ipsi", _BOTH_SIDES[1 - _BOTH_SIDES.index(side)]: "contra"}
        oriented.append({(g, names.get(p, p), name): cell for (g, p, name), cell in row.items()})
    return oriented, unclear


def find_any_involved(row: Row, group: str, where: str) -> bool | None:
    """Return whether any level of either side is involved, or None if none was examined.

    Parameters
    ----------
    row
        The patient.
    group
        The examination, such as `pathology`.
    where
        The patient in words, for error messages.
    """
    values = [
        read_involvement(cell, f"{where}, {'/'.join(key)}")
        for key, cell in row.items()
        if key[0] == group and key[1] in (*SIDES, *_BOTH_SIDES) and key[2] in _NAMES
    ]
    known = [value for value in values if value is not None]
    return any(known) if known else None


def read_level(rows: Sequence[Row], group: str, side: str, level: str) -> list[str]:
    """Return True, False or an empty text for a level of each row.

    If a file has the level itself, that counts. If it has only its sublevels (Ia and Ib), the level
    is involved if one of them is, and not involved if both were examined and are not.

    Parameters
    ----------
    rows
        The patients of one file.
    group
        The examination, such as `pathology`.
    side
        `ipsi` or `contra`.
    level
        The level, such as `II`.
    """
    key = (group, side, level)
    if any(row.get(key) for row in rows) or level not in SUBLEVELS:
        return [_format(read_involvement(row.get(key, ""), "/".join(key))) for row in rows]
    return [_format(_combine_sublevels(row, group, side, level)) for row in rows]


def iterate_levels() -> Iterator[str]:
    """Yield each level, followed by its sublevels."""
    for level in LEVELS:
        yield level
        yield from SUBLEVELS.get(level, ())


def read_involvement(cell: str, where: str) -> bool | None:
    """Return the involvement in a cell, or None if the level was not examined.

    Raises `UserError` for anything but True, False and an empty cell.
    """
    text = cell.casefold()
    if text not in ("", "true", "false"):
        raise UserError(
            f"a level holds {cell[:40]!r}", where=where, expected="True, False or an empty cell"
        )
    return None if not text else text == "true"


def _combine_sublevels(row: Row, group: str, side: str, level: str) -> bool | None:
    keys = [(group, side, sublevel) for sublevel in SUBLEVELS[level]]
    values = [read_involvement(row.get(key, ""), "/".join(key)) for key in keys]
    if any(values):
        return True
    return None if None in values else False


def _format(value: bool | None) -> str:
    return "" if value is None else str(value)


_NAMES = frozenset(iterate_levels())
