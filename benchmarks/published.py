"""What a published table of mean ± SD over the folds of cross-validation allows to say.

Without numbers, it reads Tables 1 and 2 of Hu et al. again; with them, any other table's. SDs are
over all outer folds (ddof 1). A table does not tell how the folds of two methods go together, so
p values are given for a grid of correlations ρ between them: the SD of the difference is
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
    correlation_needed,
    pairs,
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


def blocks(title: str, table: Sequence[Published], design: Design) -> list[Paragraph | Table]:
    """Return what the numbers allow, as blocks of a report."""
    plain = _grid("plain", "p of the plain paired t-test", table, design.plain)
    corrected = _grid("corrected", "p of the corrected resampled t-test", table, design.corrected)
    return [
        _correction(title, design),
        _means(table, design),
        plain,
        corrected,
        _needed(table, design),
        _seen(design),
    ]


def _correction(title: str, design: Design) -> Paragraph:
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
            "a corrected p below .05 takes a plain p below"
            f" {scientific(design.plain(at_05, 1.0).pvalue)}",
        ),
    )


def _means(table: Sequence[Published], design: Design) -> Table:
    rows = []
    for one in table:
        cells = [_words(one.method), _words(one.metric), _number(one.mean), _number(one.sd)]
        for test in (design.plain, design.corrected):
            bounds = test(one.mean, one.sd).interval
            cells.append(Cell(text=format_interval(bounds.low, bounds.high), value=one.mean))
        rows.append(tuple(cells))
    words = _columns("method", "metric", align="left")
    figures = _columns("mean", "SD", "95 % CI, plain", "95 % CI, corrected")
    return Table(key="means", title="Means", columns=(*words, *figures), rows=tuple(rows))


def _grid(key: str, title: str, table: Sequence[Published], test: Test) -> Table:
    rows = []
    for a, b in pairs(table):
        difference = b.mean - a.mean
        spreads = [sd_of_difference(a, b, correlation) for correlation in CORRELATIONS]
        found = [test(difference, spread, 0.95).pvalue for spread in spreads]
        rows.append((*_head(a, b), *(Cell(text=format_pvalue(p), value=p) for p in found)))
    figures = _columns("difference", *(f"ρ = {format_decimal(r, digits=2)}" for r in CORRELATIONS))
    return Table(
        key=key, title=title, columns=(*_PAIR, *figures), rows=tuple(rows), notes=(_ROUNDED,)
    )


def _needed(table: Sequence[Published], design: Design) -> Table:
    rows = []
    for a, b in pairs(table):
        cells = []
        for test, alpha in ((design.plain, 0.01), (design.corrected, 0.05)):
            correlation = correlation_needed(a, b, test, alpha)
            cells += [_correlation(correlation), _spread(a, b, correlation)]
        rows.append((*_head(a, b), *cells))
    figures = _columns(
        "difference",
        "ρ for plain p < .01",
        "SD of d, plain",
        "ρ for corrected p < .05",
        "SD of d, corrected",
    )
    return Table(
        key="needed",
        title="How alike the folds of two methods must be",
        columns=(*_PAIR, *figures),
        rows=tuple(rows),
        notes=("p is below the bound where ρ is above, and the SD of d below, what stands here.",),
    )


def _seen(design: Design) -> Table:
    rows = []
    for spread in SPREADS:
        bounds = [test(0.0, spread).interval.high for test in (design.plain, design.corrected)]
        numbers = (*bounds, design.detectable(spread))
        rows.append((_number(spread, 2), *(_number(number) for number in numbers)))
    columns = _columns(
        "SD of d", "plain p < .05 from", "corrected p < .05 from", "found with 80 % power"
    )
    return Table(
        key="seen",
        title="Which difference the experiment could see",
        columns=columns,
        rows=tuple(rows),
    )


def _columns(*headings: str, align: str = "right") -> tuple[TableColumn, ...]:
    left = align == "left"
    return tuple(
        TableColumn(key=text, heading=text, align="left" if left else "right") for text in headings
    )


_PAIR = _columns("pair", "metric", align="left")
_ROUNDED = "Of rounded means: a difference may be off by one in its last digit."


def _head(a: Published, b: Published) -> tuple[Cell, Cell, Cell]:
    difference = b.mean - a.mean
    return (
        _words(f"{b.method} − {a.method}"),
        _words(a.metric),
        Cell(text=format_difference(difference), value=difference),
    )


def _words(text: str) -> Cell:
    return Cell(text=text)


def _number(value: float, digits: int = 3) -> Cell:
    return Cell(text=format_decimal(value, digits=digits), value=value)


def _correlation(needed: float) -> Cell:
    if math.isnan(needed):
        return Cell(text="no ρ")
    return Cell(text="any ρ") if needed <= -1.0 else _number(needed, 4)


def _spread(a: Published, b: Published, correlation: float) -> Cell:
    if not -1.0 < correlation < 1.0:
        return Cell(text="–")
    return _number(sd_of_difference(a, b, correlation), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folds", type=int, default=10, help="outer folds of a repeat (10)")
    parser.add_argument("--repeats", type=int, default=10, help="repeats (10)")
    for name in "ab":
        parser.add_argument(f"--{name}", type=float, nargs=2, metavar=("MEAN", "SD"))
    parser.add_argument("--metric", default="AUC", help="what --a and --b are (AUC)")
    parser.add_argument("--format", choices=FORMATS, default="table")
    asked = parser.parse_args()
    if (asked.a is None) != (asked.b is None):
        parser.error("--a and --b go together")
    title, table = HU_TITLE, HU
    try:
        if asked.a is not None:
            title, table = (
                "Two methods",
                tuple(
                    Published(method=name, metric=clean(asked.metric), mean=mean, sd=sd)
                    for name, (mean, sd) in (("a", asked.a), ("b", asked.b))
                ),
            )
        design = Design(folds=asked.folds, repeats=asked.repeats)
        sys.stdout.write(FORMATS[asked.format](blocks(title, table, design)))
    except UserError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
