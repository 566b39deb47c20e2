"""Which of several segments, ROIs or labels is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import accumulate

from lnmbench.errors import UserError

_LONGEST_LIST = 140
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One thing that can be chosen: its number, the names that it goes by, its size in words."""

    number: int
    names: tuple[str, ...] = ()
    size: str = ""

    def __str__(self) -> str:
        name = f" {shown(self.names[0])}" if self.names else ""
        return f"{self.number}{name}{f' ({self.size})' if self.size else ''}"


def shown(name: str) -> str:
    """Return a name from a header in a form that is safe to print.

    Of a name with control characters nothing is shown: it is damaged, and may have run on into what
    stands beside it in the header.
    """
    if not name.isprintable():
        return "(a damaged name)"
    return repr(name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…")


def choose(offered: Sequence[Offered], pattern: str | None, *, kind: str, where: str) -> Offered:
    """Return the one that the pattern means; without a pattern, the only one there is.

    A pattern is a name with `*` and `?` as wildcards, whatever its case, or a number; of several,
    separated by commas, the first that matches anything counts. A name that is spelled exactly so
    wins over those that only match.

    Raises `UserError` with what is there, where nothing or more than one thing is meant.
    """
    if not offered:
        raise UserError(f"there is no {kind}", where=where)
    if not pattern or not pattern.strip():
        return _only(offered, kind, where)
    for alternative in (pattern.strip(), *(part.strip() for part in pattern.split(","))):
        matching = _matching(offered, alternative)
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise UserError(
                f"{len(matching)} {kind}s match {shown(alternative)}",
                where=where,
                expected="one",
                got=listed(matching),
                then="give a narrower pattern, or the number",
            )
    raise UserError(
        f"no {kind} matches {shown(pattern)}", where=where, then=f"there are {listed(offered)}"
    )


def listed(offered: Sequence[Offered]) -> str:
    """Return what is there, in words, cut to a length that can be printed.

    Examples
    --------
    >>> listed([Offered(number=number, names=("node",)) for number in range(1, 60)])[-32:]
    "12 'node', 13 'node' and 46 more"
    """
    lengths = accumulate(len(str(one)) + 2 for one in offered)
    kept = max(1, sum(length <= _LONGEST_LIST for length in lengths))
    more = f" and {len(offered) - kept} more" if len(offered) > kept else ""
    return ", ".join(map(str, offered[:kept])) + more


def _only(offered: Sequence[Offered], kind: str, where: str) -> Offered:
    if len(offered) > 1:
        raise UserError(
            f"there are {len(offered)} {kind}s and none is named",
            where=where,
            got=listed(offered),
            then=f"give the name, a pattern or the number of one {kind} (region_name)",
        )
    return offered[0]


def _matching(offered: Sequence[Offered], alternative: str) -> list[Offered]:
    exact = [one for one in offered if alternative in one.names]
    folded = alternative.casefold()
    loose = [
        one for one in offered if any(fnmatchcase(name.casefold(), folded) for name in one.names)
    ]
    numbered = [one for one in offered if str(one.number) == alternative]
    return exact or loose or numbered
