"""Published tables: t-tests of mean ± SD."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from scipy import stats

Run = Callable[[str], str]
NEEDED = "Correlation of the folds that significance requires"


def row(text: str, *cells: str) -> list[str]:
    """The cells of the one line of a Markdown table that starts with these cells."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines()]
    (text,) = (line for line in lines if line[: len(cells)] == list(cells))
    return text


def table(text: str, title: str) -> str:
    return text.partition(f"### {title}\n")[2].partition("### ")[0]


def test_a_published_table_is_read_again_by_the_formulas(run: Run) -> None:
    command = "published --folds 5 --repeats 4 --a .70 .06 --b .73 .05 --format markdown"
    printed, pair = run(command), ("b − a", "AUC", "+.030")
    sd = math.sqrt(0.06**2 + 0.05**2 - 2 * 0.8 * 0.06 * 0.05)
    plain, corrected = sd * math.sqrt(1 / 20), sd * math.sqrt(1 / 20 + 1 / 4)
    for test, error in (("plain paired", plain), ("corrected resampled", corrected)):
        cells = row(table(printed, f"p of the {test} t-test"), *pair)
        p = 2 * stats.t.sf(0.03 / error, 19)
        assert float(cells[4]) == pytest.approx(p, abs=0.0051), "ρ = .80"
    *_, plain_rho, _, corrected_rho, spread = row(table(printed, NEEDED), *pair)
    for text, alpha, ratio in ((plain_rho, 0.01, 0.0), (corrected_rho, 0.05, 1 / 4)):
        largest = 0.03 / stats.t.isf(alpha / 2, 19) / math.sqrt(1 / 20 + ratio)
        rho = (0.06**2 + 0.05**2 - largest**2) / (2 * 0.06 * 0.05)
        assert float(text) == pytest.approx(rho, abs=0.0001)
    assert float(spread) == pytest.approx(largest, abs=0.0001)
    half = stats.t.isf(0.025, 19) * 0.06 * math.sqrt(1 / 20 + 1 / 4)
    assert row(printed, "a", "AUC")[-1] == f"{0.7 - half:.3f} to {0.7 + half:.3f}".replace(
        "0.", "."
    )


def test_the_paper_is_significant_by_the_plain_test_alone(run: Run) -> None:
    printed = run("published --format markdown")
    assert "t shrinks to .287 of its plain value" in printed
    assert "a plain p of .01 is a corrected p of .45" in printed
    assert "requires a plain p below 5 × 10⁻¹⁰" in printed
    pair = ("multi-task − single-task", "AUC", "+.008")
    assert row(table(printed, "p of the plain paired t-test"), *pair)[6] == ".002", "ρ = .95"
    assert row(table(printed, "p of the corrected resampled t-test"), *pair)[6] == ".36"
    assert row(table(printed, NEEDED), "multi-task − LR", "AUC")[5] == ".9874"
    assert row(table(printed, NEEDED), *pair[:1], "AP")[3:] == ["no ρ", "–", "no ρ", "–"]
    assert row(printed, ".03") == [".03", ".006", ".021", ".030"]


WRONG = ["--a .7 .1", "--a .7 0 --b .7 .1", "--a nan .1 --b .7 .1", "--folds 1"]


@pytest.mark.parametrize("wrong", WRONG)
def test_numbers_that_are_no_table_are_refused(run: Run, wrong: str) -> None:
    with pytest.raises(SystemExit) as refused:
        run(f"published {wrong}")
    assert refused.value.code == 2
