"""What the methods took: fits, epochs, time and memory."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench.records import Block, Cell, MethodResult, Results, TableColumn
from lnmbench_report.by_method import by_method
from lnmbench_report.printed import NOTHING

COLUMNS = (
    TableColumn(key="fits", heading="Fits"),
    TableColumn(key="epochs", heading="Epochs"),
    TableColumn(key="seconds", heading="Time"),
    TableColumn(key="device_seconds", heading="Device time"),
    TableColumn(key="memory_mb", heading="Peak memory"),
)


class Costs:
    """What each method took so far."""

    order = 60

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing where no unit is finished."""
        begun = [outcome for outcome in results.method_results if outcome.units_done]
        return by_method(
            results,
            begun,
            lambda outcome: [_figures(outcome)],
            key="cost",
            title="Cost",
            columns=COLUMNS,
            notes=(
                "Fits: all that were trained, those of settings that were not chosen too. Device "
                "time: of all processors, or of the GPU. Encoding is not counted: it is done once "
                "for all methods.",
            ),
        )


def _figures(outcome: MethodResult) -> tuple[Cell, ...]:
    cost = outcome.cost
    return (
        Cell(text=f"{cost.fits:,}", value=float(cost.fits)),
        Cell(text=f"{cost.epochs:,}" if cost.epochs else NOTHING, value=float(cost.epochs)),
        Cell(text=_time(cost.seconds), value=cost.seconds),
        Cell(text=_time(cost.device_seconds), value=cost.device_seconds),
        Cell(text=f"{cost.memory_mb / 1e3:.1f} GB", value=cost.memory_mb),
    )


def _time(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
