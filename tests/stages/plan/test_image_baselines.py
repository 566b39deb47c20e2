"""Baselines on features of images: what they name, and refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import Cohort, UserError
from lnmbench.config import read_benchmark
from lnmbench.records import BaselineMethod, Choice, Resources, Training
from lnmbench.registry import Registry
from lnmbench.stages.plan.image_baselines import refuse_unknown_parts
from lnmbench.stages.plan.method_selections import select_methods
from lnmbench.stages.plan.methods import resolve_methods
from lnmbench.stages.plan.resolved_methods import ResolvedBaseline

MakeCohort = Callable[..., Cohort]
POOLED = 'pooled:encoder="resnet18:weights=random"'
TWO_STAGE = 'two_stage:aux=sex,encoder="resnet18:weights=random"'


@pytest.fixture
def cohort(make_cohort: MakeCohort) -> Cohort:
    """A cohort with two slices of each case, which no test reads."""
    pytest.importorskip("torchvision")
    return replace(make_cohort(), offsets=np.arange(61) * 2)


def resolve(
    cohort: Cohort, registry: Registry, *baselines: object, **options: object
) -> list[ResolvedBaseline]:
    settings = {"only": True, "baseline": baselines, **options}
    benchmark = read_benchmark(None, settings)  # type: ignore[arg-type]  # of a test
    selections = select_methods(benchmark, registry)
    refuse_unknown_parts(selections.baselines, registry)
    methods, failures = resolve_methods(selections, benchmark, registry, cohort, Resources())
    assert failures == ()
    assert all(isinstance(each, ResolvedBaseline) for each in methods)
    return [each for each in methods if isinstance(each, ResolvedBaseline)]


def test_a_baseline_has_the_encoder_the_tasks_and_the_model_that_it_names(
    cohort: Cohort, planted_registry: Registry
) -> None:
    pooled, two_stage = resolve(
        cohort, planted_registry, POOLED, TWO_STAGE, training={"max_epochs": 9}
    )
    assert [each.method.label for each in (pooled, two_stage)] == [POOLED, TWO_STAGE]
    for each in (pooled, two_stage):
        network = each.method.network
        assert network is not None
        assert (network.encoder.name, network.weights.source) == ("resnet18", "random:0")
        assert each.candidates == len(each.baseline.candidates())
        assert {"lnmbench_image_baselines", "lnmbench_torchvision", "lnmbench_baselines"} < set(
            each.method.plugins
        )
    assert pooled.method.network is not None
    assert two_stage.method.network is not None
    assert pooled.method.network.training.max_epochs == 30  # nothing is trained
    assert two_stage.method.network.training.max_epochs == 9
    assert [str(task) for task in two_stage.method.network.aux] == ["sex:smooth=0.0,shuffled=0"]
    assert "planted" in two_stage.method.plugins


def test_the_precision_is_part_of_features_without_training(
    cohort: Cohort, planted_registry: Registry
) -> None:
    (usual,) = resolve(cohort, planted_registry, POOLED)
    options = {"precision": "bfloat16", "max_epochs": 9}
    (pooled,) = resolve(cohort, planted_registry, POOLED, training=options)
    assert pooled.method.network is not None
    assert pooled.method.network.training == Training(precision="bfloat16")
    assert pooled.method.fingerprint != usual.method.fingerprint


def test_other_spellings_make_the_same_method(cohort: Cohort, planted_registry: Registry) -> None:
    (spelled,) = resolve(
        cohort,
        planted_registry,
        POOLED,
        'pooled:encoder="resnet18:weights=random,train=none",model=logistic',
        {"name": "pooled", "encoder": "resnet18:weights=random", "model": "logistic:max_iter=1000"},
    )
    assert str(spelled.method.baseline.parameters["model"]) == "logistic"
    others = resolve(
        cohort,
        planted_registry,
        POOLED,
        'pooled:encoder="resnet18:weights=random,seed=1"',
        'pooled:encoder="resnet18:weights=random",model="logistic:max_iter=9"',
        'pooled:encoder="resnet18:weights=random",components=4',
        TWO_STAGE,
        'two_stage:aux="sex:shuffled=1",encoder="resnet18:weights=random"',
    )
    assert len({each.method.fingerprint for each in others}) == 6


def test_a_method_without_images_keeps_its_fingerprint() -> None:
    logistic = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
    assert logistic.fingerprint == "d3d63e30c3f38d02"


@pytest.mark.parametrize(
    ("baseline", "message"),
    [
        ("pooled:encoder=resnet5", "unknown encoder 'resnet5'"),
        ("pooled:encoder=none", "baseline pooled needs an encoder of images.*got encoder none"),
        (f"{POOLED},model=logistc", "unknown baseline 'logistc'"),
        (f"{POOLED},model=pooled", "model of baseline pooled takes features of images itself"),
        (f'{POOLED},model="logistic:max_iter=0"', "wrong value for max_iter"),
        ("pooled:encoder=resnet18,parts=2", "unknown parameter 'parts' of baseline pooled"),
        ('pooled:encoder="resnet18:train=layer4"', "frozen encoder.*got train=layer4"),
        ('pooled:encoder="resnet18:modalities=clinical"', "modalities of its encoder"),
        (f'{POOLED},model="logistic:modalities=clinical"', "modalities of its baseline"),
        ('pooled:encoder="resnet18:control_seed=2"', "no effect without control"),
        ("two_stage:encoder=resnet18", "requires the parameter 'aux'"),
        ("two_stage:aux=sexx", "unknown aux task 'sexx'"),
        ("two_stage:aux=pt", "no column for aux task pt"),
    ],
)
def test_what_cannot_be_is_refused(
    cohort: Cohort, planted_registry: Registry, baseline: str, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        resolve(cohort, planted_registry, baseline)


def test_a_cohort_without_images_and_two_inner_folds_are_refused(
    cohort: Cohort, make_cohort: MakeCohort, planted_registry: Registry
) -> None:
    with pytest.raises(UserError, match="cohort made has no images for the baseline pooled"):
        resolve(make_cohort(), planted_registry, POOLED)
    with pytest.raises(UserError, match="two_stage learns.*3 inner folds or more, got 2"):
        resolve(cohort, planted_registry, TWO_STAGE, inner=2)
    assert resolve(cohort, planted_registry, POOLED, inner=2)


def test_folders_of_weights_are_not_part_of_the_label(
    cohort: Cohort, planted_registry: Registry, tmp_path: object
) -> None:
    import torch
    from torchvision.models import resnet18

    path = f"{tmp_path}/w.pt"
    torch.save(resnet18().state_dict(), path)
    (resolved,) = resolve(cohort, planted_registry, f'pooled:encoder="resnet18:weights={path}"')
    assert resolved.method.label == 'pooled:encoder="resnet18:weights=w.pt"'
    assert str(tmp_path) not in str(resolved.method.baseline)


def test_methods_on_whole_scans_are_others(cohort: Cohort, planted_registry: Registry) -> None:
    whole = replace(cohort, preprocessing=replace(cohort.preprocessing, region="none"))
    (tumor,) = resolve(cohort, planted_registry, POOLED)
    (scan,) = resolve(whole, planted_registry, POOLED)
    assert scan.method.label == f"{POOLED} (whole scan)"
    assert tumor.method.fingerprint != scan.method.fingerprint
    (logistic,) = resolve(cohort, planted_registry, "logistic")
    (other,) = resolve(whole, planted_registry, "logistic")
    assert logistic.method == other.method


def test_modalities_choose_images_and_clinical_features(
    cohort: Cohort, planted_registry: Registry
) -> None:
    def labels(*sets: str) -> list[str]:
        baselines = (POOLED, "logistic")
        methods = resolve(cohort, planted_registry, *baselines, modalities=sets)
        return [each.method.label for each in methods]

    assert labels("image,clinical") == [POOLED, "logistic"]
    assert labels("image") == [f"{POOLED},modalities=none"]
    assert labels("clinical") == ["logistic"]
