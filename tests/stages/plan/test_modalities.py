"""Modalities of methods: their sets, and the methods that get them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import Cohort, Column, UserError
from lnmbench.config import read_benchmark
from lnmbench.records import MODALITIES, Choice
from lnmbench.registry import Registry
from lnmbench.stages.plan.modalities import (
    list_modality_sets,
    refuse_selection,
    select_features,
)

MakeCohort = Callable[..., Cohort]
REGISTRY = Registry()
RESNET = "resnet18:weights=random"


def with_blood(cohort: Cohort) -> Cohort:
    """Return a cohort of clinical features with two more of cell-free DNA."""
    columns = [Column(name=name, role="feature", modality="cfdna") for name in ("f1", "f2")]
    values = {column.name: np.zeros(len(cohort)) for column in columns}
    return replace(cohort, columns=(*cohort.columns, *columns), values={**cohort.values, **values})


def with_images(cohort: Cohort) -> Cohort:
    """Return a cohort with two slices of each case, which no test reads."""
    return replace(cohort, offsets=np.arange(len(cohort) + 1) * 2)


def sets(cohort: Cohort, **options: object) -> tuple[tuple[str, ...], ...] | None:
    return list_modality_sets(read_benchmark(None, options), cohort)


def test_an_ablation_has_all_modalities_all_but_each_and_each_alone(
    make_cohort: MakeCohort,
) -> None:
    cohort = with_images(with_blood(make_cohort()))
    assert sets(cohort) is None
    assert sets(cohort, modalities="cfdna,clinical") == (("clinical", "cfdna"),)
    assert sets(cohort, modalities=["image+cfdna"], ablation=True) == (
        *(("image", "cfdna"), ("cfdna",), ("image",)),
    )
    assert sets(cohort, ablation=True) == (
        *(("image", "clinical", "cfdna"), ("clinical", "cfdna"), ("image", "cfdna")),
        *(("image", "clinical"), ("image",), ("clinical",), ("cfdna",)),
    )


def test_a_modality_that_the_cohort_lacks_and_an_ablation_of_one_are_refused(
    make_cohort: MakeCohort,
) -> None:
    cohort = make_cohort()
    with pytest.raises(UserError, match="lacks the modality 'cfdna': expected one of clinical;"):
        sets(cohort, modalities="clinical,cfdna")
    with pytest.raises(UserError, match="lacks the modality 'image'"):
        sets(cohort, modalities="image")
    with pytest.raises(UserError, match="needs two modalities: got clinical"):
        sets(cohort, ablation=True)
    with pytest.raises(UserError, match="wrong value for modalities.*separated by commas"):
        sets(cohort, modalities="clinical,,")


def test_every_method_gets_each_set_and_without_images_the_network_has_no_encoder(
    resolve_labels: Callable[..., list[str]],
    make_cohort: MakeCohort,
) -> None:
    cohort = with_images(with_blood(make_cohort()))
    assert resolve_labels(cohort, encoder=RESNET, aux="none", ablation=True) == [
        RESNET,
        "network on clinical+cfdna",
        f"{RESNET},modalities=cfdna",
        f"{RESNET},modalities=clinical",
        f"{RESNET},modalities=none",
        "network on clinical",
        "network on cfdna",
        *("logistic", "logistic:modalities=cfdna", "logistic:modalities=clinical"),
    ]
    with pytest.raises(UserError, match="no method of the benchmark has any of the modalities"):
        resolve_labels(cohort, encoder="none", aux="none", modalities="image")


def test_an_ablation_has_no_network_without_images_that_learns_from_images(
    resolve_labels: Callable[..., list[str]], make_cohort: MakeCohort
) -> None:
    cohort = with_images(with_blood(make_cohort()))
    labels = resolve_labels(cohort, encoder=RESNET, aux=("rotation", "none"), ablation=True)
    assert [label for label in labels if "rotation" in label] == [
        f"{RESNET}{modalities} + rotation"
        for modalities in ("", ",modalities=cfdna", ",modalities=clinical", ",modalities=none")
    ]
    assert "network on clinical+cfdna" in labels
    with pytest.raises(UserError, match="aux task rotation learns from slices"):
        resolve_labels(cohort, encoder="none", aux="rotation")


def test_a_method_with_modalities_of_its_own_keeps_them(
    resolve_labels: Callable[..., list[str]], make_cohort: MakeCohort
) -> None:
    cohort = with_blood(make_cohort())
    baselines = ("logistic:modalities=cfdna", "logistic", "logistic:modalities=cfdna+clinical")
    chosen = resolve_labels(cohort, baseline=baselines, only=True, modalities="clinical")
    assert chosen == ["logistic:modalities=cfdna", "logistic:modalities=clinical", "logistic"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("pet", "no features of the modality 'pet'; its modalities: cfdna, clinical"),
        ("image+cfdna", "modalities names features.*got image; omit it"),
        ("none+cfdna", "no features of the modality 'none'"),
    ],
)
def test_modalities_that_a_method_cannot_have_are_refused(
    make_cohort: MakeCohort, names: str, message: str
) -> None:
    choice = Choice(name="logistic", parameters={MODALITIES: names})
    with pytest.raises(UserError, match=message):
        select_features(REGISTRY.baselines.select(choice), None, with_blood(make_cohort()))


def test_a_model_without_features_is_refused(
    resolve_labels: Callable[..., list[str]], make_cohort: MakeCohort
) -> None:
    with pytest.raises(UserError, match="no features for the baseline logistic; choose other"):
        resolve_labels(make_cohort(), baseline="logistic:modalities=none", only=True)


def test_a_selection_without_a_wide_modality_is_refused(make_cohort: MakeCohort) -> None:
    cohort = with_blood(make_cohort())

    def choose(**parameters: object) -> Choice:
        return REGISTRY.baselines.bind(Choice(name="logistic", parameters=parameters))

    refuse_selection(choose(), cohort)
    refuse_selection(choose(select="mrmr", select_most=1), cohort)
    with pytest.raises(UserError, match="more than 10 numbers, got clinical, cfdna"):
        refuse_selection(choose(select="mrmr"), cohort)
    with pytest.raises(UserError, match="wrong value for select_most of logistic.*got 0"):
        refuse_selection(choose(select_most=0), cohort)
    with pytest.raises(UserError, match="select_most has no effect without select .*; add select="):
        refuse_selection(choose(select_most=5), cohort)
    with pytest.raises(UserError, match="select"):
        choose(select="boruta")
