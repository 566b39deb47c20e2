"""The sections of the report together: their order, titles and formats."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from lnmbench_report import register_sections

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Figure, Results, Table
from lnmbench.registry import Registry
from lnmbench.rendering import FORMATS, render
from lnmbench.stages.report import build_blocks
from lnmbench.stats.discrimination import auc
from lnmbench.testing.sample_results import (
    LOGISTIC,
    MULTI_TASK,
    SAMPLE_METHODS,
    SINGLE_TASK,
    sample_predictions,
    sample_results,
)

SECTIONS = (
    "answer",
    "setting",
    "performance",
    "comparisons",
    "conclusion",
    "further",
    "all_comparisons",
)
PRINTED = (
    "answer",
    "setting",
    "across",
    "performance",
    "outcomes",
    "discrimination",
    "comparisons",
    "questions",
    "labels",
    "label_shares",
    "image_controls",
    "modalities",
    "untrained",
    "margins",
    "differences",
    "conclusion",
    "probe",
    "aux",
    "further",
    "importance",
    "coefficients",
    "selection",
    "calibration",
    "operating",
    "net_benefit",
    "probabilities",
    "difficult_cases",
    "tuning",
    "fitting",
    "cohort",
    "cost",
    "search",
    "all_comparisons",
    "manifest",
    "cite",
)
THREE = SAMPLE_METHODS[:3]


def make_blocks(results: Results) -> list[Block]:
    """Return the blocks of `SECTIONS`."""
    sections = register_sections()
    return [block for name in SECTIONS for block in sections[name]()(results)]


def test_the_sections_are_printed_in_this_order() -> None:
    groups = get_args(SectionGroup)
    sections = [(groups.index(make().group), name) for name, make in register_sections().items()]
    assert tuple(name for _, name in sorted(sections, key=lambda pair: pair[0])) == PRINTED


def test_a_real_run_prints_its_blocks_in_this_order(scored: Results) -> None:
    # in this run the auxiliary task changes no rank, so that posterior and power may be missing
    keys = [block.key for block in build_blocks(scored, Registry())]
    assert [key for key in keys if key not in ("posterior", "power")] == [
        "answer",
        "setting",
        "performance",
        "roc",
        "precision-recall",
        "comparisons",
        "additional_tests",
        "effects",
        "labels",
        "paired-differences",
        "forest",
        "conclusion",
        "checks",
        "aux",
        "further",
        "calibration",
        "operating_sensitivity",
        "operating_specificity",
        "net_benefit",
        "calibration-curves",
        "decision-curves",
        "distribution",
        "difficult_cases",
        "difficult_cases_by_method",
        "tuning",
        "learning-curves",
        "search-losses",
        "cohort",
        "cost",
        "search",
        "manifest",
        "methods",
        "cite",
    ]
    brief = [block.key for block in build_blocks(scored, Registry(), brief=True)]
    assert brief == keys[: keys.index("checks") + 1]


def test_a_report_has_answer_setting_tables_and_conclusion(sample: Results) -> None:
    assert [block.key for block in make_blocks(sample)] == [
        "answer",
        "setting",
        "performance",
        "comparisons",
        "additional_tests",
        "conclusion",
        "further",
    ]


def test_without_a_primary_test_the_others_remain(sample: Results) -> None:
    results = replace(
        sample, pair_comparisons=(), comparison_titles={}, comparison_roles={}, primary=""
    )
    keys = [block.key for block in make_blocks(results)]
    assert keys == ["answer", "setting", "performance", "conclusion", "further"]


def test_a_synthetic_cohort_is_said_in_the_title_of_every_table(sample: Results) -> None:
    tables = [block for block in make_blocks(sample) if isinstance(block, Table)]
    assert len(tables) == 4
    assert all("SYNTHETIC" in table.title for table in tables)
    real = make_blocks(sample_results(THREE, synthetic=False))
    assert not any("SYNTHETIC" in render([block], "markdown") for block in real)
    (conclusion,) = [block for block in real if block.key == "conclusion"]
    assert "patients" not in render([conclusion], "markdown")


@pytest.mark.parametrize(
    ("unfinished", "tables"),
    [
        ({"resnet50": 3}, 4),
        ({"resnet50": 3, "logistic": 0}, 2),
        ({"resnet50 + pt": 19, "resnet50": 3, "logistic": 0}, 0),
    ],
)
def test_tables_leave_out_unfinished_methods(unfinished: dict[str, int], tables: int) -> None:
    made = make_blocks(sample_results(THREE, units_done=unfinished))
    assert len([block for block in made if isinstance(block, Table)]) == tables
    assert all(render(made, format) for format in FORMATS)


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_labels_reach_every_format_as_text(format: str) -> None:
    label = "=1+1 <script>[bold]a|b 50%_x\x1b[31m\n# no heading"
    results = sample_results([(replace(MULTI_TASK, label=label), 1.0), THREE[1]])
    text = render(make_blocks(replace(results, cohort=label)), format)
    assert "\x1b" not in text
    assert "\n# no" not in text
    if format == "markdown":
        assert "<script>" not in text
    if format == "csv":
        assert "\n=1" not in text
        assert ",=1" not in text


def test_tables_of_three_methods_fit_100_columns(sample: Results) -> None:
    text = render(make_blocks(sample), "table")
    assert max(map(len, text.splitlines())) <= 100


def make_stable_and_unstable() -> Results:
    """Return a stable method and one whose cases change places in each repeat.

    In each repeat both give the same probabilities to the cases of each class.
    """
    random = np.random.default_rng(0)
    methods = [(SINGLE_TASK, 1.0), (LOGISTIC, 1.0)]
    stable = np.tile(sample_predictions(methods)[SINGLE_TASK.fingerprint][0], (4, 1))
    positive = np.arange(200) % 4 == 0
    unstable = stable.copy()
    for repeat in unstable:
        for of_class in (positive, ~positive):
            repeat[of_class] = random.permutation(repeat[of_class])
    predictions = {SINGLE_TASK.fingerprint: stable, LOGISTIC.fingerprint: unstable}
    results = sample_results(methods, predictions=predictions)
    thresholds = np.full((4, 5), 0.35)
    fixed = [
        replace(
            result,
            scores={
                name: replace(score, thresholds=None if score.thresholds is None else thresholds)
                for name, score in result.scores.items()
            },
        )
        for result in results.method_results
    ]
    return replace(results, method_results=tuple(fixed))


def test_an_unstable_method_has_the_numbers_of_a_stable_one_with_equal_repeats() -> None:
    results = make_stable_and_unstable()
    stable, unstable = (result.method for result in results.method_results)
    predicted = results.method_results[1].predicted
    assert predicted is not None
    # the average over the repeats, an ensemble, is far better
    ensemble = auc(results.truth, predicted.mean(axis=0))
    assert ensemble > auc(results.truth, predicted[0]) + 0.1
    sections = register_sections()
    blocks = [
        block
        for name in ("discrimination", "calibration", "operating", "net_benefit", "probabilities")
        for block in sections[name]()(results)
    ]
    tables = [block for block in blocks if isinstance(block, Table)]
    assert len(tables) == 3
    for table in tables:
        rows = dict(zip(table.methods, table.rows, strict=True))
        pairs = zip(rows[stable.fingerprint,], rows[unstable.fingerprint,], strict=True)
        for a, b in [pair for pair in pairs if pair[0].value is not None]:
            assert a.value == pytest.approx(b.value, abs=1e-9), table.key
    for figure in (block for block in blocks if isinstance(block, Figure)):
        marks = [mark for panel in figure.panels for mark in panel.marks if mark.kind != "band"]
        pairs = zip(
            (mark for mark in marks if mark.methods == (stable.fingerprint,)),
            (mark for mark in marks if mark.methods == (unstable.fingerprint,)),
            strict=True,
        )
        for a, b in pairs:
            assert a.y == pytest.approx(b.y, abs=1e-9), figure.key
    (comparison,) = [c for c in results.pair_comparisons if c.metric == "auc"]
    assert comparison.tests["delong"].estimate == pytest.approx(0.0, abs=1e-12)


def test_tables_agree_on_what_they_both_show() -> None:
    results = sample_results(THREE)
    sections = register_sections()
    further, calibration, benefit = (
        block
        for name in ("further", "calibration", "net_benefit")
        for block in sections[name]()(results)
        if isinstance(block, Table)
    )
    means = {(row[1].text, row[0].text.split(" (")[0]): row[2].value for row in further.rows}
    brier = [column.key for column in calibration.columns].index("brier")
    at_20 = [column.key for column in benefit.columns].index("net_benefit_20")
    # with folds of equal size, means over folds are means over cases
    for row in calibration.rows:
        assert row[brier].value == pytest.approx(means[row[0].text, "Brier"])
    for row in benefit.rows[:-1]:
        assert row[at_20].value == pytest.approx(means[row[0].text, "Net benefit at .20"])
