"""Agreement between readers: Cohen's kappa of each pair and Fleiss' kappa of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Block, Cell, MethodResult, Results, Table, TableColumn
from lnmbench.results import MISSING, format_decimal, format_interval, join_and, method_labels
from lnmbench.stats.agreement import Agreement, cohens_kappa, fleiss_kappa
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.figure_parts import require_predictions
from lnmbench_report.untrained_methods.covered_cases import covered_cases, untrained_methods

COLUMNS = (
    TableColumn(key="readers", heading="Methods with calls", align="left"),
    TableColumn(key="cases", heading="Cases"),
    TableColumn(key="agreement", heading="Agreement"),
    TableColumn(key="kappa", heading="Kappa (95 % CI)"),
)


def compare_readers(results: Results) -> Iterator[Block]:
    """Yield the agreement of each pair of methods with calls, and of all if there are three."""
    readers = [r for r in untrained_methods(results) if r.method.scale == "call"]
    groups: list[Sequence[MethodResult]] = list(combinations(readers, 2))
    groups += [readers] if len(readers) > 2 else []
    rows = [(group, _make_row(results, group)) for group in groups if _common(group).any()]
    if not rows:
        return
    yield Table(
        key="untrained_agreement",
        title=f"Agreement between readers{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(row for _, row in rows),
        notes=(
            "Share of equal calls of two methods on the cases that both have, and agreement beyond "
            "chance: Cohen's kappa of pairs with Fleiss' interval, Fleiss' kappa of several with a "
            f"bootstrap over patients. {MISSING}: all calls are equal.",
        ),
        methods=tuple(tuple(r.method.fingerprint for r in group) for group, _ in rows),
    )


def _common(group: Sequence[MethodResult]) -> NDArray[np.bool_]:
    return np.asarray(np.all([covered_cases(result) for result in group], axis=0))


def _make_row(results: Results, group: Sequence[MethodResult]) -> tuple[Cell, ...]:
    labels, common = method_labels(results), _common(group)
    calls = np.stack([require_predictions(result)[0, common] == 1.0 for result in group])
    patients = results.patients[common] if results.patients.size else None
    agreement = (
        cohens_kappa(calls[0], calls[1])
        if len(group) == 2
        else fleiss_kappa(calls, patients=patients)
    )
    names = join_and([labels[result.method.fingerprint] for result in group])
    return (
        Cell(text=names),
        Cell(text=str(int(common.sum())), value=float(common.sum())),
        Cell(text=format_decimal(agreement.observed), value=agreement.observed),
        _kappa_cell(agreement),
    )


def _kappa_cell(agreement: Agreement) -> Cell:
    if np.isnan(agreement.kappa):
        return Cell(text=MISSING)
    low, high = agreement.interval.low, agreement.interval.high
    if np.isnan(low):
        return Cell(text=format_decimal(agreement.kappa), value=agreement.kappa)
    text = f"{format_decimal(agreement.kappa)} ({format_interval(low, high)})"
    return Cell(text=text, value=agreement.kappa, low=low, high=high)
