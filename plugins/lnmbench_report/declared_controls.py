"""Controls that their tasks declare to be, against the network without them."""

from __future__ import annotations

from collections.abc import Iterator

from lnmbench.records import Cell, Results, Table, TableColumn
from lnmbench.results import (
    Question,
    complete_methods,
    is_reference_of,
    method_labels,
    metric_heading,
    question_effects,
)
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.effect_cells import effect_cells

COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="control", heading="Control", align="left"),
    TableColumn(key="metric", heading="Metric", align="left"),
    TableColumn(key="difference", heading="Difference (95 % CI)"),
    TableColumn(key="p", heading="p, corrected"),
    TableColumn(key="verdict", heading="Verdict", align="left"),
)


def tabulate_declared_controls(results: Results) -> list[Table]:
    """Return a table of the declared controls against the network without them, if there are any.

    Parameters
    ----------
    results
        The results; controls and references that are not complete are left out.
    """
    rows = list(_make_rows(results))
    if not rows:
        return []
    return [
        Table(
            key="declared_controls",
            title=f"Positive and negative controls{synthetic_suffix(results.card)}",
            columns=COLUMNS,
            rows=tuple(cells for _, cells in rows),
            notes=(
                "Difference from the same network without the task; p is not adjusted, and outside "
                "of Holm's family. A negative control has labels without information: if it is "
                "better, the gain of a task need not come from its labels. A positive control has "
                "the target itself as its label: if it is not better, the experiment has not shown "
                "that it can find the effect of a label. It is no bound: a label that says more "
                "than the target can add more.",
            ),
            methods=tuple((method,) for method, _ in rows),
        )
    ]


def _make_rows(results: Results) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    methods = [result.method for result in complete_methods(results)]
    labels = method_labels(results)
    for control in (method for method in methods if method.control != "none"):
        for reference in (method for method in methods if is_reference_of(method, control)):
            question = Question(method=control, reference=reference)
            for effect in question_effects(results, question):
                if effect.undefined:
                    continue
                yield (
                    control.fingerprint,
                    (
                        Cell(text=labels[control.fingerprint]),
                        Cell(text=control.control),
                        Cell(text=metric_heading(results, effect.metric)),
                        *effect_cells(effect),
                        Cell(text=effect.verdict),
                    ),
                )
