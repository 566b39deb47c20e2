"""Networks of a benchmark, with their labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import Cohort, UserError
from lnmbench.config import read_benchmark
from lnmbench.records import Preprocessing, Resources
from lnmbench.registry import Registry
from lnmbench.stages.plan.method_selections import select_methods
from lnmbench.stages.plan.methods import resolve_methods

MakeCohort = Callable[..., Cohort]
Labels = Callable[..., list[str]]
REGISTRY = Registry()


def test_an_encoder_needs_images(resolve_labels: Labels, make_cohort: MakeCohort) -> None:
    with pytest.raises(UserError, match="no images.*--encoder none"):
        resolve_labels(make_cohort(), encoder=("resnet18:weights=random",), aux=("none",))


def test_the_label_names_a_weighting_that_is_not_the_default(
    make_cohort: MakeCohort, planted_registry: Registry
) -> None:
    def network(**options: object) -> str:
        benchmark = read_benchmark(None, {"encoder": "none", "aux": "sex", "only": True, **options})
        selections = select_methods(benchmark, planted_registry)
        (resolved,), _ = resolve_methods(
            selections, benchmark, planted_registry, make_cohort(), Resources()
        )
        return resolved.method.label

    assert network() == "clinical network + sex"
    assert network(weighting="planted") == "clinical network + sex + planted"
    assert network(tune=3) == "clinical network + sex (best of 3)"


def test_each_set_of_tasks_is_trained_by_each_weighting(
    make_cohort: MakeCohort, planted_registry: Registry
) -> None:
    """A network without tasks has no weighting, and is there once."""
    options = {"encoder": "none", "aux": ("sex", "none"), "weighting": ("fixed", "planted")}
    benchmark = read_benchmark(None, {**options, "only": True})
    selections = select_methods(benchmark, planted_registry)
    methods, _ = resolve_methods(
        selections, benchmark, planted_registry, make_cohort(), Resources()
    )
    weightings = {resolved.method.label: resolved.method.weighting for resolved in methods}
    assert {label: choice and choice.name for label, choice in weightings.items()} == {
        "clinical network + sex": "fixed",
        "clinical network + sex + planted": "planted",
        "clinical network": None,
    }


def test_an_image_control_has_no_label_controls(
    resolve_labels: Labels, make_cohort: MakeCohort
) -> None:
    cohort = make_cohort()
    cohort = replace(cohort, offsets=np.arange(len(cohort) + 1))
    network, task = "resnet18:weights=random", "column:name=sex"
    names = resolve_labels(
        cohort, encoder=(f"{network},control=noise",), aux=(task, f"{task},shuffled=1")
    )
    assert names == [
        f"{network} + {task}",
        network,
        "logistic",
        f"{network},control=noise + {task}",
        f"{network},control=noise",
        f"{network} + {task},shuffled=1",
    ]


def test_networks_on_whole_scans_say_so(resolve_labels: Labels, make_cohort: MakeCohort) -> None:
    whole = Preprocessing(region="none")
    cohort = replace(make_cohort(), offsets=np.arange(61), preprocessing=whole)
    encoders = ("resnet18:weights=random", "none")
    assert resolve_labels(cohort, encoder=encoders, aux=("none",), only=True) == [
        "resnet18:weights=random (whole scan)",
        "clinical network",
    ]
