"""The estimate of a run as a table."""

from __future__ import annotations

from collections.abc import Mapping

from lnmbench.records import Cell, Table, TableColumn
from lnmbench.stages.estimate.estimates import IngestEstimate, MethodEstimate, RunEstimate, Span
from lnmbench.text import plural

_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "days": 86400.0}
_BYTES = {"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_COLUMNS = {
    "method": "Method",
    "units": "Units to do",
    "fits": "Fits",
    "slices": "Slices to encode",
    "seconds": "Time",
    "disk": "Disk",
    "memory": "Memory",
}
_NONE = "–"
_NOTHING_WRITTEN = "Dry run: nothing was written."


def make_estimate_table(estimate: RunEstimate) -> Table:
    """Return a table with a row for each method and a total; its notes give the basis."""
    methods = estimate.methods
    units = sum(method.units for method in methods)
    total = {
        "method": Cell(text="total"),
        "units": _part_cell(units, sum(method.units_all for method in methods)),
        "fits": _count_cell(sum(method.fits for method in methods)),
        "slices": _count_cell(sum(method.slices for method in methods)),
        "seconds": _time_cell(estimate.seconds, units),
        "disk": _size_cell(estimate.disk),
        "memory": _size_cell(max((method.memory or 0 for method in methods), default=0)),
    }
    ingest = [_make_ingest_row(estimate.ingest)] if estimate.ingest else []
    importance = [_make_importance_row(estimate, units)] if estimate.permutations else []
    rows = (*ingest, *map(_make_row, methods), *importance, total)
    return Table(
        key="estimate",
        title=f"Estimate of the run{f' in {estimate.folder}' if estimate.folder else ''}",
        columns=tuple(
            TableColumn(key=key, heading=heading, align="left" if key == "method" else "right")
            for key, heading in _COLUMNS.items()
        ),
        rows=tuple(tuple(row.values()) for row in rows),
        notes=(*estimate.basis, _NOTHING_WRITTEN),
    )


def format_span(span: Span) -> str:
    """Return a range of seconds in the unit that suits its upper bound.

    Examples
    --------
    >>> from lnmbench.stages.estimate import Span
    >>> [format_span(Span(low=low, high=high)) for low, high in ((0, 0.2), (70, 402), (5400, 8990))]
    ['1 s', '1.2 to 6.7 min', '1.5 to 2.5 h']
    """
    low, high = max(span.low, 1.0), max(span.high, 1.0)
    unit = _choose_unit(high / 1.5, _SECONDS)  # 80 s, not 1.3 min
    texts = dict.fromkeys(_format_number(bound / _SECONDS[unit]) for bound in (low, high))
    return f"{' to '.join(texts)} {unit}"


def format_bytes(count: float) -> str:
    """Return a number of bytes in the unit that suits it.

    Examples
    --------
    >>> format_bytes(3.21e9), format_bytes(120_000)
    ('3.2 GB', '120 kB')
    """
    unit = _choose_unit(count, _BYTES)
    return f"{_format_number(count / _BYTES[unit])} {unit}"


def _make_ingest_row(ingest: IngestEstimate) -> Mapping[str, Cell]:
    cells = {key: Cell(text=_NONE) for key in _COLUMNS}
    return cells | {
        "method": Cell(text="ingest"),
        "seconds": Cell(
            text=format_span(ingest.seconds), low=ingest.seconds.low, high=ingest.seconds.high
        ),
        "disk": _size_cell(ingest.disk),
    }


def _make_importance_row(estimate: RunEstimate, units: int) -> Mapping[str, Cell]:
    cells = {key: Cell(text=_NONE) for key in _COLUMNS}
    return cells | {
        "method": Cell(text=f"importance, {plural(estimate.permutations, 'permutation')}"),
        "seconds": _time_cell(estimate.importance, units),
    }


def _make_row(method: MethodEstimate) -> Mapping[str, Cell]:
    fits = _count_cell(method.fits)
    if method.candidates > 1 and method.fits:
        text = f"{method.fits // method.candidates} × {method.candidates}"
        fits = Cell(text=text, value=float(method.fits))
    return {
        "method": Cell(text=method.label),
        "units": _part_cell(method.units, method.units_all),
        "fits": fits,
        "slices": _count_cell(method.slices),
        "seconds": _time_cell(method.seconds, method.units),
        "disk": _size_cell(method.disk),
        "memory": _size_cell(method.memory or 0),
    }


def _part_cell(part: int, whole: int) -> Cell:
    return Cell(text=f"{part} of {whole}", value=float(part))


def _count_cell(number: int) -> Cell:
    return Cell(text=str(number), value=float(number))


def _time_cell(span: Span, units: int) -> Cell:
    return Cell(text=format_span(span) if units else _NONE, low=span.low, high=span.high)


def _size_cell(count: int) -> Cell:
    return Cell(text=format_bytes(count) if count else _NONE, value=float(count))


def _choose_unit(number: float, units: Mapping[str, float]) -> str:
    """Return the largest unit that is not greater than the number."""
    smaller = [name for name, size in units.items() if number >= size]
    return smaller[-1] if smaller else next(iter(units))


def _format_number(number: float) -> str:
    """Return two significant digits, more before the decimal point."""
    return f"{number:.0f}" if number >= 9.95 else f"{number:.2g}"
