"""Faults of metrics, comparisons, checks and sections of the report."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lnmbench.records import (
    Axis,
    Cell,
    Figure,
    Gallery,
    Mark,
    Pair,
    Panel,
    Paragraph,
    Picture,
    Table,
    TableColumn,
    TestResult,
    freeze,
)
from lnmbench.registry import Plugin
from lnmbench.registry.boundary import Boundary, guard
from lnmbench.testing.sample_results import empty_results

PLUGIN = Plugin(name="mine", origin="mine.py", module=__name__, version="", explicit=True)
EFFECTS = {
    "metric": "its scores are left out; after a fault of a primary metric, the answer too",
    "comparison": "its tests are left out; after a fault of the primary comparison, the answer too",
    "check": "the check is shown as failed, and `lnmbench check` ends with exit code 1",
    "section": "a paragraph with the fault replaces the section",
}
TRUTH, PREDICTED = np.array([0.0, 1.0]), np.array([0.2, 0.8])
SCORES = np.zeros((2, 3))
PAIR = Pair(
    metric="auc",
    method_a="a",
    method_b="b",
    a=SCORES,
    b=SCORES,
    truth=TRUTH,
    predicted_a=PREDICTED[None],
    predicted_b=PREDICTED[None],
    fold=np.zeros((1, 2), dtype=np.int16),
)
GOOD = TestResult(estimate=0.0, low=-0.1, high=0.1, statistic=0.0, df=5.0, pvalue=1.0)
AXIS = Axis(title="x")
RESULTS = freeze(empty_results())
COLUMNS = (TableColumn(key="name", heading="Name", align="left"),)
ROWS = ((Cell(text="a"),),)


class GoodMetric:
    title: Any = "Mine"
    greater_is_better: Any = True
    kinds: Any = ("binary",)
    bounds: Any = (0.0, 1.0)

    def __call__(self, truth: Any, predicted: Any) -> Any:
        return 0.5


class GoodComparison:
    title: Any = "Mine"
    role: Any = "primary"

    def __call__(self, pair: Any) -> Any:
        return GOOD


class GoodCheck:
    title: Any = "nothing is wrong"
    severity: Any = "warning"
    remedy: Any = "mend it"

    def __call__(self, results: Any) -> Any:
        return ""


class GoodSection:
    group: Any = "answer"

    def __call__(self, results: Any) -> Any:
        return ()


def use(role: str, member: str, value: object) -> None:
    """Use an object of a role with one member replaced."""
    good = {
        "metric": GoodMetric,
        "comparison": GoodComparison,
        "check": GoodCheck,
        "section": GoodSection,
    }[role]
    built: Any = guard(
        type("Faulty", (good,), {member: value})(), Boundary(plugin=PLUGIN, role=role, name="x")
    )
    for attribute in vars(good):
        if not attribute.startswith("_"):
            getattr(built, attribute)
    arguments = {"metric": (TRUTH, PREDICTED), "comparison": (PAIR,)}.get(role, (RESULTS,))
    built(*arguments)


def returning(value: object) -> Callable[..., object]:
    return lambda self, *arguments: value


def raising(error: BaseException) -> Callable[..., object]:
    def fail(self: object, *arguments: object) -> object:
        raise error

    return fail


def leaving(self: object, *arguments: object) -> object:
    sys.exit(0)


def changing(self: object, results: Any) -> object:
    results.outer[:] = 0


def table(**changes: object) -> Table:
    settings = {"key": "t", "title": "T", "columns": COLUMNS, "rows": ROWS, **changes}
    return Table(**settings)  # type: ignore[arg-type]  # faults


def figure(axis: Axis = AXIS, **changes: object) -> Figure:
    mark = {"kind": "line", "x": np.zeros(2), "y": np.zeros(2), **changes}
    panel = Panel(x=axis, y=Axis(title="y"), marks=(Mark(**mark),))  # type: ignore[arg-type]
    return Figure(key="f", title="F", alt="", panels=(panel,))


def gallery(pixels: object = np.zeros((2, 2, 3), dtype=np.uint8), alt: str = "gray") -> Gallery:
    return Gallery(key="g", title="G", pictures=(Picture(pixels=pixels, alt=alt),))  # type: ignore[arg-type]


CALLS: dict[str, Callable[..., object]] = {
    "raises an exception": raising(ValueError("no\nline")),
    "ends the program": leaving,
}
BLOCKS: dict[str, object] = {
    "returns a text": "text",
    "returns a number": 3,
    "returns a text among blocks": ["text"],
    "returns blocks without end": itertools.repeat(Paragraph(key="p", title="P", lines=())),
    "returns a table of another number of cells": [table(rows=((Cell(text="a"),) * 2,))],
    "returns a table with a number in place of a text": [table(rows=((Cell(text=3),),))],  # type: ignore[arg-type]
    "returns a table with a text in place of a number": [
        table(rows=((Cell(text="a", value="b"),),))  # type: ignore[arg-type]
    ],
    "returns a table with two columns of one key": [
        table(columns=COLUMNS * 2, rows=((Cell(text="a"),) * 2,))
    ],
    "returns a table with too many rows": [table(rows=ROWS * 20_001)],
    "returns a table with a very long text": [table(rows=((Cell(text="a" * 10_001),),))],
    "returns a table without rows": [table(rows=None)],
    "returns a paragraph of one text": [Paragraph(key="p", title="P", lines="text")],  # type: ignore[arg-type]
    "returns a figure with an unknown mark": [figure(kind="pie")],
    "returns a figure with lines of texts": [figure(x=np.array(["a", "b"]))],
    "returns a figure whose points do not match": [figure(y=np.zeros(3))],
    "returns a figure with an infinite point": [figure(y=np.array([0.0, np.inf]))],
    "returns a band without bounds": [figure(kind="band")],
    "returns a figure with limits the wrong way round": [
        figure(Axis(title="x", low=1.0, high=0.0))
    ],
    "returns a gallery of gray values without a color axis": [gallery(np.zeros((2, 2), "u1"))],
    "returns a gallery with fractions in place of RGB values": [gallery(np.zeros((2, 2, 3)))],
    "returns a gallery with a path in place of pixels": [gallery("slice.png")],
    "returns a gallery with a picture without pixels": [gallery(np.zeros((0, 2, 3), "u1"))],
    "returns a gallery with too large a picture": [gallery(np.zeros((2049, 2048, 3), "u1"))],
    "returns a gallery with a picture without words": [gallery(alt=" ")],
    "returns a gallery of arrays": [
        Gallery(key="g", title="G", pictures=(np.zeros((2, 2, 3), "u1"),))  # type: ignore[arg-type]
    ],
}
FAULTS: dict[tuple[str, str], Callable[[], object]] = {
    **{
        (role, f"`__call__` {fault}"): partial(use, role, "__call__", call)
        for role in EFFECTS
        for fault, call in CALLS.items()
    },
    ("metric", "`__call__` returns a number outside its bounds"): partial(
        use, "metric", "__call__", returning(1.5)
    ),
    ("metric", "`__call__` returns an infinite number"): partial(
        use, "metric", "__call__", returning(np.inf)
    ),
    ("metric", "`__call__` returns a text"): partial(use, "metric", "__call__", returning("high")),
    ("metric", "`__call__` returns an array"): partial(
        use, "metric", "__call__", returning(np.zeros(2))
    ),
    ("metric", "`__call__` changes the labels"): partial(
        use, "metric", "__call__", lambda self, truth, predicted: truth.sort()
    ),
    ("metric", "`title` is no text"): partial(use, "metric", "title", 3),
    ("metric", "`kinds` has an unknown kind"): partial(use, "metric", "kinds", ("binry",)),
    ("metric", "`bounds` are the wrong way round"): partial(use, "metric", "bounds", (1.0, 0.0)),
    ("metric", "`greater_is_better` is no flag"): partial(
        use, "metric", "greater_is_better", "yes"
    ),
    ("comparison", "`__call__` returns a number"): partial(
        use, "comparison", "__call__", returning(0.04)
    ),
    ("comparison", "the primary comparison returns no p value"): partial(
        use,
        "comparison",
        "__call__",
        returning(TestResult(estimate=0.0, low=0.0, high=0.0, statistic=0.0, df=1.0)),
    ),
    ("comparison", "`__call__` returns a p value above 1"): partial(
        use,
        "comparison",
        "__call__",
        returning(TestResult(estimate=0.0, low=0.0, high=0.0, statistic=0.0, df=1.0, pvalue=1.5)),
    ),
    ("comparison", "`__call__` returns an interval the wrong way round"): partial(
        use,
        "comparison",
        "__call__",
        returning(TestResult(estimate=0.0, low=1.0, high=0.0, statistic=0.0, df=1.0, pvalue=0.5)),
    ),
    ("comparison", "`__call__` changes the scores"): partial(
        use, "comparison", "__call__", lambda self, pair: pair.a.fill(1.0)
    ),
    ("comparison", "`role` is unknown"): partial(use, "comparison", "role", "main"),
    ("check", "`__call__` returns a number"): partial(use, "check", "__call__", returning(3)),
    ("check", "`__call__` returns True"): partial(use, "check", "__call__", returning(True)),
    ("check", "`__call__` changes the results"): partial(use, "check", "__call__", changing),
    ("check", "`severity` is unknown"): partial(use, "check", "severity", "fatal"),
    ("check", "`title` is empty"): partial(use, "check", "title", ""),
    ("check", "`remedy` is no text"): partial(use, "check", "remedy", None),
    ("section", "`group` is unknown"): partial(use, "section", "group", "end"),
    **{
        ("section", f"`__call__` {fault}"): partial(use, "section", "__call__", returning(blocks))
        for fault, blocks in BLOCKS.items()
    },
}
