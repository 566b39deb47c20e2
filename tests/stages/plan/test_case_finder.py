"""Cases by the ids of the user's tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lnmbench import Cohort
from lnmbench.stages.ingest import Pseudonyms
from lnmbench.stages.plan.case_finder import make_case_finder

MakeCohort = Callable[..., Cohort]


def test_a_pseudonym_finds_the_case_of_its_id(make_cohort: MakeCohort) -> None:
    pseudonyms = Pseudonyms(key=b"k" * 32)
    plain = make_cohort(3)
    cohort = replace(plain, ids=tuple(pseudonyms.replace("id", id_) for id_ in plain.ids))
    find = make_case_finder(cohort, pseudonyms)
    assert [find(id_) for id_ in ("case-0", "case-2", "case-3", cohort.ids[1])] == [0, 2, None, 1]
    assert make_case_finder(plain)("case-1") == 1
