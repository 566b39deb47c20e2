"""Table 2: whether methods differ, by the test to believe and by the one that is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Block, Cell, Compared, Results, Table, TableColumn
from lnmbench_tables.arms import names
from lnmbench_tables.figures import counted, interval, pvalue, signed
from lnmbench_tables.reading_order import pairs_in_order
from lnmbench_tables.setting import synthetic_mark


class Comparisons:
    """Each pair in each primary metric: difference, corrected p, Holm p, "as published" p."""

    order = 30

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing where nothing could be compared."""
        if not results.compared:
            return []
        table = Table(
            key="comparisons",
            title=f"Table 2. Differences between methods{synthetic_mark(results.card)}",
            columns=tuple(_columns(results)),
            rows=tuple(tuple(_cells(results, one)) for one in pairs_in_order(results)),
            notes=tuple(_notes(results)),
        )
        return [table]


def beside(results: Results) -> list[str]:
    """Return the comparisons other than the primary one, as they were registered."""
    return [name for name in results.comparison_titles if name != results.primary]


def _columns(results: Results) -> Iterator[TableColumn]:
    yield TableColumn(key="method", heading="Method", align="left")
    yield TableColumn(key="against", heading="against", align="left")
    yield TableColumn(key="metric", heading="Metric", align="left")
    yield TableColumn(key="difference", heading="Difference (95 % CI)")
    yield TableColumn(
        key=f"p_{results.primary}", heading=f"p, {results.comparison_titles[results.primary]}"
    )
    yield TableColumn(key="p_holm", heading="p, Holm")
    for name in beside(results):
        published = results.comparison_roles.get(name) == "as published"
        title = results.comparison_titles[name] + (', "as published"' if published else "")
        yield TableColumn(key=f"p_{name}", heading=f"p, {title}")


def _cells(results: Results, one: Compared) -> Iterator[Cell]:
    labels = names(results)
    yield Cell(text=labels[one.method_b])
    yield Cell(text=labels[one.method_a])
    yield Cell(text=results.metric_titles.get(one.metric, one.metric))
    test = one.tests[results.primary]
    text = f"{signed(test.estimate)} ({interval(test.low, test.high)})"
    yield Cell(text=text, value=test.estimate, low=test.low, high=test.high)
    yield Cell(text=pvalue(test.pvalue), value=test.pvalue)
    yield Cell(text=pvalue(one.holm), value=one.holm)
    for name in beside(results):
        p = one.tests[name].pvalue
        yield Cell(text=pvalue(p), value=p)


def _notes(results: Results) -> Iterator[str]:
    folds = counted(results.protocol.units, "fold", "folds")
    family = counted(len(results.compared), "test", "tests")
    yield (
        f"Believe the corrected p: the {folds} share most of their training cases, but the plain "
        'paired t takes them for independent and, at 10 × 10 folds, "finds" a difference (p < .05) '
        "between equally good methods in about half of all cohorts."
    )
    yield f"CI: that of the corrected test. Holm: over {family}, every pair × primary metric."
