"""Networks against their image controls: the table, the figure and the family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.image_controls import ImageControls

from lnmbench.records import Figure, NetworkMethod, Results, Table
from lnmbench.rendering import render
from lnmbench.testing.sample_results import LOGISTIC, MULTI_TASK, SINGLE_TASK, sample_results

Column = Callable[[Table, str], list[str]]


def change_images(method: NetworkMethod, control: str, seed: int = 0) -> NetworkMethod:
    parameters: dict[str, object] = {"control": control}
    if seed:
        parameters["control_seed"] = seed
    return replace(
        method,
        label=f"{method.label}:control={control}",
        encoder=replace(method.encoder, parameters=parameters),
    )


NOISE, OTHER = change_images(SINGLE_TASK, "noise"), change_images(MULTI_TASK, "other_patient", 3)


@pytest.fixture(scope="module")
def results() -> Results:
    """Two networks that see something, with one control each that sees nothing."""
    return sample_results(
        [(MULTI_TASK, 2.0), (SINGLE_TASK, 2.0), (LOGISTIC, 0.5), (NOISE, 0.1), (OTHER, 1.9)]
    )


def test_each_network_is_compared_with_its_own_controls(
    results: Results, column_texts: Column
) -> None:
    table, _ = ImageControls()(results)
    assert isinstance(table, Table)
    assert column_texts(table, "control") == ["other_patient, seed 3"] * 2 + ["noise"] * 2
    assert column_texts(table, "method") == ["resnet50 + pt"] * 2 + ["resnet50"] * 2
    scores = {r.method.fingerprint: r.scores for r in results.method_results}
    row = table.rows[2]
    unchanged, changed = (
        float(np.mean(scores[method.fingerprint]["auc"].values)) for method in (SINGLE_TASK, NOISE)
    )
    assert (row[3].value, row[4].value) == pytest.approx((unchanged, changed))
    assert row[5].value == pytest.approx(unchanged - changed)
    assert column_texts(table, "conclusion")[2] == "better than the control"
    assert max(map(len, render([table], "table").splitlines())) <= 100


def test_image_controls_are_outside_of_the_family(results: Results) -> None:
    controls = {NOISE.fingerprint, OTHER.fingerprint}
    compared = [
        comparison
        for comparison in results.pair_comparisons
        if controls & {comparison.method_a, comparison.method_b}
    ]
    assert len(compared) == 4, "two pairs in two metrics"
    assert not any(comparison.in_family for comparison in compared)
    without_tasks = sample_results([(SINGLE_TASK, 2.0), (LOGISTIC, 0.5), (NOISE, 0.1)])
    in_family = [c for c in without_tasks.pair_comparisons if c.in_family]
    assert len(in_family) == 2
    assert all(NOISE.fingerprint not in (c.method_a, c.method_b) for c in in_family)
    alone = sample_results([(SINGLE_TASK, 2.0), (NOISE, 0.1)])
    assert [c.in_family for c in alone.pair_comparisons] == [False, False]


def test_the_figure_has_a_row_for_each_control(results: Results) -> None:
    _, figure = ImageControls()(results)
    assert isinstance(figure, Figure)
    assert figure.panels[0].y.categories == (
        "resnet50 + pt, other_patient, seed 3",
        "resnet50, noise",
    )
    intervals = [mark for mark in figure.panels[0].marks if mark.kind == "interval"]
    assert [mark.y.tolist() for mark in intervals] == [[0.0], [1.0]]
    assert {mark.color for mark in intervals} == {"reference"}
    assert "resnet50, noise +" in figure.alt


def test_without_an_image_control_there_is_no_section() -> None:
    assert ImageControls()(sample_results([(SINGLE_TASK, 1.0), (LOGISTIC, 0.5)])) == []
