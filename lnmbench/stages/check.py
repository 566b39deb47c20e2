"""check: what numbered checks find in a run."""

from __future__ import annotations

from lnmbench.contracts import Check
from lnmbench.records import Cell, Choice, Results, Table, TableColumn
from lnmbench.registry import Registry

COLUMNS = (
    TableColumn(key="check", heading="Check", align="left"),
    TableColumn(key="title", heading="Subject", align="left"),
    TableColumn(key="finding", heading="Finding", align="left"),
)
PASSED, NOT_APPLICABLE = "passed", "not applicable"


def check(results: Results, registry: Registry) -> Table | None:
    """Return a table of all checks, None where no plugin offers one.

    A check that does not apply has not passed, and the table says so.
    """
    rows = []
    for offer in sorted(registry.offers("check"), key=lambda offer: offer.name):
        made: Check = registry.build("check", Choice(name=offer.name))
        found = made(results)
        text = (
            NOT_APPLICABLE if found is None else f"{made.severity}: {found}. Remedy: {made.remedy}"
        )
        cells = (offer.name, made.title, text if found != "" else PASSED)
        rows.append(tuple(Cell(text=cell) for cell in cells))
    return Table(key="checks", title="Checks", columns=COLUMNS, rows=tuple(rows)) if rows else None
