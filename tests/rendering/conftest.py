"""Sample blocks with hostile text for the renderers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lnmbench.records import Axis, Cell, Figure, Mark, Panel, Paragraph, Table, TableColumn


class Samples:
    """Blocks for a renderer; `HOSTILE` are texts with special characters of every format."""

    HOSTILE = (
        "<script>alert(1)</script>",
        "[bold red]x[/]",
        "a|b",
        "=1+1",
        "@SUM(A1)",
        "+1+cmd|' /C calc'!A0",
        "50%_x",
        r"\input{/etc/passwd}",
        "$x^2$ ~#{}&",
        "*star* `code` _low_",
        "[link](http://example.org)",
        "# heading",
        "1. item",
        "- item",
        "> quote",
        "&lt;",
        "a--b",
        ":smile:",
    )

    @staticmethod
    def table(*names: str, key: str = "t") -> Table:
        return Table(
            key=key,
            title="Table 1. Scores",
            columns=(
                TableColumn(key="method", heading="Method", align="left"),
                TableColumn(key="auc", heading="AUC (95 % CI)"),
            ),
            rows=tuple(
                (
                    Cell(text=name),
                    Cell(
                        text="+.760 (−.013 to .800)", value=0.7600000001, low=-0.013, high=math.nan
                    ),
                )
                for name in names
            ),
            notes=("a note",),
        )

    @staticmethod
    def paragraph(*lines: str) -> Paragraph:
        return Paragraph(key="p", title="Setting", lines=lines)

    @staticmethod
    def figure() -> Figure:
        mark = Mark(kind="line", x=np.zeros(1), y=np.zeros(1))
        panel = Panel(x=Axis(title="x"), y=Axis(title="y"), marks=(mark,))
        return Figure(key="roc", title="Figure 1. ROC", alt="curves", panels=(panel,))

    @staticmethod
    def wide(columns: int, rows: int, *, words: str = "resnet50 + pt:levels=4") -> Table:
        return Table(
            key="wide",
            title="Table 2. Wide",
            columns=(
                TableColumn(key="m", heading="Method", align="left"),
                TableColumn(key="w", heading="Against", align="left"),
                *(TableColumn(key=f"c{n}", heading="AUC (95 % CI)") for n in range(columns)),
            ),
            rows=tuple(
                (
                    Cell(text=words),
                    Cell(text="logistic"),
                    *(Cell(text=".760 (−.013 to .800)") for _ in range(columns)),
                )
                for _ in range(rows)
            ),
        )

    @staticmethod
    def differences(name: str = "clinical network + pt:shuffled=1") -> Table:
        """A table like that of the comparisons."""
        heads = ("p, corrected resampled t", "p, Holm", 'p, plain paired t, "as published"')
        row = (name, "clinical network", "AUC", "−.014 (−.114 to .087)", ".09", "> .99")
        words = ("Method", "against", "Metric")
        return Table(
            key="comparisons",
            title="Table 2. Differences",
            columns=(
                *(TableColumn(key=word, heading=word, align="left") for word in words),
                TableColumn(key="d", heading="Difference (95 % CI)"),
                *(TableColumn(key=head, heading=head) for head in heads),
            ),
            rows=tuple(
                tuple(Cell(text=text) for text in (*row, p))
                for p in ("< .001, not confirmed", ".82")
            ),
            notes=("The corrected p decides.",),
        )

    @staticmethod
    def over_cohorts() -> Table:
        """A table whose headings are long names."""
        cohorts = [f"synthetic:n=40,images=false,seed={n} 7aa84b" for n in range(3)]
        return Table(
            key="across",
            title="Table 2. AUC in each cohort",
            columns=(
                TableColumn(key="m", heading="Method", align="left"),
                *(TableColumn(key=name, heading=name) for name in cohorts),
            ),
            rows=((Cell(text="logistic"), *(Cell(text=".699 (.224 to 1.000)") for _ in cohorts)),),
        )


@pytest.fixture
def samples() -> type[Samples]:
    return Samples
