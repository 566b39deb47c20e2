from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import Card, Case, Column
from lnmbench.records import Finding
from lnmbench.testing import sample_cohort
from lnmbench.testing.data_checks import (
    check_dataset_card,
    check_dataset_case_order,
    check_dataset_sources,
    check_dataset_values,
    check_feature_extractor_columns,
    check_feature_extractor_repeats,
    check_report_reader_empty_report,
    check_report_reader_findings,
)

COHORT = sample_cohort()


class Unsorted:
    """A data set with cases in changing order, an unknown column and no license."""

    columns = (Column(name="id", role="id"),)
    card = Card(title="t", license="", source="s", citation="c", labels="l")
    sources = (Path("nowhere.csv"),)
    notes = ()

    def __init__(self):
        self.ids = ["b", "a"]

    def cases(self):
        self.ids.reverse()
        for name in self.ids:
            yield Case(id=name, values={"age": 3})


def test_each_fault_of_a_data_set_is_found_by_its_check() -> None:
    with pytest.raises(AssertionError, match="the order of the cases changes"):
        check_dataset_case_order(Unsorted(), COHORT)
    with pytest.raises(AssertionError, match="values without a column"):
        check_dataset_values(Unsorted(), COHORT)
    with pytest.raises(AssertionError, match="no license"):
        check_dataset_card(Unsorted(), COHORT)
    with pytest.raises(AssertionError, match="a source is not a file"):
        check_dataset_sources(Unsorted(), COHORT)


class Inventing:
    """A report reader that quotes what no report says."""

    columns = (Column(name="size", role="feature", unit="cm"),)

    def read(self, text):
        return {"size": Finding(value=3.2, words="4 cm")}


def test_an_invented_finding_is_found() -> None:
    with pytest.raises(AssertionError, match="the quotation of size is not in the report"):
        check_report_reader_findings(Inventing(), COHORT)
    with pytest.raises(AssertionError, match="an empty report has findings"):
        check_report_reader_empty_report(Inventing(), COHORT)


class Drifting:
    """A feature extractor without modality whose value counts its calls."""

    columns = (Column(name="calls", role="feature"),)
    software = "made up"
    calls = 0

    def extract(self, image, mask):
        self.calls += 1
        return {"calls": self.calls}


class Undefined(Drifting):
    """A feature extractor without values."""

    def extract(self, image, mask):
        return {}


def test_each_fault_of_a_feature_extractor_is_found_by_its_check() -> None:
    with pytest.raises(AssertionError, match="a column has no modality"):
        check_feature_extractor_columns(Drifting(), COHORT)
    with pytest.raises(AssertionError, match="the values change from call to call"):
        check_feature_extractor_repeats(Drifting(), COHORT)
    with pytest.raises(AssertionError, match="has no feature"):
        check_feature_extractor_repeats(Undefined(), COHORT)
