from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import Column, UserError
from lnmbench.contracts import FeatureExtractor
from lnmbench.errors import PluginError
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.feature_extractors import GuardedFeatureExtractor

IMAGE = sitk.Image(4, 4, 4, sitk.sitkInt16)
MEAN = Column(name="mean", role="feature", unit="HU", modality="radiomics")
SHELL = Column(name="shell", role="feature", modality="radiomics")


class Intensity:
    columns: Any = (MEAN, SHELL)
    software: Any = "numpy 2"
    values: Any = {"mean": np.float32(2.5), "shell": float("nan")}  # noqa: RUF012

    def extract(self, image: Any, mask: Any) -> Any:
        if isinstance(self.values, Exception):
            raise self.values
        return self.values


def test_values_are_numbers_or_missing(boundary: Boundary) -> None:
    extractor = GuardedFeatureExtractor(Intensity(), boundary)
    assert isinstance(extractor, FeatureExtractor)
    assert (extractor.columns, extractor.software) == ((MEAN, SHELL), "numpy 2")
    values = extractor.extract(IMAGE, IMAGE)
    assert values["mean"] == 2.5
    assert type(values["mean"]) is float
    assert np.isnan(values["shell"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"mean": float("inf")}, "expected .* as mean, got inf"),
        ({"mean": 1e20}, r"as mean, got 1e\+20"),
        ({"mean": "5"}, "as mean, got '5'"),
        ({"other": 1.0}, "expected values of its columns, got one of 'other'"),
        (None, "expected a mapping, got None"),
    ],
)
def test_other_values_are_refused(boundary: Boundary, values: Any, message: str) -> None:
    extractor = type("Faulty", (Intensity,), {"values": values})()
    with pytest.raises(PluginError, match=message):
        GuardedFeatureExtractor(extractor, boundary).extract(IMAGE, IMAGE)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ((), "expected at least one column, got none"),
        (
            (MEAN, Column(name="age", role="feature")),
            "columns of one modality.*clinical, radiomics",
        ),
        (
            (Column(name="side", role="feature", kind="binary", categories=("L", "R")),),
            "expected continuous features, got column 'side' is binary",
        ),
        ((Column(name="n", role="target", known="after"),), "features known before surgery"),
    ],
)
def test_columns_are_numbers_of_one_modality(
    boundary: Boundary, columns: Any, message: str
) -> None:
    extractor = type("Faulty", (Intensity,), {"columns": columns})()
    with pytest.raises(PluginError, match=message):
        _ = GuardedFeatureExtractor(extractor, boundary).columns


def test_what_the_extractor_tells_the_user_is_unchanged(boundary: Boundary) -> None:
    extractor = type("Refusing", (Intensity,), {"values": UserError("the tumor has 2 voxels")})()
    with pytest.raises(PluginError) as refusal:
        GuardedFeatureExtractor(extractor, boundary).extract(IMAGE, IMAGE)
    assert str(refusal.value) == "the tumor has 2 voxels"
