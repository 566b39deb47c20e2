"""Choice of one of several segments, ROIs or labels by name or number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import accumulate

from lnmbench.errors import UserError

_LONGEST_LIST = 140
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRegion:
    """Segment, ROI or label of a file: its number, its names, and its size in words."""

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
    if not name.isprintable():
        return "(a damaged name)"
    return repr(name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…")


def choose(
    regions: Sequence[NamedRegion], pattern: str | None, *, kind: str, where: str
) -> NamedRegion:
    """Return the region that a pattern matches.

    Parameters
    ----------
    regions
        Regions of the file.
    pattern
        A name with `*` and `?` as wildcards, case-insensitive, or a number; of several, separated
        by commas, the first that matches is used. An exact name has priority over a match. Without
        a pattern, the file must have one region.
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
    for alternative in (pattern.strip(), *(part.strip() for part in pattern.split(","))):
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
    if len(regions) > 1:
        raise UserError(
            f"{len(regions)} {kind}s, none of them selected",
            where=where,
            got=list_regions(regions),
            then=f"select one {kind} by its name, a pattern or its number (region_name)",
        )
    return regions[0]


def _find_matches(regions: Sequence[NamedRegion], alternative: str) -> list[NamedRegion]:
    exact = [region for region in regions if alternative in region.names]
    folded = alternative.casefold()
    loose = [
        region
        for region in regions
        if any(fnmatchcase(name.casefold(), folded) for name in region.names)
    ]
    numbered = [region for region in regions if str(region.number) == alternative]
    return exact or loose or numbered
