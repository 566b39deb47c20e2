"""Titles of auxiliary tasks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lnmbench.records import AuxLabels, Choice
from lnmbench.results import aux_title, describe_aux
from lnmbench.testing.sample_results import CONTROL, MULTI_TASK, empty_results, sample_network


def test_tasks_are_told_apart_by_their_parameters() -> None:
    few = Choice(name="pt", parameters={"edition": "auto", "shuffled": 0, "keep": 0.25})
    grade = Choice(name="column", parameters={"name": "grade", "shuffled": 0})
    assert aux_title(sample_network("n", few, grade)) == "pt:keep=0.25 + column:name=grade"


def test_a_control_is_called_a_control() -> None:
    assert aux_title(CONTROL) == "pt (negative control)"
    size = Choice(name="size", parameters={"shuffled": 1})
    half, whole = sample_network("half", "pt", size), sample_network("whole", CONTROL.aux[0], size)
    assert aux_title(half) == "pt + size (labels permuted)"
    assert aux_title(whole) == "pt (negative control) + size (negative control)"


def test_tasks_have_titles_with_their_options() -> None:
    results = empty_results()
    assert describe_aux(results, MULTI_TASK) == "pt"
    labels = AuxLabels(
        task="pt", title="pathological T stage", kind="ordinal", known=9, values=np.zeros(9)
    )
    titled = replace(results, aux_labels={"pt": labels})
    assert describe_aux(titled, MULTI_TASK) == "pathological T stage (pt)"
    assert describe_aux(titled, sample_network("both", "pt", "size")) == "pt + size"
