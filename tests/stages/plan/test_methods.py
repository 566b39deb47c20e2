"""Methods of a benchmark, with the objects of their choices."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lnmbench import Cohort, UserError
from lnmbench.registry import Registry

MakeCohort = Callable[..., Cohort]
Labels = Callable[..., list[str]]
REGISTRY = Registry()


def test_a_method_brings_its_references(resolve_labels: Labels, make_cohort: MakeCohort) -> None:
    cohort = make_cohort()
    assert resolve_labels(cohort, encoder=("none",), aux=("none",)) == [
        "clinical network",
        "logistic",
    ]
    assert resolve_labels(cohort, only=True, baseline=("logistic",)) == ["logistic"]
    assert resolve_labels(cohort, only=True, encoder=("none",)) == ["clinical network"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoder": ("resnet5",)}, "unknown encoder 'resnet5'; did you mean resnet50"),
        ({"encoder": ("none",), "aux": ("p",)}, "unknown aux task 'p'; did you mean pt"),
        ({"encoder": ("none",), "aux": ("pt",)}, "no column for aux task pt"),
        ({"baseline": ("logistic:max_iter=0",), "only": True}, "max_iter.*expected 1 or more"),
        ({"baseline": ("logistc",), "only": True}, "unknown baseline 'logistc'"),
        ({"encoder": ("none",), "weighting": "fixd"}, "unknown weighting 'fixd'"),
        ({"encoder": ("none:x=1",), "only": True}, "unknown parameter 'x' of encoder none"),
    ],
)
def test_names_that_are_not_there(
    resolve_labels: Labels, make_cohort: MakeCohort, options: dict[str, object], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        resolve_labels(make_cohort(), **options)
