"""Conversion of the cells of a column: mapped values, decimal commas, thousands separators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lnmbench import Column, UserError
from lnmbench.records import UNCODED_ROLES
from lnmbench.text import join_spelling, parse_number, plural, quote
from lnmbench_table.excel import StoredNumber, StoredPercentage
from lnmbench_table.layout import Decimal

_MOST_WRONG = 1000
_EXAMPLES = 3
_BLANK = re.compile(r"[ \u00a0\u2007\u2009\u202f]")
_GROUPED = re.compile(r"[-+−]?\d{1,3}([.,'’ ])\d{3}(?:\1\d{3})*(?:[.,]\d+)?", re.ASCII)
_WITH_COMMA = re.compile(r"[-+−]?[\d.]+,\d+", re.ASCII)
# a limit, an estimate or a footnote: one number, which the user can confirm
_INEXACT = re.compile(
    r"(?:[<>≤≥≦≧~≈±＜＞]|ca\.?|c\.|circa|etwa|env\.?|aprox\.?|approx\.?|约|約|약)"
    r"\s*=?\s*(\d+(?:[.,]\d+)?)\s*|(\d+(?:[.,]\d+)?)\s*[*+?†‡^]{1,3}",
    re.IGNORECASE,
)
_WITH_UNIT = re.compile(r"[-+−]?[\d.,]+ ?[a-zµμ%°][^\d]*\d?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """Conversion of the cells of a column to plain numbers, and to the column's spellings.

    `values` maps spellings of the table to those of the column, or to an empty text for missing.
    `thousands` is the mark between thousands; without it, such a mark is recognized only in a
    number that also has a decimal mark.
    """

    column: Column
    decimal: Decimal = "."
    thousands: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def convert_all(
        self, cells: Sequence[str], places: Sequence[str]
    ) -> tuple[tuple[str, ...], list[UserError]]:
        """Return the cells as the column can encode them, and an error for those that it cannot.

        Parameters
        ----------
        cells
            The cells of the column.
        places
            Where each of them is, for messages.
        """
        # a text may equal a stored number, and yet be read in another way
        keys = [(isinstance(cell, StoredNumber), cell) for cell in cells]
        converted: dict[tuple[bool, str], str] = {}
        wrong: dict[tuple[bool, str], str] = {}
        for key, cell, place in zip(keys, cells, places, strict=True):
            if key in converted or key in wrong or len(wrong) > _MOST_WRONG:
                continue
            try:
                converted[key] = self.convert(cell, where=place)
            except UserError as error:
                wrong[key] = str(error)
        count = sum(key not in converted for key in keys)
        errors = [*self._summarize(wrong, count), *self._check_percentages(cells)]
        return tuple(converted.get(key, "") for key in keys), errors

    def _summarize(self, wrong: Mapping[tuple[bool, str], str], count: int) -> Iterator[UserError]:
        """Yield an error on the first wrong cell, with the number of the others."""
        if not wrong:
            return
        (_, first), *others = wrong.items()
        examples = ", ".join(quote(cell) for (_, cell), _ in others[:_EXAMPLES])
        more = f"; {plural(count - 1, 'more cell')} of the column cannot be used"
        yield UserError(f"{first}{more * (count > 1)}{', e.g. ' * bool(examples)}{examples}")

    def _check_percentages(self, cells: Sequence[str]) -> Iterator[UserError]:
        """Yield an error if some numbers are stored as percentages and others are not."""
        percentages = sum(isinstance(cell, StoredPercentage) for cell in cells)
        others = [cell for cell in cells if _is_plain_number(cell)]
        if percentages and others and self.column.kind == "continuous":
            yield UserError(
                f"column {self.column.name!r} holds {plural(percentages, 'cell')} formatted as "
                f"percent and {plural(len(others), 'plain number')}",
                got=f"e.g. {quote(others[0])}",
                then="format all of them alike in the spreadsheet",
            )

    def convert(self, cell: str, *, where: str) -> str:
        """Return a cell as its column can encode it. Raises `UserError` for any other cell."""
        value = self._map(cell)
        if self.column.role == "report":
            return value
        if self.column.role in UNCODED_ROLES:
            return "" if self.column.is_missing(value) else value
        is_mapped = value is not cell  # mapped numbers have a point, as in the dictionary
        is_number = self.column.kind == "continuous"
        if is_number and not is_mapped and not isinstance(value, StoredNumber):
            value = self._convert_number(value, where)
        self.column.encode(value, where=where)
        return value

    def find_unused_values(self, cells: Iterable[str]) -> list[str]:
        """Return the spellings of the key `values` that no cell has."""
        spellings = set(map(join_spelling, cells)) if self.values else set()
        return [spelling for spelling in self.values if join_spelling(spelling) not in spellings]

    def _map(self, cell: str) -> str:
        if not cell or not self.values:
            return cell
        if cell in self.values:
            return self.values[cell]
        return _fold(tuple(self.values.items())).get(join_spelling(cell), cell)

    def _convert_number(self, cell: str, where: str) -> str:
        """Return a number with a decimal point and without marks between thousands."""
        if self.decimal == "." and parse_number(cell) is not None:
            return cell
        if self.column.is_missing(cell):
            return cell
        plain, thousands = _BLANK.sub(" ", cell), (self.thousands or "").replace("’", "'")
        grouped = _GROUPED.fullmatch(plain)
        mark = grouped[1] if grouped else ""
        if mark and (
            mark.replace("’", "'") == thousands or (mark != self.decimal and self.decimal in plain)
        ):
            plain = plain.replace(mark, "")
        if self.decimal == ",":
            plain = "" if "." in plain else plain.replace(",", ".")
        number = parse_number(plain)
        if number is not None:
            return plain
        raise UserError(
            f"column {self.column.name!r} holds {quote(cell)}",
            where=where,
            expected=f"a number with a decimal {'comma' if self.decimal == ',' else 'point'}",
            then=self._advise(_BLANK.sub(" ", cell), mark),
        )

    def _advise(self, cell: str, mark: str) -> str:
        section = "in the section of the column or in [table]"
        if mark and mark == "," and cell.count(",") == 1:
            return f'set decimal = "," or thousands = "," {section}: it may be either'
        if mark and mark != self.decimal:
            return f'set thousands = "{mark}" {section} if it separates thousands'
        if self.decimal == "." and _WITH_COMMA.fullmatch(cell):
            return f'set decimal = "," {section}'
        inexact = _INEXACT.fullmatch(cell)
        if inexact:
            number = (inexact[1] or inexact[2]).replace(",", ".")
            value = f"values = {{{_quote(cell)} = {number}}}"
            return f"give its number, e.g. with {value}, or list it as missing"
        if _WITH_UNIT.fullmatch(cell):
            return "remove units from the cells of the table and give one with the key unit"
        return "add the spelling to the column's missing list if it means missing"


@lru_cache(maxsize=1024)
def _fold(values: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {join_spelling(spelling): value for spelling, value in values}


def _is_plain_number(cell: str) -> bool:
    is_number = isinstance(cell, StoredNumber) and not isinstance(cell, StoredPercentage)
    return is_number and float(cell) != 0


def _quote(cell: str) -> str:
    return '"' + cell[:20].replace("\\", "").replace('"', "") + '"'
