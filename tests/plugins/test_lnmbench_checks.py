from __future__ import annotations

from dataclasses import replace

import pytest
from lnmbench_checks import register_checks

from lnmbench.records import Results
from lnmbench.testing.sample_results import empty_results

EMPTY = replace(
    empty_results(),
    metrics=("auc",),
    metric_titles={"auc": "AUC"},
    primary="corrected",
    primary_metrics=("auc",),
)


def test_numbers_have_no_gap() -> None:
    codes = list(register_checks())
    assert codes == [f"LNM{number:03d}" for number in range(1, len(codes) + 1)]


@pytest.mark.parametrize("code", [code for code in register_checks() if code != "LNM004"])
def test_no_check_passes_without_information(code: str) -> None:
    assert register_checks()[code]()(EMPTY) is None


def test_a_run_gives_the_checks_their_information(scored: Results) -> None:
    messages = {code: factory()(scored) for code, factory in register_checks().items()}
    for code in ("LNM003", "LNM005", "LNM008", "LNM009", "LNM013", "LNM014"):
        assert messages[code] == "", code
    # one case per patient, no images, and learning rates that fall to zero
    for code in ("LNM001", "LNM002", "LNM006", "LNM015", "LNM016", "LNM017"):
        assert messages[code] is None, code
    for code in ("LNM004", "LNM007", "LNM011", "LNM012"):
        assert messages[code] is not None, code
