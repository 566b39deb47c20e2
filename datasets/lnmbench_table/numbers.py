"""Numbers of a column: decimal marks, units, codes of missing values, dates as numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from lnmbench.lexicon.vocabulary import has_role
from lnmbench.records import LARGEST_NUMBER
from lnmbench.text import parse_number, plural
from lnmbench_table.excel import StoredNumber

MOST_WITH_UNIT = 6
"""Different cells such as 25% that can be categories."""

_COMMA = re.compile(r"[-+−]?\d+,\d+", re.ASCII)
_THREE_DIGITS = re.compile(r"[-+−]?\d{1,3},\d{3}", re.ASCII)
_UNIT = (
    r"mm|cm|ml|mL|cc|cm3|mm3|µm|kg|g|lbs?|HU|%|a|d|h|years?|yrs?|y|months?|mo|days?|Jahre?|Monate?|"
    r"Tage?|ans?|mois|jours?|j|años?|meses|mes|días|anni|mesi|giorni|anos?|dias|jaar|jr|mnd|maanden|"
    r"dagen|岁|歲|歳|才|月|个月|個月|年|天|日|세|개월|일|"
    r"kg/m2|kg/m²|ng/ml|ng/mL|µg/l|µg/L|ug/l|ug/L|U/ml|U/mL|U/l|U/L|IU/L|g/dl|g/dL|g/l|g/L|mg/dl|"
    r"mg/dL|mg/l|mg/L|mmol/l|mmol/L|mmHg|10\^?9/L|L|l"
)
_UNIT_IN_NAME = re.compile(
    rf"[(\[（]\s*(?:in )?({_UNIT})\s*[)\]）]|[,/]\s*({_UNIT})$|\sin ({_UNIT})$|\s({_UNIT})$"
)
_WITH_UNIT = re.compile(rf"[-+−]?[\d.,]+\s?({_UNIT})", re.ASCII)
_WHOLE_DATE = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])")
_FEW = 0.2
_GAP = 8
_MISSING_CODES = ("-9", "-99", "-999", "-9999", "999", "9999", "99999")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The cells of a column that are numbers: how many, their decimal mark and their unit.

    `others` are the different cells that are no numbers, `missing` the codes of missing values.
    """

    count: int = 0
    others: tuple[str, ...] = ()
    decimal: Literal["", ","] = ""
    unit: str = ""
    missing: tuple[str, ...] = ()
    is_date: bool = False
    problem: str = ""


def read_numbers(name: str, cells: Sequence[str]) -> Numbers:
    """Return what is known about the numbers of a column; `cells` are those with a value."""
    plain = [cell for cell in cells if isinstance(cell, StoredNumber) or _is_plausible(cell)]
    commas = [cell for cell in cells if _COMMA.fullmatch(cell)]
    pointed = any("." in cell and not isinstance(cell, StoredNumber) for cell in plain)
    problem = _find_problem(cells, commas, pointed=pointed)
    numeric = {*plain, *commas}
    values = [number for cell in plain + commas if (number := _parse(cell)) is not None]
    values = [number for number in values if abs(number) < LARGEST_NUMBER]
    return Numbers(
        count=len(plain) + len(commas),
        others=tuple(sorted(set(cells) - numeric)),
        decimal="," if commas else "",
        unit=find_unit(name),
        missing=_find_missing_codes(plain, values),
        is_date=_hold_dates(name, plain, cells),
        problem=problem,
    )


def find_unit(name: str) -> str:
    """Return the unit at the end of a header, or an empty text.

    Examples
    --------
    >>> find_unit("size (mm)"), find_unit("Gewicht in kg"), find_unit("CEA [ng/ml]"), find_unit("T")
    ('mm', 'kg', 'ng/ml', '')
    """
    match = _UNIT_IN_NAME.search(name.strip())
    return next(filter(None, match.groups()), "") if match else ""


def find_distant_numbers(numbers: Sequence[float]) -> list[float]:
    """Return the numbers that a gap separates from all others: codes, typing errors, dates.

    They are negative numbers if all others are positive, or some that are several times as large
    as the next. Returns nothing if they are more than a few.

    Examples
    --------
    >>> find_distant_numbers([61, 75, 48, 52, 66, 71, 680, 59, 80, 49])
    [680]
    >>> find_distant_numbers([1.2, 3.4, -9, 0.8, 2.2, -9, 5.1, 4.0, 1.1, 7.5])
    [-9, -9]
    """
    ordered = sorted(numbers)
    most = len(ordered) * _FEW
    negative = [number for number in ordered if number < 0]
    if 0 < len(negative) <= most:
        return negative
    for index, (smaller, larger) in enumerate(pairwise(ordered), start=1):
        if smaller > 0 and larger >= _GAP * smaller and len(ordered) - index <= most:
            return ordered[index:]
    return []


def _is_plausible(cell: str) -> bool:
    number = parse_number(cell)
    return number is not None and abs(number) < LARGEST_NUMBER


def _parse(cell: str) -> float | None:
    return parse_number(cell.replace(",", "."))


def _find_problem(cells: Sequence[str], commas: Sequence[str], *, pointed: bool) -> str:
    if commas and pointed:
        return "mixes decimal commas and points: set thousands or decimal"
    if commas and all(_THREE_DIGITS.fullmatch(cell) for cell in commas):
        return 'has commas that may separate thousands or decimals: set decimal = "," or thousands'
    with_unit = [cell for cell in cells if _WITH_UNIT.fullmatch(cell)]
    if len(set(with_unit)) > MOST_WITH_UNIT and len(with_unit) > len(cells) / 2:
        count = plural(len(with_unit), "cell")
        return f"has numbers with units in {count}: remove the units from the table"
    return ""


def _find_missing_codes(plain: Sequence[str], values: Sequence[float]) -> tuple[str, ...]:
    """Return codes such as -9 and 999 that occur repeatedly and lie far from all other numbers."""
    counts = Counter(cell.removesuffix(".0") for cell in plain)
    codes = []
    for code in _MISSING_CODES:
        number = float(code)
        others = [value for value in values if value != number and str(int(value)) not in codes]
        is_far = others and (min(others) >= 0 > number or 0 < 3 * max(map(abs, others)) < number)
        if counts[code] >= 2 and is_far:
            codes.append(code)
    return tuple(codes)


def _hold_dates(name: str, plain: Sequence[str], cells: Sequence[str]) -> bool:
    if not plain or len(plain) < len(cells) / 2:
        return False
    if all(_WHOLE_DATE.fullmatch(cell) for cell in plain):
        return True
    return has_role(name, "date") and all(len(cell.partition(".")[0]) >= 4 for cell in plain)
