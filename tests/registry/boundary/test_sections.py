from __future__ import annotations

from typing import Any

from lnmbench.contracts import AcrossCohorts
from lnmbench.records import Paragraph
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.sections import guard_section
from lnmbench.testing.sample_results import empty_results

WORDS = Paragraph(key="words", title="Words", lines=("a",))


class Words:
    group = "answer"

    def __call__(self, results: Any) -> Any:
        return [WORDS]


def test_a_section_gives_the_blocks_of_its_plugin(boundary: Boundary) -> None:
    section = guard_section(Words(), boundary)
    assert section.group == "answer"
    assert section(empty_results()) == (WORDS,)
    assert not isinstance(section, AcrossCohorts)


def test_a_section_across_cohorts_stays_one(boundary: Boundary) -> None:
    def across(self: object, cohorts: Any) -> Any:
        yield WORDS

    section = guard_section(type("Across", (Words,), {"across": across})(), boundary)
    assert isinstance(section, AcrossCohorts)
    assert section.across([empty_results()]) == (WORDS,)
