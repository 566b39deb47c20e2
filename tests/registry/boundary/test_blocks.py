from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lnmbench.records import Axis, Cell, Figure, Mark, Panel, Table, TableColumn
from lnmbench.registry.boundary.blocks import require_blocks
from lnmbench.registry.boundary.values import Unexpected


def test_lists_become_tuples_and_numbers_plain() -> None:
    table = Table(
        key="t",
        title="",
        columns=[TableColumn(key="a", heading="A")],  # type: ignore[arg-type]  # a list
        rows=[[Cell(text="1", value=np.float32(1), low=float("nan"))]],  # type: ignore[arg-type]
        notes=["note"],  # type: ignore[arg-type]
    )
    (checked,) = require_blocks(block for block in [table])
    assert isinstance(checked, Table)
    assert type(checked.rows[0][0].value) is float
    assert (type(checked.rows), type(checked.rows[0]), checked.notes) == (tuple, tuple, ("note",))


def test_points_become_float64_of_their_own() -> None:
    x: Any = [0, 1]
    mark = Mark(kind="line", x=x, y=np.array([1, 2]))
    panel = Panel(x=Axis(title="x", low=0), y=Axis(title="y"), marks=(mark,))
    figure = Figure(key="f", title="f", alt="", panels=(panel,))
    (checked,) = require_blocks([figure])
    assert isinstance(checked, Figure)
    assert checked.panels[0].marks[0].y.dtype == np.float64


def test_an_empty_table_is_a_table() -> None:
    assert require_blocks([Table(key="t", title="T", columns=(), rows=())])


def test_a_fault_names_its_block() -> None:
    good = Table(key="t", title="T", columns=(), rows=())
    bad = Table(key="t", title="T", columns=(), rows=((Cell(text="a"),),))
    with pytest.raises(Unexpected) as unexpected:
        require_blocks([good, bad])
    assert unexpected.value.expected == "0 cells in each row in table 2"
