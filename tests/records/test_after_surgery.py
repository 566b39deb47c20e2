"""Names of variables that are known only after surgery."""

from __future__ import annotations

import pytest

from lnmbench.records.after_surgery import known_after, known_before


@pytest.mark.parametrize(
    "name",
    [
        "pathological T",
        "pN",
        "ypT stage",
        "Survival.time",
        "adjuvant chemo",
        "LVI",
        "positive_nodes",
    ],
)
def test_pathology_treatment_and_follow_up_are_known_after_surgery(name: str) -> None:
    assert known_after(name)
    assert not known_before(name)


@pytest.mark.parametrize("name", ["age at surgery", "clinical_grade", "cN", "neoadjuvant therapy"])
def test_a_name_that_states_a_time_before_surgery_is_believed(name: str) -> None:
    assert known_before(name)
    assert not known_after(name)


@pytest.mark.parametrize("name", ["CEA", "sex", "lobe", "spiculation"])
def test_other_names_suggest_nothing(name: str) -> None:
    assert not known_after(name)
    assert not known_before(name)
