"""JSON with the structure of the report."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lnmbench.records import Cell, Paragraph, Table
from lnmbench.text import format_json


def to_json(blocks: Sequence[Table | Paragraph]) -> str:
    """Return `{"blocks": […]}`; each block has kind, key and title.

    A table has `columns` (key, heading), `rows` (column key → `text` and, for a number, `value`,
    `low`, `high` at full precision, null for NaN) and `notes`; a paragraph has `lines`.
    """
    tree = {"blocks": [_block(block) for block in blocks]}
    return format_json(tree)


def _block(block: Table | Paragraph) -> dict[str, object]:
    head: dict[str, object] = {"key": block.key, "title": block.title}
    if isinstance(block, Table):
        return {"kind": "table", **head, **_table(block)}
    return {"kind": "paragraph", **head, "lines": list(block.lines)}


def _table(table: Table) -> dict[str, object]:
    keys = [column.key for column in table.columns]
    return {
        "columns": [{"key": c.key, "heading": c.heading} for c in table.columns],
        "rows": [
            {key: _cell(cell) for key, cell in zip(keys, row, strict=True)} for row in table.rows
        ],
        "notes": list(table.notes),
    }


def _cell(cell: Cell) -> dict[str, object]:
    numbers = {"value": cell.value, "low": cell.low, "high": cell.high}
    known = {name: number for name, number in numbers.items() if number is not None}
    return {"text": cell.text} | {
        name: float(number) if math.isfinite(number) else None for name, number in known.items()
    }
