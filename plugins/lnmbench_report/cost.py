"""Cost of the methods: fits, epochs, time and memory."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Cell, MethodResult, Results, TableColumn
from lnmbench.results import MISSING, merge_summarized_controls
from lnmbench_report.method_table import make_method_table

COLUMNS = (
    TableColumn(key="fits", heading="Fits"),
    TableColumn(key="epochs", heading="Epochs"),
    TableColumn(key="seconds", heading="Time"),
    TableColumn(key="device_seconds", heading="Device time"),
    TableColumn(key="memory_mb", heading="Peak memory"),
)


class CostTable:
    """Cost of each method."""

    group: SectionGroup = "appendix"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block if no unit is finished."""
        results = merge_summarized_controls(results)
        return make_method_table(
            results,
            [result for result in results.method_results if result.units_done],
            lambda result: [_make_cells(result)],
            key="cost",
            title="Cost",
            columns=COLUMNS,
            notes=(
                "Fits: all fits, also those of settings that were not chosen. Device time: of all "
                "processors, or of the GPU. Encoding is not included: it is done once for all "
                "methods.",
            ),
        )


def format_duration(seconds: float) -> str:
    """Return a duration in hours, minutes and seconds.

    Examples
    --------
    >>> [format_duration(seconds) for seconds in (1.25, 42.0, 75.0, 7384.0)]
    ['1.2 s', '42 s', '1 min 15 s', '2 h 03 min']
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, remainder = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {remainder:02d} s" if minutes else f"{remainder} s"


def _make_cells(result: MethodResult) -> tuple[Cell, ...]:
    cost = result.cost
    return (
        Cell(text=f"{cost.fits:,}", value=float(cost.fits)),
        Cell(text=f"{cost.epochs:,}" if cost.epochs else MISSING, value=float(cost.epochs)),
        Cell(text=format_duration(cost.seconds), value=cost.seconds),
        Cell(text=format_duration(cost.device_seconds), value=cost.device_seconds),
        Cell(text=f"{cost.memory_mb / 1e3:.1f} GB", value=cost.memory_mb),
    )
