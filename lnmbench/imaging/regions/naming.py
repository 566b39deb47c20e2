"""Choice of one of several segments, ROIs or labels by name or number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import accumulate

from lnmbench.errors import UserError
from lnmbench.text import clean

EMPTY = "no contours"
_NUMBER = re.compile(r"([0-9]{1,9})(?:\.0+)?")
_LONGEST_LIST = 140
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRegion:
    """Segment, ROI or label of a file: its number, its names, and its size in words, or `EMPTY`."""

    number: int
    names: tuple[str, ...] = ()
    size: str = ""

    def __str__(self) -> str:
        name = f" {quote_name(self.names[0])}" if self.names else ""
        return f"{self.number}{name}{f' ({self.size})' if self.size else ''}"


def quote_name(name: str) -> str:
    """Return a name from a header in a form that is safe to print.

    A name with control characters is not shown: it is damaged, and may contain other values of the
    header.
    """
    # blanks of other scripts are not printable, either
    spaced = " ".join(name.strip("\0").split())
    if not spaced.isprintable():
        return "(a damaged name)"
    return repr(spaced if len(spaced) <= _LONGEST_NAME else f"{spaced[: _LONGEST_NAME - 1]}…")


def choose(
    regions: Sequence[NamedRegion], pattern: str | None, *, kind: str, where: str
) -> NamedRegion:
    """Return the region that a pattern matches.

    Parameters
    ----------
    regions
        Regions of the file.
    pattern
        A name with `*` and `?` as wildcards, or a number; of several, separated by commas, the
        first that matches is used. Case, blanks and Unicode forms do not matter, but an exact name
        has priority, and a name over a match. Of a list of numbers, one may exist. Without a
        pattern, the file must have one region. Empty regions count only if no other one matches.
    kind
        Noun for a region in error messages: segment, ROI, label.
    where
        The file in error messages.

    Raises
    ------
    UserError
        If no region or more than one matches; the message lists the regions.
    """
    if not regions:
        raise UserError(f"no {kind} in the file", where=where)
    if not pattern or not pattern.strip():
        return _require_one(regions, kind, where)
    parts = [part.strip() for part in pattern.split(",")]
    if not _find_matches(regions, pattern.strip()):
        _refuse_several_numbers(regions, parts, kind, where)
    for alternative in (pattern.strip(), *parts):
        matching = _find_matches(regions, alternative)
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise UserError(
                f"{len(matching)} {kind}s match {quote_name(alternative)}",
                where=where,
                expected="one",
                got=list_regions(matching),
                then="give a narrower pattern, or the number",
            )
    raise UserError(
        f"no {kind} matches {quote_name(pattern)}",
        where=where,
        then=f"known: {list_regions(regions)}",
    )


def _refuse_several_numbers(
    regions: Sequence[NamedRegion], parts: Sequence[str], kind: str, where: str
) -> None:
    """Refuse a list of numbers of which several exist: it may mean all of them together."""
    if len(parts) < 2 or not all(map(is_number, parts)):
        return
    numbered = [region for part in parts for region in _find_matches(regions, part)]
    matching = [region for region in regions if region in numbered]
    if len(matching) > 1:
        raise UserError(
            f"{len(matching)} {kind}s match a list of numbers",
            where=where,
            expected="one",
            got=list_regions(matching),
            then=f"give one number, or merge the {kind}s into one first",
        )


def is_number(pattern: str) -> bool:
    """Return whether a pattern is the number of a region, also as spreadsheets write it (2.0)."""
    return _NUMBER.fullmatch(_normalize(pattern)) is not None


def list_regions(regions: Sequence[NamedRegion]) -> str:
    """Return a list of regions in words, truncated to a length that can be printed.

    Examples
    --------
    >>> list_regions([NamedRegion(number=number, names=("node",)) for number in range(1, 60)])[-32:]
    "12 'node', 13 'node' and 46 more"
    """
    lengths = accumulate(len(str(region)) + 2 for region in regions)
    count = max(1, sum(length <= _LONGEST_LIST for length in lengths))
    more = f" and {len(regions) - count} more" if len(regions) > count else ""
    return ", ".join(map(str, regions[:count])) + more


def _require_one(regions: Sequence[NamedRegion], kind: str, where: str) -> NamedRegion:
    drawn = _drop_empty(regions)
    if len(drawn) > 1:
        raise UserError(
            f"{len(regions)} {kind}s, none of them selected",
            where=where,
            got=list_regions(regions),
            then=f"select one {kind} by its name, a pattern or its number (region_name)",
        )
    return drawn[0]


def _drop_empty(regions: Sequence[NamedRegion]) -> Sequence[NamedRegion]:
    """Return the regions that mark anything, or all if none does."""
    return [region for region in regions if region.size != EMPTY] or regions


def _find_matches(regions: Sequence[NamedRegion], alternative: str) -> Sequence[NamedRegion]:
    """Return the regions of an exact name, else of an equal or matching one, else of a number."""
    spelling = _normalize(alternative)
    number = _NUMBER.fullmatch(spelling)
    tests: tuple[Callable[[NamedRegion], bool], ...] = (
        lambda region: alternative in region.names,
        lambda region: spelling in map(_normalize, region.names),
        lambda region: any(fnmatchcase(_normalize(name), spelling) for name in region.names),
        lambda region: number is not None and region.number == int(number[1]),
    )
    for test in tests:
        matching = [region for region in regions if test(region)]
        if matching:
            return _drop_empty(matching)
    return ()


def _normalize(name: str) -> str:
    """Return a name without differences that are not meant: blanks, case, Unicode forms.

    Examples
    --------
    >>> _normalize(" ＧＴＶ－1\\0") == _normalize("gtv-1 ")
    True
    """
    return clean(unicodedata.normalize("NFKC", name)).strip().casefold()
