from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lnmbench import Case, Column, UserError
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.ingest.extractors import add_columns, add_features, select_extractors
from lnmbench.stages.ingest.ingest_log import LogEntry

MEAN = "intensity: mean"


@pytest.fixture
def registry(extractor_plugin: Path) -> Registry:
    return Registry([str(extractor_plugin)])


def test_columns_begin_with_the_name_of_the_extractor(registry: Registry) -> None:
    (selected,) = select_extractors([Choice(name="intensity")], registry)
    assert [column.name for column in selected.columns] == [MEAN, "intensity: threshold"]
    assert {column.modality for column in selected.columns} == {"radiomics"}
    assert "intensity:threshold=0.0" in selected.note
    assert "numpy made up" in selected.note


def test_the_key_depends_on_parameters_and_software(registry: Registry) -> None:
    default, other = (
        select_extractors([Choice(name="intensity", parameters=parameters)], registry)[0]
        for parameters in ({}, {"threshold": "3"})
    )
    assert default.key != other.key
    assert default.key[-1] == "numpy made up"


def test_one_extractor_twice_and_a_name_twice_are_refused(registry: Registry) -> None:
    choice = Choice(name="intensity")
    with pytest.raises(UserError, match="extractor intensity is chosen twice"):
        select_extractors([choice, choice], registry)
    with pytest.raises(UserError, match="unknown feature extractor 'intensty'.*intensity"):
        select_extractors([Choice(name="intensty")], registry)
    with pytest.raises(UserError, match="two columns are called 'intensity: mean'"):
        add_columns([Column(name=MEAN, role="feature")], select_extractors([choice], registry))


def test_features_without_a_value_stay_missing(registry: Registry) -> None:
    extractors = select_extractors([Choice(name="intensity")], registry)
    cases = [Case(id="a", values={"age": 60}), Case(id="b"), Case(id="c")]
    entries = [
        LogEntry(case="a", extracted=(2.5, np.nan)),
        LogEntry(case="b", reason="no CT series"),
        LogEntry(case="c", extracted=(np.nan, np.nan), warnings=("intensity has no features",)),
    ]
    changed, line = add_features(cases, entries, extractors)
    assert [case.values for case in changed] == [{"age": 60, MEAN: 2.5}, {}, {}]
    assert line == "intensity: 2 features of 1 of 3 cases"
    with pytest.raises(UserError, match="no case has features of intensity.*no CT series"):
        add_features(cases[1:], entries[1:], extractors)
