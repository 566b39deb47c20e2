"""Odds ratios of linear models over the fits of the cross-validation, and the final model."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    Block,
    Cell,
    LinearTerm,
    MethodResult,
    Results,
    Table,
    TableColumn,
)
from lnmbench.results import MISSING, complete_methods
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix

MOST_TERMS = 20
"""Terms of a method in the short tables."""
COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="term", heading="Term", align="left"),
    TableColumn(key="per_sd", heading="OR per SD (range)"),
    TableColumn(key="per_unit", heading="OR per unit (range)"),
    TableColumn(key="selected", heading="Selected"),
)
MODEL_COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="term", heading="Term", align="left"),
    TableColumn(key="coefficient", heading="Coefficient"),
    TableColumn(key="odds_ratio", heading="Odds ratio"),
    TableColumn(key="missing", heading="If missing"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Coefficients:
    """A term in all fits of a method: its coefficients and those per SD, (fits,), 0 if unused."""

    name: str
    per_unit: NDArray[np.float64]
    per_sd: NDArray[np.float64] | None


class Coefficients:
    """Odds ratios of linear models, and the equation of the final one (TRIPOD 22)."""

    group: SectionGroup = "secondary"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return the tables, or no block if the run has no equations."""
        methods = [r for r in complete_methods(results) if r.equations]
        final = [r for r in complete_methods(results) if r.final_model is not None]
        blocks: list[Block] = []
        if methods:
            blocks += _make_tables(results, methods)
        if final:
            blocks.append(_make_model_table(results, final))
        return blocks


def _describe_term(term: LinearTerm, outcome: str) -> str:
    name = f"{term.feature} = {term.category}" if term.category else term.feature
    return f"{outcome}: {name}" if outcome else name


def _collect(result: MethodResult) -> list[_Coefficients]:
    """Return the terms of a method, those with the greatest mean effect first."""
    fits = [fit for unit in result.equations for fit in unit.fits]
    values: dict[str, list[tuple[int, LinearTerm]]] = {}
    for number, fit in enumerate(fits):
        for equation in fit:
            for term in equation.terms:
                name = _describe_term(term, equation.outcome)
                values.setdefault(name, []).append((number, term))
    collected = []
    for name, terms in values.items():
        per_unit, per_sd = np.zeros(len(fits)), np.zeros(len(fits))
        for number, term in terms:
            per_unit[number] = term.coefficient
            per_sd[number] = term.coefficient * term.sd
        is_category = bool(terms[0][1].category)
        collected.append(
            _Coefficients(name=name, per_unit=per_unit, per_sd=None if is_category else per_sd)
        )
    return sorted(collected, key=lambda each: -abs(float(_effect(each).mean())))


def _effect(each: _Coefficients) -> NDArray[np.float64]:
    return each.per_unit if each.per_sd is None else each.per_sd


def _make_tables(results: Results, methods: Sequence[MethodResult]) -> Iterator[Table]:
    rows = [(result, each) for result in methods for each in _collect(result)]
    shown = [(result, each) for result in methods for each in _collect(result)[:MOST_TERMS]]
    notes = [
        "Odds ratios: exp of the mean coefficient over all inner fits, and the range over them; "
        "per SD of the feature in the training cases, or of a category against the others. "
        "Selected: fits with a coefficient other than 0. Penalized coefficients are shrunken, and "
        "the range is no confidence interval.",
    ]
    if len(rows) > len(shown):
        hidden = plural(len(rows) - len(shown), "more term")
        notes.append(f"{hidden}: in the complete table of HTML, LaTeX and CSV reports.")
    yield _make_table(results, "coefficients", "Odds ratios of linear models", shown, notes)
    if len(rows) > len(shown):
        title = "Odds ratios of all terms"
        yield _make_table(results, "all_coefficients", title, rows, [], exhaustive=True)


def _make_table(
    results: Results,
    key: str,
    title: str,
    rows: Sequence[tuple[MethodResult, _Coefficients]],
    notes: Sequence[str],
    *,
    exhaustive: bool = False,
) -> Table:
    return Table(
        key=key,
        title=f"{title}{synthetic_suffix(results.card)}",
        columns=COLUMNS,
        rows=tuple(tuple(_make_cells(*row)) for row in rows),
        notes=tuple(notes),
        methods=tuple((result.method.fingerprint,) for result, _ in rows),
        exhaustive=exhaustive,
    )


def _make_cells(result: MethodResult, each: _Coefficients) -> Iterator[Cell]:
    yield Cell(text=result.method.label)
    yield Cell(text=each.name)
    yield Cell(text="") if each.per_sd is None else _odds_ratio(each.per_sd)
    yield _odds_ratio(each.per_unit)
    share = float((each.per_unit != 0).mean())
    yield Cell(text=f"{100 * share:.0f} %", value=share)


def _odds_ratio(coefficients: NDArray[np.float64]) -> Cell:
    mean, low, high = (
        _exp(float(value))
        for value in (coefficients.mean(), coefficients.min(), coefficients.max())
    )
    text = f"{_format(mean)} ({_format(low)} to {_format(high)})"
    return Cell(text=text, value=mean, low=low, high=high)


def _exp(coefficient: float) -> float:
    return math.exp(min(coefficient, 700.0))


def _format(ratio: float) -> str:
    return f"{ratio:.2f}" if 0.005 <= ratio < 1000 else f"{ratio:.1e}"


def _make_model_table(results: Results, methods: Sequence[MethodResult]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    fingerprints: list[tuple[str, ...]] = []
    notes = [
        "The model for a manuscript (TRIPOD+AI 22), fitted once to all cases with the settings "
        "that most units chose: the probability is 1 / (1 + exp(−x)), x the intercept plus the "
        "coefficients times the values. The scores of this report are those of the "
        "cross-validation, not of this model; it has not been validated on other cases. "
        "lnmbench export writes it as a coefficient file.",
    ]
    for result in methods:
        model, label = result.final_model, result.method.label
        if model is None:
            continue
        settings = ", ".join(f"{name} = {value}" for name, value in model.settings.items())
        notes.append(
            f"{label}: {plural(model.cases, 'case')}; {settings or 'no settings'},"
            f" chosen by {model.chosen} of {plural(model.units, 'unit')}."
        )
        for equation in model.equations:
            name = f"{equation.outcome}: intercept" if equation.outcome else "intercept"
            number = Cell(
                text=f"{equation.intercept:.4g}".replace("-", "−"), value=equation.intercept
            )
            rows.append((Cell(text=label), Cell(text=name), number, Cell(text=""), Cell(text="")))
            rows += [
                (Cell(text=label), *_make_term_cells(term, equation.outcome))
                for term in equation.terms
            ]
        fingerprints += [(result.method.fingerprint,)] * (len(rows) - len(fingerprints))
    return Table(
        key="final_model",
        title=f"Final linear models{synthetic_suffix(results.card)}",
        columns=MODEL_COLUMNS,
        rows=tuple(rows),
        notes=tuple(notes),
        methods=tuple(fingerprints),
    )


def _make_term_cells(term: LinearTerm, outcome: str) -> Iterator[Cell]:
    yield Cell(text=_describe_term(term, outcome))
    yield Cell(text=f"{term.coefficient:.4g}".replace("-", "−"), value=term.coefficient)
    ratio = _exp(term.coefficient)
    yield Cell(text=_format(ratio), value=ratio)
    text = MISSING if term.category else f"{term.missing:.4g}".replace("-", "−")
    yield Cell(text=text, value=None if term.category else term.missing)
