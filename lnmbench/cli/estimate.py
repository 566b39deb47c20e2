"""`lnmbench run --dry-run`: what a run would do and take, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lnmbench.records import Cell, Table
    from lnmbench.stages.estimate import Arm, RunEstimate, Span

_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "days": 86400.0}
_BYTES = {"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_COLUMNS = {
    "arm": "Arm",
    "units": "Units to do",
    "fits": "Fits",
    "slices": "Slices to encode",
    "seconds": "Time",
    "disk": "Disk",
    "memory": "Memory",
}
_NOTHING = "–"


def print_estimate(expected: RunEstimate) -> None:
    """Print the estimate of a run to standard output."""
    from rich.console import Console

    from lnmbench.rendering import print_blocks

    console = Console()
    if not console.is_terminal:
        console = Console(width=100)
    print_blocks(console, [table(expected)])


def table(expected: RunEstimate) -> Table:
    """Return a row for each arm and one for all; what they rest on are its notes."""
    from lnmbench.records import Cell, Table, TableColumn

    arms = expected.arms
    total = {
        "arm": Cell(text="in all"),
        "units": _of(sum(arm.units for arm in arms), sum(arm.units_all for arm in arms)),
        "fits": _count(sum(arm.fits for arm in arms)),
        "slices": _count(sum(arm.slices for arm in arms)),
        "seconds": _time(expected.seconds, sum(arm.units for arm in arms)),
        "disk": _size(expected.disk),
        "memory": _size(max((arm.memory or 0 for arm in arms), default=0)),
    }
    return Table(
        key="estimate",
        title=f"Estimate of the run in {expected.folder}",
        columns=tuple(
            TableColumn(key=key, heading=heading, align="left" if key == "arm" else "right")
            for key, heading in _COLUMNS.items()
        ),
        rows=tuple(tuple(row.values()) for row in (*map(_row, arms), total)),
        notes=(*expected.basis, "A dry run: nothing was written."),
    )


def lasting(span: Span) -> str:
    """Return seconds between two bounds as people say them.

    Examples
    --------
    >>> from lnmbench.stages.estimate import Span
    >>> [lasting(Span(low=low, high=high)) for low, high in ((0, 0.2), (70, 402), (5400, 8990))]
    ['1 s', '1.2 to 6.7 min', '1.5 to 2.5 h']
    """
    low, high = max(span.low, 1.0), max(span.high, 1.0)
    unit = _unit(high / 1.5, _SECONDS)  # 80 s are better said than 1.3 min
    texts = dict.fromkeys(_figure(bound / _SECONDS[unit]) for bound in (low, high))
    return f"{' to '.join(texts)} {unit}"


def sized(count: float) -> str:
    """Return bytes as people say them.

    Examples
    --------
    >>> sized(3.21e9), sized(120_000)
    ('3.2 GB', '120 kB')
    """
    unit = _unit(count, _BYTES)
    return f"{_figure(count / _BYTES[unit])} {unit}"


def _row(arm: Arm) -> Mapping[str, Cell]:
    from lnmbench.records import Cell

    fits = _count(arm.fits)
    if arm.candidates > 1 and arm.fits:
        text = f"{arm.fits // arm.candidates} × {arm.candidates}"
        fits = Cell(text=text, value=float(arm.fits))
    return {
        "arm": Cell(text=arm.label),
        "units": _of(arm.units, arm.units_all),
        "fits": fits,
        "slices": _count(arm.slices),
        "seconds": _time(arm.seconds, arm.units),
        "disk": _size(arm.disk),
        "memory": _size(arm.memory or 0),
    }


def _of(part: int, whole: int) -> Cell:
    from lnmbench.records import Cell

    return Cell(text=f"{part} of {whole}", value=float(part))


def _count(number: int) -> Cell:
    from lnmbench.records import Cell

    return Cell(text=str(number), value=float(number))


def _time(span: Span, units: int) -> Cell:
    from lnmbench.records import Cell

    return Cell(text=lasting(span) if units else _NOTHING, low=span.low, high=span.high)


def _size(count: int) -> Cell:
    from lnmbench.records import Cell

    return Cell(text=sized(count) if count else _NOTHING, value=float(count))


def _unit(number: float, units: Mapping[str, float]) -> str:
    """The largest unit of which there is one."""
    fitting = [name for name, size in units.items() if number >= size]
    return fitting[-1] if fitting else next(iter(units))


def _figure(number: float) -> str:
    """Two digits that count, more before the point."""
    return f"{number:.0f}" if number >= 9.95 else f"{number:.2g}"
