"""Ablation of modalities: the table and the figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.modalities import Modalities

from lnmbench.records import Choice, Figure, Results, Table, choose_modalities
from lnmbench.rendering import render
from lnmbench.testing.sample_results import LOGISTIC, SINGLE_TASK, sample_results

BLOOD = replace(LOGISTIC, label="blood", baseline=choose_modalities(LOGISTIC.baseline, ["cfdna"]))
CLINICAL = replace(
    LOGISTIC, label="both", baseline=choose_modalities(LOGISTIC.baseline, ["cfdna", "clinical"])
)


@pytest.fixture(scope="module")
def results() -> Results:
    return sample_results([(CLINICAL, 1.0), (BLOOD, 0.1), (SINGLE_TASK, 1.0)])


def test_each_set_is_compared_with_that_of_all_modalities(
    results: Results, column_texts: Callable[[Table, str], list[str]]
) -> None:
    table, _ = Modalities()(results)
    assert isinstance(table, Table)
    assert column_texts(table, "method") == ["both"] * 4
    assert column_texts(table, "modalities") == ["clinical + cfdna", "cfdna"] * 2
    assert column_texts(table, "difference")[0] == "reference"
    scores = {r.method.fingerprint: r.scores for r in results.method_results}
    all_of_them, blood = (
        float(np.mean(scores[method.fingerprint]["auc"].values)) for method in (CLINICAL, BLOOD)
    )
    assert table.rows[1][3].value == pytest.approx(blood)
    assert table.rows[1][4].value == pytest.approx(blood - all_of_them)
    assert table.rows[1][5].value is not None
    assert max(map(len, render([table], "table").splitlines())) <= 100


def test_the_figure_has_a_row_for_each_method(results: Results) -> None:
    _, figure = Modalities()(results)
    assert isinstance(figure, Figure)
    assert figure.panels[0].y.categories == ("both, clinical + cfdna", "both, cfdna")
    assert len(figure.panels) == len(results.primary_metrics)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("logistic:modalities=clinical+cfdna", "logistic"),
        ("logistic:modalities=clinical+cfdna,select=mrmr", "logistic:select=mrmr"),
        ("random_forest:trees=20,modalities=clinical+cfdna", "random_forest:trees=20"),
        ("svm:folds=3,modalities=clinical+cfdna,seed=1", "svm:folds=3,seed=1"),
    ],
)
def test_a_method_is_named_without_its_modalities(
    label: str, name: str, column_texts: Callable[[Table, str], list[str]]
) -> None:
    both = replace(CLINICAL, label=label)
    table, _ = Modalities()(sample_results([(both, 1.0), (BLOOD, 0.1)]))
    assert isinstance(table, Table)
    assert column_texts(table, "method") == [name] * 4


def test_networks_are_named_by_the_one_with_an_encoder(
    column_texts: Callable[[Table, str], list[str]],
) -> None:
    encoder = choose_modalities(SINGLE_TASK.encoder, ["clinical"])
    images = replace(SINGLE_TASK, label="resnet18:modalities=clinical + pt", encoder=encoder)
    features = replace(
        SINGLE_TASK,
        label="network on clinical+cfdna+pet + pt",
        encoder=choose_modalities(Choice(name="none"), ["clinical", "cfdna", "pet"]),
        level="none",
    )
    blood = replace(
        features,
        label="network on cfdna + pt",
        encoder=choose_modalities(Choice(name="none"), ["cfdna"]),
    )
    table, _ = Modalities()(sample_results([(images, 1.0), (features, 1.0)]))
    assert isinstance(table, Table)
    assert set(column_texts(table, "method")) == {"resnet18 + pt"}
    assert column_texts(table, "modalities")[:2] == ["clinical + cfdna + pet", "image + clinical"]
    table, _ = Modalities()(sample_results([(features, 1.0), (blood, 1.0)]))
    assert isinstance(table, Table)
    assert set(column_texts(table, "method")) == {"network + pt"}


def test_there_is_no_section_without_methods_that_differ_in_modalities() -> None:
    assert Modalities()(sample_results([(SINGLE_TASK, 1.0), (LOGISTIC, 1.0)])) == []
