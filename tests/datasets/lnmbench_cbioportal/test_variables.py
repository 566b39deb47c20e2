"""Features of a study: spellings of one category, pack-years, race."""

from __future__ import annotations

from pathlib import Path

from lnmbench_cbioportal.clinical_file import Attribute
from lnmbench_cbioportal.study import Study
from lnmbench_cbioportal.variables import VARIABLES, merge_case, read_features

from lnmbench.lexicon.timing import judge_name


def make_study(**columns: list[str]) -> Study:
    rows = tuple(zip(*columns.values(), strict=True))
    return Study(
        attributes=tuple(Attribute(id=name, title="") for name in columns),
        ids=tuple(str(index) for index in range(len(rows))),
        rows=rows,
        sources=(Path("s.txt"),),
        notes=(),
    )


def test_categories_that_differ_in_case_are_one() -> None:
    assert merge_case(["WHITE", "White", "", "ASIAN"]) == ["WHITE", "WHITE", "", "ASIAN"]


def test_features_come_from_either_naming() -> None:
    study = make_study(
        AGE_AT_DIAGNOSIS=["61", ">89", ""],
        RACE=["WHITE", "White", "ASIAN"],
        TOBACCO_SMOKING_HISTORY_INDICATOR=["Lifelong Non-smoker", "Current smoker", ""],
        SMOKING_PACK_YEARS=["", "", "20"],
        ICD_O_3_SITE=["C34.1", "C34.1", "C34.1"],
        OS_MONTHS=["1", "2", "3"],
        RADIATION_THERAPY=["Yes", "No", "Yes"],
    )
    features = {column.name: cells for column, cells in read_features(study, race=True)}
    assert features == {
        "age": ["61", "89", ""],
        "race": ["WHITE", "WHITE", "ASIAN"],
        "smoking": ["Lifelong Non-smoker", "Current smoker", ""],
        "pack_years": ["0", "", "20"],
    }
    assert "race" not in [column.name for column, _ in read_features(study, race=False)]


def test_a_source_with_one_value_is_passed_over() -> None:
    study = make_study(PRIMARY_SITE_PATIENT=["Lung"] * 3, ICD_O_3_SITE=["C34.1", "C34.3", ""])
    ((column, cells),) = read_features(study, race=True)
    assert (column.name, cells) == ("site", ["C34.1", "C34.3", ""])


def test_codes_of_tcga_mean_smoking() -> None:
    study = make_study(
        TOBACCO_SMOKING_HISTORY_INDICATOR=["1", "2", "1"], SMOKING_PACK_YEARS=["", "", "3"]
    )
    features = {column.name: cells for column, cells in read_features(study, race=True)}
    assert features["pack_years"] == ["0", "", "3"]


def test_no_source_of_a_feature_is_known_only_after_surgery() -> None:
    late = [
        source
        for variable in VARIABLES
        for source in variable.sources
        if judge_name(source).time == "after"
    ]
    assert late == []
