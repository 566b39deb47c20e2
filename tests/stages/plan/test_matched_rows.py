from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lnmbench import Cohort, UserError
from lnmbench.stages.ingest import Pseudonyms
from lnmbench.stages.plan.matched_rows import match_rows

KEY = Pseudonyms(key=b"0123456789abcdef")


@pytest.fixture
def cohort(make_cohort) -> Cohort:
    """Four cases with 2, 1, 3 and 1 slices."""
    return replace(make_cohort(4), offsets=np.array([0, 2, 3, 6, 7]))


def test_rows_of_cases_are_found_in_any_order(cohort: Cohort) -> None:
    ids = ["case-2", "case-0", "case-3", "case-1"]
    assert match_rows(ids, cohort, "volume", "e").rows.tolist() == [1, 3, 0, 2]


def test_rows_of_slices_keep_their_order_within_a_case(cohort: Cohort) -> None:
    ids = ["case-2", "case-1", "case-2", "case-0", "case-3", "case-0", "case-2"]
    matched = match_rows(ids, cohort, "slice", "e")
    assert matched.rows.tolist() == [3, 5, 1, 0, 2, 6, 4]
    assert not matched.notice


def test_cases_that_the_cohort_lacks_are_counted_and_not_named(cohort: Cohort) -> None:
    ids = [*cohort.ids, "Jane Doe", "Jane Doe"]
    matched = match_rows(ids, cohort, "volume", "embeddings:path=a.csv")
    assert matched.rows.tolist() == [0, 1, 2, 3]
    assert matched.notice == "embeddings:path=a.csv: 1 case of the file is not in the cohort"


def test_only_used_cases_need_rows(cohort: Cohort) -> None:
    ids = ["case-0", "case-3"]
    matched = match_rows(ids, cohort, "volume", "e", used=np.array([0, 3]))
    assert matched.rows.tolist() == [0, -1, -1, 1]
    with pytest.raises(UserError, match="no features of 1 of 3 cases.*out of the table$"):
        match_rows(ids, cohort, "volume", "e", used=np.array([0, 1, 3]))


def test_other_spellings_are_refused_without_ids(cohort: Cohort) -> None:
    ids = ["Case-0", "case-1", "case-2", "case-3 "]
    with pytest.raises(UserError, match="no features of 2 of 4 cases") as error:
        match_rows(ids, cohort, "volume", "e")
    assert "2 cases of the file are not in the cohort: spell ids as in the table" in str(error)
    assert "case-" not in str(error.value).lower()


def test_original_ids_match_pseudonyms(cohort: Cohort) -> None:
    pseudonyms = tuple(KEY.replace("id", id_) for id_ in cohort.ids)
    hidden = replace(cohort, ids=pseudonyms)
    mixed = [cohort.ids[2], pseudonyms[0], cohort.ids[1], pseudonyms[3]]
    assert match_rows(mixed, hidden, "volume", "e", pseudonyms=KEY).rows.tolist() == [1, 2, 0, 3]
    with pytest.raises(UserError, match="no features of 2 of 4 cases"):
        match_rows(mixed, hidden, "volume", "e")
    twice = [*pseudonyms, cohort.ids[2]]
    with pytest.raises(UserError, match="1 case of e has rows under the id and under the pseud"):
        match_rows(twice, hidden, "volume", "e", pseudonyms=KEY)


def test_duplicates_and_wrong_counts_are_refused(cohort: Cohort) -> None:
    with pytest.raises(UserError, match=r"1 case of e has several rows.*got e.g. 3 rows.*level=sl"):
        match_rows([*cohort.ids, "case-1", "case-1"], cohort, "volume", "e")
    with pytest.raises(UserError, match="2 cases of e have another number.*e.g. 2 rows.*got 1"):
        match_rows(cohort.ids, cohort, "slice", "e")


def test_slices_are_not_counted_before_ingest(cohort: Cohort) -> None:
    estimate = replace(cohort, is_estimate=True)
    assert match_rows(cohort.ids, estimate, "slice", "e").rows.tolist() == [
        -1,
        -1,
        1,
        -1,
        -1,
        -1,
        3,
    ]
    with pytest.raises(UserError, match="several rows"):
        match_rows([*cohort.ids, "case-1"], estimate, "volume", "e")


def test_cases_without_images_may_lack_rows(cohort: Cohort) -> None:
    optional = np.array([False, True, True, False])
    ids = ["case-0", "case-3", "case-2"]
    matched = match_rows(ids, cohort, "volume", "e", optional=optional)
    assert matched.rows.tolist() == [0, -1, 2, 1]
    assert matched.notice == "e: 1 of 4 cases have no features"
    with pytest.raises(UserError, match="no features of 1 of 2 cases"):
        match_rows(ids[:1], cohort, "volume", "e", optional=optional, used=np.array([0, 1, 3]))
    with pytest.raises(UserError, match="no features of 4 of 4 cases"):
        match_rows(["x"], cohort, "volume", "e", optional=np.ones(4, np.bool_))
    some = replace(cohort, offsets=np.array([0, 2, 2, 5, 6]))
    ids = ["case-2", "case-2", "case-0", "case-3", "case-0", "case-2"]
    matched = match_rows(ids, some, "slice", "e", optional=~some.case_has_images)
    assert matched.rows.tolist() == [2, 4, 0, 1, 5, 3]
    assert not matched.notice
    with pytest.raises(UserError, match="no features of 1 of 4 cases"):
        match_rows(ids, some, "slice", "e")
