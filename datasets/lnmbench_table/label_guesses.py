"""Labels of a table: columns that serve targets, their positive classes, and their leaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.stats.leakage import describe_signs, find_signs
from lnmbench.text import clean, fold_spelling, parse_number
from lnmbench_table.guesses import Guess
from lnmbench_table.sheet import Sheet

_OUTCOMES = {"n1": 1, "n2": 2}
"""Targets, and the lowest N class that is positive."""
_CLASS = re.compile(r"n?\s?([0-3+])")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """Labels of a target, (n,), NaN if unknown, from a column; `positive` are its classes."""

    target: str
    column: str
    positive: tuple[str, ...]
    labels: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The labels of columns by name, the columns that are targets, and the labels of the cases."""

    labels: Mapping[str, str]
    targets: frozenset[str]
    truths: tuple[Truth, ...]

    def describe(self) -> Iterator[str]:
        """Yield the positive classes of each target with the number of positive cases."""
        for truth in self.truths:
            known = truth.labels[~np.isnan(truth.labels)]
            classes = ", ".join(map(clean, truth.positive)) or "none"
            yield (
                f"{truth.target} positive: {classes} (n = {int(known.sum())} of {len(known)}), "
                f"column {clean(truth.column)}"
            )

    def find_signs(self, cells: Sequence[str], guess: Guess) -> str:
        """Return why a column can hardly be known before surgery, or an empty text."""
        values = _encode(cells, guess)
        for truth in self.truths:
            known = ~np.isnan(truth.labels)
            nominal = guess.kind == "nominal"
            signs = find_signs(values[known], truth.labels[known], nominal=nominal)
            sentences = describe_signs(signs)
            if sentences:
                return f"{sentences[0]} for {truth.target}"
        return ""


def find_labels(sheet: Sheet, guesses: Mapping[str, Guess]) -> Labels:
    """Return the labels that columns seem to serve."""
    labels: dict[str, str] = {}
    truths: list[Truth] = []
    for name, guess in guesses.items():
        label = _find_label(name, guess)
        if not label:
            continue
        if label not in labels.values():
            truths += _make_truths(name, label, sheet.column(name), guess)
        labels[name] = label
    targets = {name for name, label in labels.items() if label != "pt" and guesses[name].is_ordered}
    return Labels(labels=labels, targets=frozenset(targets), truths=tuple(truths))


def _find_label(name: str, guess: Guess) -> str:
    if guess.problem:
        return ""
    is_outcome = name.casefold() in _OUTCOMES and guess.kind == "binary"
    return name.casefold() if is_outcome else guess.label


def _make_truths(name: str, label: str, cells: Sequence[str], guess: Guess) -> Iterator[Truth]:
    if not guess.is_ordered or label == "pt":
        return
    codes = _encode(cells, guess)
    for target, lowest in _OUTCOMES.items():
        if label in _OUTCOMES and label != target:
            continue
        known = [_is_positive(category, label, lowest, guess) for category in guess.categories]
        values = np.array([*known, np.nan])
        positions = np.where(np.isnan(codes), len(known), codes).astype(np.int64)
        positive = [c for c, value in zip(guess.categories, known, strict=True) if value == 1]
        yield Truth(target=target, column=name, positive=tuple(positive), labels=values[positions])


def _is_positive(category: str, label: str, lowest: int, guess: Guess) -> float:
    if label in _OUTCOMES:
        return float(category == guess.categories[1])
    match = _CLASS.search(category.casefold())
    if match is None or (match[1] == "+" and lowest > 1):
        return float("nan")
    return float(match[1] == "+" or int(match[1]) >= lowest)


def _encode(cells: Sequence[str], guess: Guess) -> NDArray[np.float64]:
    """Return numbers, or the index of each cell's category, (n,), NaN for all other cells."""
    missing = set(map(fold_spelling, guess.missing))
    codes = {fold_spelling(category): float(i) for i, category in enumerate(guess.categories)}
    values = np.full(len(cells), np.nan)
    for index, cell in enumerate(cells):
        folded = fold_spelling(cell)
        if folded in missing:
            continue
        number = codes.get(folded) if codes else parse_number(cell.replace(",", "."))
        values[index] = np.nan if number is None else number
    return values
