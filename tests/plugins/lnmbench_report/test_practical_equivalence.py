from __future__ import annotations

from lnmbench_report.practical_equivalence import describe_ropes, find_rope

from lnmbench.testing.sample_results import SAMPLE_METHODS, sample_results


def test_the_region_is_the_declared_margin_or_a_hundredth() -> None:
    results = sample_results(SAMPLE_METHODS[:2], margins=(("ap", 0.03),))
    assert (find_rope(results, "auc"), find_rope(results, "ap")) == (0.01, 0.03)
    assert describe_ropes(results, ["auc", "ap"]) == (
        "Differences within ± .010 in AUC (no margin declared) and ± .030 in AP (declared) count "
        "as practically equivalent."
    )
