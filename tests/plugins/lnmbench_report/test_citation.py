"""Citations of the report."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lnmbench_report.citation import Citation

from lnmbench.records import Paragraph, Results


def lines(results: Results) -> tuple[str, ...]:
    (cited,) = Citation()(results)
    assert isinstance(cited, Paragraph)
    return cited.lines


def test_lnmbench_the_method_the_cohort_and_the_statistics_are_cited(scored: Results) -> None:
    cited = lines(scored)
    assert cited[0].startswith("lnmbench 0.")
    assert "Hu et al." in cited[1]
    assert "SYNTHETIC" in cited[2]
    text = " ".join(cited)
    for source in ("Nadeau", "Bouckaert", "Holm", "Efron", "Moulton", "Wilson", "Korn"):
        assert source in text


def test_only_tests_that_were_computed_are_cited(scored: Results) -> None:
    for name, source in (
        ("delong", "DeLong E. R."),
        ("bayes", "Benavoli"),
        ("placement", "LeDell"),
        ("bootstrap", "Hinkley"),
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
    begun = tuple(replace(result, units_done=0) for result in scored.method_results)
    cited = lines(replace(scored, method_results=begun, pair_comparisons=(), invocations=()))
    assert len(cited) == 3
    assert cited[0].startswith("lnmbench, a benchmark")
