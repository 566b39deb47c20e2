"""What the report asks to be cited."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lnmbench_report.citation import Citation

from lnmbench.records import Paragraph, Results


def lines(of: Results) -> tuple[str, ...]:
    (made,) = Citation()(of)
    assert isinstance(made, Paragraph)
    return made.lines


def test_lnmbench_the_method_the_cohort_and_the_statistics_are_cited(scored: Results) -> None:
    made = lines(scored)
    assert made[0].startswith("lnmbench 0.")
    assert "Hu et al." in made[1]
    assert "SYNTHETIC" in made[2]
    text = " ".join(made)
    for source in ("Nadeau", "Bouckaert", "Holm", "Efron", "Wilson"):
        assert source in text


def test_only_tests_that_were_computed_are_cited(scored: Results) -> None:
    for name, source in (
        ("delong", "DeLong E. R."),
        ("bayes", "Benavoli"),
        ("placement", "LeDell"),
    ):
        (first, *_) = scored.pair_comparisons
        result = first.tests["corrected"]
        with_it = replace(first, tests={"corrected": result, f"{name}:rope=0.02": result})
        without = replace(first, tests={"corrected": result})
        assert source in " ".join(lines(replace(scored, pair_comparisons=(with_it,))))
        assert source not in " ".join(lines(replace(scored, pair_comparisons=(without,))))
    assert "Holm" not in " ".join(lines(replace(scored, pair_comparisons=())))


@pytest.mark.parametrize(
    ("citation", "expected"),
    [
        ("Bakr et al., 2018.", "The cohort: Bakr et al., 2018."),
        ("not stated", "no citation is stated."),
    ],
)
def test_a_real_cohorts_citation_is_the_cards(
    scored: Results, citation: str, expected: str
) -> None:
    card = replace(scored.card, synthetic=False, citation=citation)
    assert lines(replace(scored, card=card))[2].endswith(expected)


def test_nothing_is_claimed_of_a_run_without_results(scored: Results) -> None:
    begun = tuple(replace(one, units_done=0) for one in scored.method_results)
    made = lines(replace(scored, method_results=begun, pair_comparisons=(), invocations=()))
    assert len(made) == 3
    assert made[0].startswith("lnmbench, a benchmark")
