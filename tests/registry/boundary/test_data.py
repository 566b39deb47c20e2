from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

from lnmbench import Card, Case, Column, UserError, Volume
from lnmbench.contracts import Dataset, ReportReader, Target, TargetOutcomes
from lnmbench.errors import PluginError
from lnmbench.records import Finding
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.data import (
    GuardedDataset,
    GuardedReportReader,
    GuardedTarget,
    guard_target,
)
from lnmbench.testing import sample_cohort

AGE = Column(name="age", role="feature")
CARD = Card(title="t", license="l", source="s", citation="c", labels="made")

VALUES = {"age": 60.0}


class Table:
    columns = (AGE,)
    card, sources, notes = CARD, ["a.csv"], ["a note"]
    values: Any = VALUES

    def cases(self) -> Any:
        yield Case(id="a", values=self.values, volume=self.read)
        yield Case(id="b")

    def read(self) -> Volume:
        raise UserError("no CT series")


def test_a_data_set_is_what_its_plugin_says(boundary: Boundary) -> None:
    dataset = GuardedDataset(Table(), boundary)  # type: ignore[arg-type]
    assert isinstance(dataset, Dataset)
    assert (dataset.columns, dataset.card, dataset.notes) == ((AGE,), CARD, ("a note",))
    assert [path.name for path in dataset.sources] == ["a.csv"]
    first, second = dataset.cases()
    assert (first.id, first.values, second.volume) == ("a", {"age": 60.0}, None)
    assert first.volume is not None
    with pytest.raises(PluginError) as refusal:
        first.volume()
    assert str(refusal.value) == "no CT series", "it is about the data, not about the plugin"


def test_values_of_a_case_are_copied(boundary: Boundary) -> None:
    first, _ = GuardedDataset(Table(), boundary).cases()  # type: ignore[arg-type]
    assert first.values is not Table.values


def test_a_volume_is_read_when_it_is_called(boundary: Boundary) -> None:
    image = sitk.Image(3, 3, 3, sitk.sitkInt16)

    class WithImages(Table):
        def read(self) -> Volume:
            return Volume(image=image, mask=sitk.Image(3, 3, 3, sitk.sitkUInt8), notes=("n",))

    first, _ = GuardedDataset(WithImages(), boundary).cases()  # type: ignore[arg-type]
    assert first.volume is not None
    assert first.volume().notes == ("n",)


def test_a_reader_quotes_no_report_in_its_faults(boundary: Boundary) -> None:
    class Reader:
        columns = (AGE,)

        def read(self, text: str) -> Any:
            if "Doe" in text:
                raise ValueError(text)
            return {"age": Finding(value="60", words="60 years")}

    reader = GuardedReportReader(Reader(), boundary)
    assert isinstance(reader, ReportReader)
    assert reader.read("60 years")["age"].value == "60"
    with pytest.raises(PluginError) as fault:
        reader.read("Ms Doe")
    assert "Doe" not in str(fault.value)
    assert "Doe" not in fault.value.details
    assert "ValueError" in fault.value.details


def test_labels_are_copied_and_the_cohort_is_kept(boundary: Boundary) -> None:
    cohort = sample_cohort()

    class Known:
        title = "N2"

        def labels(self, cohort: Any) -> Any:
            return (cohort.values["pn"] >= 2).astype(np.int8)

        def notes(self, cohort: Any) -> Any:
            return ["a note"]

    target = GuardedTarget(Known(), boundary)
    assert isinstance(target, Target)
    assert target.labels(cohort).dtype == np.float64
    assert (target.title, target.notes(cohort)) == ("N2", ("a note",))


@pytest.mark.parametrize(
    ("outcomes", "message"),
    [
        ({}, "at least one outcome"),
        ({"low": [0, 1, 2]}, "0, 1 or NaN"),
        ({"low": [0, 1]}, "shape"),
        ({"low": [0, 1, 1], "high": [1, 0, 1]}, "cut points in ascending order"),
        ([0, 1, 1], "a mapping"),
    ],
)
def test_outcomes_are_labels_by_name(boundary: Boundary, outcomes: object, message: str) -> None:
    class Grade:
        title, kind = "grade", "ordinal"

        def outcomes(self, cohort: Any) -> Any:
            if isinstance(outcomes, dict):
                return {name: np.array(labels) for name, labels in outcomes.items()}
            return outcomes

        def labels(self, cohort: Any) -> Any:
            return np.zeros(3)

        def notes(self, cohort: Any) -> Any:
            return ()

    target = guard_target(Grade(), boundary)
    assert isinstance(target, TargetOutcomes)
    with pytest.raises(PluginError, match=message):
        target.outcomes(sample_cohort(3))
