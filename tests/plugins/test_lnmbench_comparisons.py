from __future__ import annotations

from lnmbench_comparisons import register_comparisons


def test_one_comparison_is_primary_and_the_plain_t_is_as_published() -> None:
    roles = {name: factory().role for name, factory in register_comparisons().items()}
    assert roles == {
        "corrected": "primary",
        "bayes": "exploratory",
        "placement": "exploratory",
        "delong": "exploratory",
        "bootstrap": "exploratory",
        "paired": "as published",
    }
