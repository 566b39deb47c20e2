"""Final models of linear methods as coefficient files, which other cohorts can be scored with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from lnmbench.records import LinearEquation, LinearTerm, MethodResult, Results, Variable
from lnmbench.results import describe_target
from lnmbench.text import clean, plural


def write_coefficient_files(results: Results) -> dict[str, str]:
    """Return the coefficient file of each final model, one for each outcome, by its file name.

    A coefficient file has no value for missing ones: cases without a variable have no prediction.
    """
    if results.profile is None:
        return {}
    variables = {variable.name: variable for variable in results.profile.variables}
    texts = [
        "\n".join(_list_lines(results, result, equation, variables))
        for result in results.method_results
        if result.final_model is not None
        for equation in result.final_model.equations
        if equation.terms and {term.feature for term in equation.terms} <= set(variables)
    ]
    return {f"final_model_{number}.toml": text for number, text in enumerate(texts, start=1)}


def _list_lines(
    results: Results,
    result: MethodResult,
    equation: LinearEquation,
    variables: Mapping[str, Variable],
) -> Iterator[str]:
    target = describe_target(results)
    outcome = f"{target}, {equation.outcome}" if equation.outcome else target
    model = result.final_model
    settings = {} if model is None else model.settings
    cohort = f"{results.cohort.partition(':')[0]}, {plural(results.n, 'case')}"
    source = ", ".join(f"{name} = {value}" for name, value in settings.items())
    yield f"title = {_quote(f'{result.method.label}, fitted to all cases')}"
    yield f"citation = {_quote('not published; final model of a run of lnmbench')}"
    yield f"outcome = {_quote(outcome)}"
    yield f"cohort = {_quote(cohort)}"
    yield f"source = {_quote(source)}"
    yield f"intercept = {equation.intercept!r}"
    entries = [
        entry for term in equation.terms for entry in _list_entries(term, variables[term.feature])
    ]
    for name, (term, _, lines) in _name(entries).items():
        yield ""
        yield f"[variables.{_quote(name)}]"
        yield f"description = {_quote(term.feature)}"
        yield f"column = {_quote(term.feature)}"
        yield from lines
    for name, (_, coefficient, _) in _name(entries).items():
        yield ""
        yield "[[terms]]"
        yield f"variable = {_quote(name)}"
        yield f"coefficient = {coefficient!r}"
    yield ""


_Entry = tuple[LinearTerm, float, list[str]]


def _list_entries(term: LinearTerm, variable: Variable) -> Iterator[_Entry]:
    """Yield the coefficient of each variable that a term becomes, and the lines that define it."""
    if variable.kind == "continuous":
        yield term, term.coefficient, [f"unit = {_quote(variable.unit or '')}"]
        return
    if term.category:
        yield term, term.coefficient, [f"categories = [{_quote(term.category)}]"]
        return
    # an ordinal or binary category counts as its position
    for position, category in enumerate(variable.categories):
        if position:
            yield term, position * term.coefficient, [f"categories = [{_quote(category)}]"]


def _name(entries: list[_Entry]) -> dict[str, _Entry]:
    return {f"x{number}": entry for number, entry in enumerate(entries, start=1)}


def _quote(text: str) -> str:
    """Return a text as a string of TOML."""
    return json.dumps(clean(text), ensure_ascii=False)
