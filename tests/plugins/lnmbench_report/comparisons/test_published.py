"""The rate at which a published test errs for the pairs of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from lnmbench_report.comparisons.published import OTHER_MODELS, SAME_NETWORK, describe_published

from lnmbench.records import Method
from lnmbench.testing.sample_results import CONTROL, SAMPLE_METHODS, sample_network, sample_results

THREE = SAMPLE_METHODS[:3]
OTHER = sample_network("resnet18", encoder="resnet18")


@pytest.mark.parametrize(
    ("methods", "rates"),
    [
        (THREE[:2], {SAME_NETWORK}),
        ([THREE[0], (CONTROL, 1.0)], {SAME_NETWORK}),
        ([THREE[0], THREE[2]], {OTHER_MODELS}),
        ([THREE[1], (OTHER, 1.0)], {OTHER_MODELS}),
        (THREE, {SAME_NETWORK, OTHER_MODELS}),
    ],
)
def test_the_rate_is_that_of_the_compared_methods(
    methods: Sequence[tuple[Method, float]], rates: set[str]
) -> None:
    results = sample_results(methods)
    (note,) = describe_published(results, results.pair_comparisons)
    assert set(re.findall(r"\d+ to \d+ %", note)) == rates
    assert note.startswith("Use the corrected p: the 20 folds share")


@pytest.mark.parametrize("page", ["protocol.md", "calibration.md"])
def test_the_rates_are_those_of_the_docs(page: str) -> None:
    text = (Path(__file__).parents[4] / "docs" / page).read_text(encoding="utf-8")
    for rate in (OTHER_MODELS, SAME_NETWORK):
        low, high = re.findall(r"\d+", rate)
        assert re.search(rf"\b{rate}|\.{low} to \.{high}\b|\.{int(low):02} to \.{high}\b", text)
