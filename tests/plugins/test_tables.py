"""The report's sections, from predictions through score and compare to the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from lnmbench_metrics import register_metrics
from lnmbench_tables import register_sections
from lnmbench_tables.arms import aux_questions
from lnmbench_tests import register_comparisons
from numpy.typing import NDArray
from rich.console import Console

from lnmbench.contracts import Section
from lnmbench.records import (
    Card,
    Choice,
    Cost,
    Method,
    Paragraph,
    Protocol,
    Results,
    Table,
    Training,
    Weights,
)
from lnmbench.stages.compare import compare, primary_comparison
from lnmbench.stages.rendering import FORMATS, print_blocks, render
from lnmbench.stages.score import score

PROTOCOL = Protocol(repeats=4, folds=5, seed=7)
RANDOM = Weights(source="random", note="ImageNet weights could not be fetched")
METRICS = {name: factory() for name, factory in register_metrics().items()}
TESTS = {name: factory() for name, factory in register_comparisons().items()}


def network(label: str, *aux: str, encoder: str = "resnet50", rate: float = 1e-3) -> Method:
    return Method(
        label=label,
        kind="network",
        encoder=Choice(name=encoder),
        weights=RANDOM,
        aux=tuple(Choice(name=name) for name in aux),
        weighting=Choice(name="fixed"),
        training=Training(learning_rate=rate),
    )


MULTI = network("resnet50 + pt", "pt")
SINGLE = network("resnet50")
LOGISTIC = Method(label="logistic", kind="baseline", baseline=Choice(name="logistic"))
ARMS = ((MULTI, 1.0), (SINGLE, 0.95), (LOGISTIC, 0.9))


def card(*, synthetic: bool = True) -> Card:
    return Card(
        title="phantoms",
        licence="none",
        source="here",
        citation="none",
        labels="drawn",
        synthetic=synthetic,
        truth={"AUC of the risk": 0.8421} if synthetic else {},
    )


def predictions(arms: Sequence[tuple[Method, float]], n: int) -> dict[str, NDArray[np.float64]]:
    """Scores that carry the truth with the given strength, noise shared by all methods."""
    rng = np.random.default_rng(1)
    truth = np.arange(n) % 4 == 0
    shared = rng.normal(size=(PROTOCOL.repeats, n))
    return {
        method.fingerprint: strength * truth + shared + 0.3 * rng.normal(size=(PROTOCOL.repeats, n))
        for method, strength in arms
    }


def results(
    arms: Sequence[tuple[Method, float]] = ARMS,
    *,
    unfinished: Mapping[str, int] | None = None,
    synthetic: bool = True,
    n: int = 200,
) -> Results:
    truth = (np.arange(n) % 4 == 0).astype(float)
    cycle = np.arange(n) // 4 % PROTOCOL.folds
    outer = np.array([(cycle + r) % PROTOCOL.folds for r in range(4)], dtype=np.int16)
    predicted = predictions(arms, n)
    outcomes = tuple(
        score(
            method,
            predicted[method.fingerprint],
            truth,
            outer,
            protocol=PROTOCOL,
            metrics=METRICS,
            cost=Cost(),
            units_done=(unfinished or {}).get(method.label, PROTOCOL.units),
        )
        for method, _ in arms
    )
    return Results(
        cohort="synthetic:n=200",
        card=card(synthetic=synthetic),
        fingerprint="0123456789abcdef",
        protocol=PROTOCOL,
        n=n,
        positives=int(truth.sum()),
        outcomes=outcomes,
        compared=compare(outcomes, predicted, truth, outer, metrics=METRICS, comparisons=TESTS),
        metrics=tuple(METRICS),
        metric_titles={name: metric.title for name, metric in METRICS.items()},
        comparison_titles={name: test.title for name, test in TESTS.items()},
        comparison_roles={name: test.role for name, test in TESTS.items()},
        primary=primary_comparison(TESTS),
        truth=truth,
    )


def sections() -> list[Section]:
    made = [factory() for factory in register_sections().values()]
    return sorted(made, key=lambda section: section.order)


def blocks(of: Results) -> list[Table | Paragraph]:
    return [block for section in sections() for block in section(of)]


def block(of: Results, key: str) -> Table | Paragraph:
    return next(block for block in blocks(of) if block.key == key)


def sentences(of: Results, key: str) -> tuple[str, ...]:
    found = block(of, key)
    assert isinstance(found, Paragraph)
    return found.lines


def test_report_has_setting_two_tables_and_conclusion_in_this_order() -> None:
    keys = [block.key for block in blocks(results())]
    assert keys == ["setting", "performance", "comparisons", "conclusion", "cost"]


def test_setting_names_cohort_truth_protocol_weights_and_seed() -> None:
    text = " ".join(sentences(results(), "setting"))
    assert "synthetic:n=200" in text
    assert "200 cases, 50 positive for n2 (prevalence .250)" in text
    assert "SYNTHETIC" in text
    assert "AUC of the risk .842" in text
    assert "4 × 5 × 5" in text
    assert "seed 7" in text
    assert "RANDOM" in text
    assert RANDOM.note in text


def test_setting_tells_the_terms_of_use_and_every_note_of_the_card() -> None:
    made = results(synthetic=False)
    real = replace(
        made.card, licence="CC BY 3.0", citation="Bakr et al., 2018.", notes=("One.", "Two.")
    )
    lines = sentences(replace(made, card=real), "setting")
    assert lines[1:4] == ("Licence: CC BY 3.0; please cite: Bakr et al., 2018.", "One.", "Two.")
    shown = render(blocks(replace(made, card=real)), "markdown")
    assert "\n- Two." in shown
    bare = replace(made.card, licence="not stated", citation="not stated")
    told = sentences(replace(made, card=bare), "setting")[1]
    assert told == "Licence: not stated; no citation is stated."


def test_synthetic_cohort_is_said_in_every_table_and_in_the_conclusion() -> None:
    made = results()
    tables = [block for block in blocks(made) if isinstance(block, Table)]
    assert len(tables) == 3
    assert all("SYNTHETIC" in table.title for table in tables)
    assert "nothing of patients" in sentences(made, "conclusion")[-1]
    real = results(synthetic=False)
    assert not any("SYNTHETIC" in render([block], "markdown") for block in blocks(real))
    assert "patients" not in " ".join(sentences(real, "conclusion"))


def test_weights_that_differ_are_told_apart_by_method() -> None:
    other = network("other", encoder="resnet18")
    lines = sentences(results([*ARMS, (other, 1.0)]), "setting")
    assert any(line.startswith('Encoder weights ("other"): resnet18, RANDOM') for line in lines)


def test_table_1_holds_mean_interval_and_spread_at_full_precision() -> None:
    made = results()
    table = block(made, "performance")
    assert isinstance(table, Table)
    first = dict(zip([column.key for column in table.columns], table.rows[0], strict=True))
    summary = made.outcomes[0].summary["auc"]
    assert first["method"].text == "resnet50 + pt"
    assert (first["auc"].value, first["auc"].low) == (summary.value, summary.low)
    assert first["auc"].high == summary.high
    assert first["auc_sd"].value == made.outcomes[0].spread["auc"]
    assert first["auc"].text == f"{summary.value:.3f} (".lstrip("0") + (
        f"{summary.low:.3f}"[1:] + " to " + f"{summary.high:.3f}"[1:] + ")"
    )
    assert any("Prevalence .250" in note for note in table.notes)


def test_table_2_puts_the_network_with_the_aux_task_against_its_references() -> None:
    table = block(results([ARMS[2], ARMS[1], ARMS[0]]), "comparisons")
    assert isinstance(table, Table)
    couples = {(row[0].text, row[1].text) for row in table.rows}
    assert couples == {
        ("resnet50 + pt", "resnet50"),
        ("resnet50 + pt", "logistic"),
        ("resnet50", "logistic"),
    }
    assert len(table.rows) == 6


def test_table_2_heads_the_plain_t_as_published_and_says_which_to_believe() -> None:
    table = block(results(), "comparisons")
    assert isinstance(table, Table)
    headings = {column.key: column.heading for column in table.columns}
    assert headings["p_paired"] == 'p, plain paired t, "as published"'
    assert "published" not in headings["p_corrected"]
    assert table.notes[0].startswith("Believe the corrected p")


def test_conclusion_answers_the_aux_question_first_with_power_and_plain_t() -> None:
    first, second, *_ = sentences(results(), "conclusion")
    assert first.startswith("pt beside n2 (resnet50 + pt against resnet50): no difference shown")
    assert "Holm p > .99" in first
    assert "With 80 % power" in first
    assert "The plain paired t (p = .03 in AUC) is not borne out." in first
    assert second.startswith("resnet50 + pt against logistic: ")


def test_conclusion_says_what_was_shown_and_claims_no_power_for_it() -> None:
    first = sentences(results([(MULTI, 3.0), (SINGLE, 0.2)]), "conclusion")[0]
    assert "scores higher in this cohort (AUC +" in first
    assert "power" not in first
    assert "borne out" not in first


def test_conclusion_says_when_holm_takes_a_finding_away() -> None:
    made = results()
    first = made.compared[0]
    suggestive = replace(first.tests["corrected"], pvalue=0.0231)
    tests = {**first.tests, "corrected": suggestive}
    compared = (replace(first, tests=tests, holm=0.1386), *made.compared[1:])
    line = sentences(replace(made, compared=compared), "conclusion")[0]
    assert "no difference shown (AUC" in line
    assert "Holm's correction for 6 tests takes away the corrected p = .02 in AUC." in line
    assert "borne out" not in line


def test_identical_methods_are_the_same_in_every_fold() -> None:
    made = results()
    multi, single = made.outcomes[:2]
    twin = network("twin", rate=1e-2)
    predicted = predictions([(MULTI, 1.0)], 200)[MULTI.fingerprint]
    truth = made.truth
    assert truth is not None
    outer = np.array([(np.arange(200) // 4 + r) % 5 for r in range(4)], dtype=np.int16)
    outcomes = tuple(
        score(
            method,
            predicted,
            truth,
            outer,
            protocol=PROTOCOL,
            metrics=METRICS,
            cost=Cost(fits=100, epochs=900, seconds=75.0, device_seconds=140.0, memory_mb=1250.0),
            units_done=20,
        )
        for method in (multi.method, single.method, twin)
    )
    both = {outcome.method.fingerprint: predicted for outcome in outcomes}
    compared = compare(outcomes, both, truth, outer, metrics=METRICS, comparisons=TESTS)
    same = replace(made, outcomes=outcomes, compared=compared)
    first = sentences(same, "conclusion")[0]
    assert "the same in every fold (AUC .000, 95 % .000 to .000, Holm p > .99" in first
    assert "power" not in first


@pytest.mark.parametrize(
    ("unfinished", "expected"),
    [
        ({"resnet50": 3}, "What pt adds to n2 is not answered"),
        ({"resnet50": 3, "logistic": 0}, "Only resnet50 + pt is complete"),
        ({"resnet50 + pt": 19, "resnet50": 3, "logistic": 0}, "No method is complete yet"),
    ],
)
def test_unfinished_arms_are_named_and_left_out(unfinished: dict[str, int], expected: str) -> None:
    made = results(unfinished=unfinished)
    assert sentences(made, "conclusion")[0].startswith(expected)
    assert "resnet50 (3 of 20 units)" in sentences(made, "setting")[-1]
    tables = [block for block in blocks(made) if isinstance(block, Table)]
    assert len(tables) == {1: 3, 2: 2, 3: 1}[len(unfinished)]
    assert all(render(blocks(made), format) for format in FORMATS)


def test_networks_that_differ_in_more_than_the_aux_task_ask_no_aux_question() -> None:
    for other in (network("b", encoder="resnet18"), network("b", rate=1e-2), LOGISTIC):
        assert aux_questions(results([(MULTI, 1.0), (other, 1.0)])) == []
    unweighted = replace(SINGLE, weighting=None)
    assert len(aux_questions(results([(MULTI, 1.0), (unweighted, 1.0)]))) == 1


def test_without_networks_every_pair_is_concluded_on() -> None:
    other = Method(label="forest", kind="baseline", baseline=Choice(name="forest"))
    lines = sentences(results([(LOGISTIC, 1.0), (other, 1.0)]), "conclusion")
    assert lines[0].startswith("forest against logistic: ")


def test_without_a_primary_test_the_report_says_that_nothing_is_judged() -> None:
    made = replace(results(), compared=(), comparison_titles={}, comparison_roles={}, primary="")
    assert [block.key for block in blocks(made)] == ["setting", "performance", "conclusion", "cost"]
    assert "no plugin in use offers a primary test" in sentences(made, "conclusion")[0]


def test_the_aux_question_and_the_auc_come_first_however_results_are_sorted() -> None:
    made = results([ARMS[2], ARMS[1], ARMS[0]])
    backwards = replace(made, metrics=("ap", "auc"), compared=made.compared[::-1])
    performance, comparisons = (block(backwards, key) for key in ("performance", "comparisons"))
    assert isinstance(performance, Table)
    assert isinstance(comparisons, Table)
    assert [column.key for column in performance.columns][1:4:2] == ["auc", "ap"]
    assert [tuple(cell.text for cell in row[:3]) for row in comparisons.rows] == [
        ("resnet50 + pt", "resnet50", "AUC"),
        ("resnet50 + pt", "resnet50", "AP"),
        ("resnet50 + pt", "logistic", "AUC"),
        ("resnet50 + pt", "logistic", "AP"),
        ("resnet50", "logistic", "AUC"),
        ("resnet50", "logistic", "AP"),
    ]
    assert sentences(backwards, "conclusion") == sentences(made, "conclusion")


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_labels_reach_every_format_as_text(format: str) -> None:
    label = "=1+1 <script>[bold]a|b 50%_x\x1b[31m\n# no heading"
    text = render(blocks(results([(replace(MULTI, label=label), 1.0), ARMS[1]])), format)
    assert "\x1b" not in text
    assert "\n# no" not in text
    if format == "markdown":
        assert "<script>" not in text
    if format == "csv":
        assert "\n=1" not in text
        assert ",=1" not in text


def test_tables_of_three_arms_fit_80_columns() -> None:
    stream = StringIO()
    print_blocks(Console(file=stream, width=80), blocks(results()))
    lines = stream.getvalue().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    assert any(line.rstrip().endswith(".03") for line in lines), "the last column is not cut"


def test_cost_says_what_each_method_took() -> None:
    cost = Cost(fits=4000, epochs=0, seconds=75.0, device_seconds=7384.0, memory_mb=1250.0)
    made = results()
    dear = replace(made, outcomes=(replace(made.outcomes[0], cost=cost), *made.outcomes[1:]))
    (table,) = [block for block in blocks(dear) if block.key == "cost"]
    texts = [cell.text for cell in table.rows[0]]
    assert texts[1:] == ["4,000", "–", "1 min 15 s", "2 h 03 min", "1.2 GB"]
    assert len(table.rows) == len(made.outcomes)
