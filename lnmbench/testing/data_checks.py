"""Contract checks of data sets, report readers and targets."""

from __future__ import annotations

import numpy as np

from lnmbench.contracts import Dataset, ReportReader, Target
from lnmbench.records import UNCODED_ROLES, Cohort

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
    assert len(names) == len(dataset.columns), "two columns have the same name"
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


def check_report_reader_columns(reader: ReportReader, cohort: Cohort) -> None:
    """Check that columns have unique names and are features known before surgery."""
    names = {column.name for column in reader.columns}
    assert len(names) == len(reader.columns), "two columns have the same name"
    for column in reader.columns:
        assert column.role == "feature", f"{column.name} is not a feature"
        assert column.known == "before", f"{column.name} is not known before surgery"


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


def check_target_labels(target: Target, cohort: Cohort) -> None:
    """Check that labels are (n,) and hold 0, 1 and NaN only."""
    labels = target.labels(cohort)
    assert labels.shape == (len(cohort),), f"labels have the shape {labels.shape}"
    assert set(np.unique(labels[~np.isnan(labels)])) <= {0.0, 1.0}, "labels are not 0, 1 and NaN"


def check_target_notes(target: Target, cohort: Cohort) -> None:
    """Check that notes are texts."""
    assert all(isinstance(note, str) for note in target.notes(cohort)), "a note is not a text"
