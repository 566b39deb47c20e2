"""Tests of a published table of mean ± SD over the folds of cross-validation.

Without numbers it uses Tables 1 and 2 of Hu et al., with them any other table. SDs are over all
outer folds (ddof 1). A table does not contain the correlation ρ between the folds of two methods,
so p values are given for a grid of correlations: the SD of the difference is
s_d² = s_a² + s_b² − 2 ρ s_a s_b.

    python benchmarks/published.py
    python benchmarks/published.py --folds 10 --repeats 10 --a .760 .079 --b .768 .073
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence

from published_folds import (
    Design,
    Published,
    Test,
    list_pairs,
    minimum_correlation,
    sd_of_difference,
)

from lnmbench.errors import UserError
from lnmbench.records import Cell, Paragraph, Table, TableColumn
from lnmbench.rendering.markdown import to_markdown
from lnmbench.rendering.terminal import to_text
from lnmbench.results import format_decimal, format_difference, format_interval, format_pvalue
from lnmbench.text import clean

CORRELATIONS = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99)
FORMATS = {"table": to_text, "markdown": to_markdown}
SPREADS = (0.01, 0.02, 0.03, 0.04, 0.05)


HU = tuple(
    Published(method=method, metric=metric, mean=mean, sd=sd)
    for metric, method, mean, sd in (
        ("AUC", "LR", 0.760, 0.073),
        ("AUC", "single-task", 0.760, 0.079),
        ("AUC", "multi-task", 0.768, 0.073),
        ("AP", "LR", 0.433, 0.116),
        ("AP", "single-task", 0.448, 0.118),
        ("AP", "multi-task", 0.448, 0.113),
    )
)
HU_TITLE = "Hu et al., Tables 1 and 2: 681 patients"


def scientific(p: float) -> str:
    """Return a small number with one digit and a power of ten, others as a p value.

    Examples
    --------
    >>> scientific(5.1e-10), scientific(0.03)
    ('5 × 10⁻¹⁰', '.03')
    """
    if p >= 0.001:
        return format_pvalue(p)
    digit, power = f"{p:.0e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digit} × 10{raised}"


def make_blocks(title: str, table: Sequence[Published], design: Design) -> list[Paragraph | Table]:
    """Return the tests of the numbers as blocks of a report."""
    plain = _make_grid("plain", "p of the plain paired t-test", table, design.plain)
    corrected = _make_grid(
        "corrected", "p of the corrected resampled t-test", table, design.corrected
    )
    return [
        _describe_correction(title, design),
        _make_means(table, design),
        plain,
        corrected,
        _make_correlations(table, design),
        _make_detectable(design),
    ]


def _describe_correction(title: str, design: Design) -> Paragraph:
    plain, corrected = design.plain(1.0, 1.0), design.corrected(1.0, 1.0)
    shrinks = corrected.statistic / plain.statistic
    at_01 = design.plain(0.0, 1.0, level=0.99).interval.high
    at_05 = design.corrected(0.0, 1.0).interval.high
    return Paragraph(
        key="correction",
        title=f"{title}, {design.repeats} × {design.folds} folds",
        lines=(
            f"J = {design.count} outer folds, n2/n1 = 1/{design.folds - 1}: the standard error of a"
            f" mean is {1.0 / shrinks:.2f} times s/√J, and t shrinks to {format_decimal(shrinks)}"
            " of its plain value",
            "a plain p of .01 is a corrected p of"
            f" {format_pvalue(design.corrected(at_01, 1.0).pvalue)}",
            "a corrected p below .05 requires a plain p below"
            f" {scientific(design.plain(at_05, 1.0).pvalue)}",
        ),
    )


def _make_means(table: Sequence[Published], design: Design) -> Table:
    rows = []
    for entry in table:
        cells = [Cell(text=entry.method), Cell(text=entry.metric)]
        cells += [_number_cell(entry.mean), _number_cell(entry.sd)]
        for test in (design.plain, design.corrected):
            bounds = test(entry.mean, entry.sd).interval
            cells.append(Cell(text=format_interval(bounds.low, bounds.high), value=entry.mean))
        rows.append(tuple(cells))
    text_columns = _make_columns("method", "metric", align="left")
    number_columns = _make_columns("mean", "SD", "95 % CI, plain", "95 % CI, corrected")
    return Table(
        key="means", title="Means", columns=(*text_columns, *number_columns), rows=tuple(rows)
    )


def _make_grid(key: str, title: str, table: Sequence[Published], test: Test) -> Table:
    rows = []
    for a, b in list_pairs(table):
        difference = b.mean - a.mean
        spreads = [sd_of_difference(a, b, correlation) for correlation in CORRELATIONS]
        pvalues = [test(difference, spread, 0.95).pvalue for spread in spreads]
        rows.append(
            (*_make_pair_cells(a, b), *(Cell(text=format_pvalue(p), value=p) for p in pvalues))
        )
    number_columns = _make_columns(
        "difference", *(f"ρ = {format_decimal(r, digits=2)}" for r in CORRELATIONS)
    )
    return Table(
        key=key, title=title, columns=(*_PAIR, *number_columns), rows=tuple(rows), notes=(_ROUNDED,)
    )


def _make_correlations(table: Sequence[Published], design: Design) -> Table:
    rows = []
    for a, b in list_pairs(table):
        cells = []
        for test, alpha in ((design.plain, 0.01), (design.corrected, 0.05)):
            correlation = minimum_correlation(a, b, test, alpha)
            cells += [_correlation_cell(correlation), _spread_cell(a, b, correlation)]
        rows.append((*_make_pair_cells(a, b), *cells))
    number_columns = _make_columns(
        "difference",
        "ρ for plain p < .01",
        "SD of d, plain",
        "ρ for corrected p < .05",
        "SD of d, corrected",
    )
    return Table(
        key="needed",
        title="Correlation of the folds that significance requires",
        columns=(*_PAIR, *number_columns),
        rows=tuple(rows),
        notes=(
            "p is below the bound if ρ is above, and the SD of d below, the number in its cell.",
        ),
    )


def _make_detectable(design: Design) -> Table:
    rows = []
    for spread in SPREADS:
        bounds = [test(0.0, spread).interval.high for test in (design.plain, design.corrected)]
        numbers = (*bounds, design.detectable(spread))
        rows.append((_number_cell(spread, 2), *(_number_cell(number) for number in numbers)))
    columns = _make_columns(
        "SD of d", "plain p < .05 from", "corrected p < .05 from", "detected with 80 % power"
    )
    return Table(
        key="seen",
        title="Detectable differences",
        columns=columns,
        rows=tuple(rows),
    )


def _make_columns(*headings: str, align: str = "right") -> tuple[TableColumn, ...]:
    left = align == "left"
    return tuple(
        TableColumn(key=text, heading=text, align="left" if left else "right") for text in headings
    )


_PAIR = _make_columns("pair", "metric", align="left")
_ROUNDED = "Of rounded means: a difference may be off by one in its last digit."


def _make_pair_cells(a: Published, b: Published) -> tuple[Cell, Cell, Cell]:
    difference = b.mean - a.mean
    return (
        Cell(text=f"{b.method} − {a.method}"),
        Cell(text=a.metric),
        Cell(text=format_difference(difference), value=difference),
    )


def _number_cell(value: float, digits: int = 3) -> Cell:
    return Cell(text=format_decimal(value, digits=digits), value=value)


def _correlation_cell(correlation: float) -> Cell:
    if math.isnan(correlation):
        return Cell(text="no ρ")
    return Cell(text="any ρ") if correlation <= -1.0 else _number_cell(correlation, 4)


def _spread_cell(a: Published, b: Published, correlation: float) -> Cell:
    if not -1.0 < correlation < 1.0:
        return Cell(text="–")
    return _number_cell(sd_of_difference(a, b, correlation), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folds", type=int, default=10, help="outer folds of a repeat (10)")
    parser.add_argument("--repeats", type=int, default=10, help="repeats (10)")
    for name in "ab":
        parser.add_argument(f"--{name}", type=float, nargs=2, metavar=("MEAN", "SD"))
    parser.add_argument("--metric", default="AUC", help="what --a and --b are (AUC)")
    parser.add_argument("--format", choices=FORMATS, default="table")
    options = parser.parse_args()
    if (options.a is None) != (options.b is None):
        parser.error("--a and --b go together")
    title, table = HU_TITLE, HU
    try:
        if options.a is not None:
            title, table = (
                "Two methods",
                tuple(
                    Published(method=name, metric=clean(options.metric), mean=mean, sd=sd)
                    for name, (mean, sd) in (("a", options.a), ("b", options.b))
                ),
            )
        design = Design(folds=options.folds, repeats=options.repeats)
        sys.stdout.write(FORMATS[options.format](make_blocks(title, table, design)))
    except UserError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
