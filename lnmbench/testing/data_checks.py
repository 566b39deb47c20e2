"""Contract checks of data sets, report readers and feature extractors."""

from __future__ import annotations

import numpy as np

from lnmbench.contracts import Dataset, FeatureExtractor, ReportReader
from lnmbench.records import CLINICAL_MODALITY, UNCODED_ROLES, Cohort
from lnmbench.testing.sample_volume import sample_volume

REPORTS = (
    "Spiculated mass in the right upper lobe, 3.2 x 2.1 cm. No pleural effusion.",
    "右肺上叶见大小约3.2cm×2.1cm肿块影，边缘可见毛刺。未见胸腔积液。",
)


def check_dataset_case_order(dataset: Dataset, cohort: Cohort) -> None:
    """Check that there are cases, that their ids are unique, and that their order is fixed."""
    ids = [case.id for case in dataset.cases()]
    assert ids, "the data set has no cases"
    assert ids == [case.id for case in dataset.cases()], "the order of the cases changes"
    assert len(set(ids)) == len(ids), "ids are not unique"


def check_dataset_values(dataset: Dataset, cohort: Cohort) -> None:
    """Check that every value belongs to a column that can encode it."""
    names = {column.name for column in dataset.columns}
    for case in dataset.cases():
        assert set(case.values) <= names, f"case {case.id} has values without a column"
        for column in dataset.columns:
            if column.role not in UNCODED_ROLES:
                column.encode(case.values.get(column.name), where=case.id)


def check_dataset_card(dataset: Dataset, cohort: Cohort) -> None:
    """Check that license and citation are stated."""
    assert dataset.card.license, "the card has no license"
    assert dataset.card.citation, "the card has no citation"


def check_dataset_sources(dataset: Dataset, cohort: Cohort) -> None:
    """Check that every source is a file."""
    assert all(path.is_file() for path in dataset.sources), "a source is not a file"


def check_report_reader_empty_report(reader: ReportReader, cohort: Cohort) -> None:
    """Check that an empty report has no findings."""
    assert not reader.read(""), "an empty report has findings"


def check_report_reader_findings(reader: ReportReader, cohort: Cohort) -> None:
    """Check that each finding quotes the report and can be encoded by its column."""
    columns = {column.name: column for column in reader.columns}
    for report in REPORTS:
        findings = reader.read(report)
        assert set(findings) <= set(columns), "a finding has no column"
        for name, finding in findings.items():
            assert finding.words, f"the finding {name} quotes nothing"
            assert finding.words in report, f"the quotation of {name} is not in the report"
            assert not np.isnan(columns[name].encode(finding.value)), f"{name} has no value"


def check_feature_extractor_columns(extractor: FeatureExtractor, cohort: Cohort) -> None:
    """Check that there are columns, that they have a modality, and that the software is stated."""
    assert extractor.columns, "there are no columns"
    modalities = {column.modality for column in extractor.columns}
    assert CLINICAL_MODALITY not in modalities, "a column has no modality"
    assert extractor.software, "the software has no name"


def check_feature_extractor_repeats(extractor: FeatureExtractor, cohort: Cohort) -> None:
    """Check that a case has some values, that they are the same in every call, and of its image."""
    volume = sample_volume()
    values = [extractor.extract(volume.image, volume.mask) for _ in range(2)]
    names = [column.name for column in extractor.columns]
    first, second = (np.array([each.get(name, np.nan) for name in names]) for each in values)
    assert not np.isnan(first).all(), "a tumor of 500 voxels has no feature"
    assert np.array_equal(first, second, equal_nan=True), "the values change from call to call"
