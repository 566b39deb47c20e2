"""Files of predictions and of coefficients that cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.testing import sample_cohort

SCORE = """\
title = "t"
citation = "c"
outcome = "o"
cohort = "k"
[variables.age]
description = "age"
unit = "years"
[[terms]]
variable = "age"
coefficient = 0.1
"""
REGISTRY = Registry()


def predict(name: str, **parameters: object) -> None:
    cohort = sample_cohort(4)
    positions = {id_: number for number, id_ in enumerate(cohort.ids)}
    baseline: Any = REGISTRY.baselines.build(Choice(name=name, parameters=parameters))
    baseline.fixed.predict_cases(cohort, positions.get)


def predictions(text: str, **parameters: object) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        (folder / "r.csv").write_text(text, encoding="utf-8")
        predict("predictions", path=folder / "r.csv", **parameters)

    return make


def score(old: str, new: str, **parameters: object) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        assert old in SCORE
        (folder / "s.toml").write_text(SCORE.replace(old, new), encoding="utf-8")
        predict("score", path=folder / "s.toml", **parameters)

    return make


KINDS: dict[str, Callable[[Path], object]] = {
    "predictions of other ids": predictions("case,r\nDoe,0.1\n"),
    "predictions without a column of ids": predictions("name,r\ncase-0,0.1\n"),
    "two readers in one file": predictions("case,r1,r2\ncase-0,0,1\n"),
    "a case that is predicted twice": predictions("case,r\ncase-0,0\ncase-0,1\n"),
    "predictions above 1": predictions("case,r\ncase-0,85\ncase-1,12\n"),
    "calls that are undecided": predictions("case,r\ncase-0,yes\ncase-1,no\ncase-2,unsure\n"),
    "predictions with some percentages": predictions("case,r\ncase-0,80%\ncase-1,0.2\n"),
    "predictions that lack a repeat": predictions("repeat,case,r\n1,case-0,0.1\n"),
    "a coefficient that is no number": score("0.1", '"high"'),
    "a score without a citation": score('citation = "c"\n', ""),
    "a score with an unknown key": score('title = "t"', 'title = "t"\nauthor = "a"'),
    "a term without a variable": score('variable = "age"', 'variable = "size"'),
    "a score whose variable the cohort lacks": score("age", "cea"),
    "a score in another unit": score("years", "months"),
    "a score with a wrong mapping": score("years", "years", columns="size:age"),
    "a guideline without sizes of nodes": lambda folder: predict("guideline"),
}
