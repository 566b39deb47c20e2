"""The report's sections, from predictions through score and compare to the words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_comparisons import register_comparisons
from lnmbench_metrics import register_metrics
from lnmbench_report import register_sections
from lnmbench_report.arms import aux_of, aux_questions, control_questions, shown
from numpy.typing import NDArray
from scipy.special import expit

from lnmbench.records import (
    BaselineMethod,
    Block,
    Card,
    Choice,
    Cost,
    Estimate,
    Method,
    NetworkMethod,
    Paragraph,
    Profile,
    Protocol,
    Results,
    Summary,
    Table,
    Training,
    Variable,
    Weights,
)
from lnmbench.rendering import FORMATS, render
from lnmbench.stages.compare import compare, primary_comparison
from lnmbench.stages.score import score

PROTOCOL = Protocol(repeats=4, folds=5, seed=7)
RANDOM = Weights(source="random", note="ImageNet weights could not be fetched")
OFFERED = {name: factory() for name, factory in register_metrics().items()}
METRICS = {name: metric for name, metric in OFFERED.items() if "binary" in metric.kinds}
TESTS = {name: factory() for name, factory in register_comparisons().items()}


def network(
    label: str, *aux: str | Choice, encoder: str = "resnet50", rate: float = 1e-3
) -> Method:
    return NetworkMethod(
        label=label,
        encoder=Choice(name=encoder),
        level="slice",
        weights=RANDOM,
        aux=tuple(Choice(name=one) if isinstance(one, str) else one for one in aux),
        weighting=Choice(name="fixed"),
        training=Training(learning_rate=rate),
    )


MULTI = network("resnet50 + pt", "pt")
SINGLE = network("resnet50")
CONTROL = network("resnet50 + pt:shuffled=1", Choice(name="pt", parameters={"shuffled": 1}))
LOGISTIC = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
ARMS = ((MULTI, 1.0), (SINGLE, 0.95), (LOGISTIC, 0.9))


def card(*, synthetic: bool = True) -> Card:
    return Card(
        title="phantoms",
        license="none",
        source="here",
        citation="none",
        labels="drawn",
        synthetic=synthetic,
        truth={"AUC of the risk": 0.8421} if synthetic else {},
    )


SHAPES = (
    "answer",
    "setting",
    "performance",
    "comparisons",
    "conclusion",
    "further",
    "all_comparisons",
)


def predictions(arms: Sequence[tuple[Method, float]], n: int) -> dict[str, NDArray[np.float64]]:
    """Probabilities that carry the truth with the given strength, noise shared by all methods."""
    rng = np.random.default_rng(1)
    truth = np.arange(n) % 4 == 0
    noise = rng.normal(size=(PROTOCOL.repeats, n))
    return {
        method.fingerprint: expit(strength * truth + noise + 0.3 * rng.normal(size=noise.shape) - 1)
        for method, strength in arms
    }


def results(
    arms: Sequence[tuple[Method, float]] = ARMS,
    *,
    unfinished: Mapping[str, int] | None = None,
    synthetic: bool = True,
    n: int = 200,
    primary: tuple[str, ...] = ("auc", "ap"),
    predicted: Mapping[str, NDArray[np.float64]] | None = None,
) -> Results:
    truth = (np.arange(n) % 4 == 0).astype(float)
    cycle = np.arange(n) // 4 % PROTOCOL.folds
    outer = np.array([(cycle + r) % PROTOCOL.folds for r in range(4)], dtype=np.int16)
    made = predicted or predictions(arms, n)
    protocol = replace(PROTOCOL, primary=primary)
    outcomes = tuple(
        score(
            method,
            made[method.fingerprint],
            truth,
            outer,
            protocol=protocol,
            metrics=METRICS,
            cost=Cost(),
            units_done=(unfinished or {}).get(method.label, PROTOCOL.units),
            validation=[
                (repeat, fold, made[method.fingerprint][repeat][outer[repeat] != fold])
                for repeat, fold in np.ndindex(PROTOCOL.repeats, PROTOCOL.folds)
            ],
        )
        for method, _ in arms
    )
    return Results(
        cohort="synthetic:n=200",
        card=card(synthetic=synthetic),
        fingerprint="0123456789abcdef",
        protocol=protocol,
        n=n,
        positives=int(truth.sum()),
        method_results=outcomes,
        compared=compare(outcomes, truth, outer, metrics=primary, comparisons=TESTS),
        metrics=tuple(METRICS),
        metric_titles={name: metric.title for name, metric in METRICS.items()},
        metric_bounds={name: metric.bounds for name, metric in METRICS.items()},
        metric_better={name: metric.greater_is_better for name, metric in METRICS.items()},
        comparison_titles={name: test.title for name, test in TESTS.items()},
        comparison_roles={name: test.role for name, test in TESTS.items()},
        primary=primary_comparison(TESTS),
        primary_metrics=primary,
        truth=truth,
        outer=outer,
    )


def blocks(of: Results, *names: str) -> list[Block]:
    """The blocks of this file's sections, or of those that are named, in their order."""
    offered = register_sections()
    made = [offered[name]() for name in names or SHAPES]
    return [block for one in sorted(made, key=lambda one: one.order) for block in one(of)]


def table(of: Results, key: str) -> Table:
    found = next(block for block in blocks(of) if block.key == key)
    assert isinstance(found, Table)
    return found


def sentences(of: Results, key: str) -> tuple[str, ...]:
    found = next(block for block in blocks(of) if block.key == key)
    assert isinstance(found, Paragraph)
    return found.lines


def answer(of: Results) -> str:
    """The one line of the answer, which must be two sentences."""
    (line,) = sentences(of, "answer")
    assert len(re.findall(r"[.](?= [A-Z]|$)", line)) == 2, line
    return line


def column(of: Results, of_table: str, key: str) -> list[str]:
    found = table(of, of_table)
    place = [one.key for one in found.columns].index(key)
    return [row[place].text for row in found.rows]


def test_report_has_answer_setting_tables_and_conclusion_in_this_order() -> None:
    keys = [block.key for block in blocks(results())]
    assert keys == [
        "answer",
        "setting",
        "performance",
        "comparisons",
        "second_opinions",
        "conclusion",
        "further",
    ]


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


def test_the_folders_of_a_machine_are_not_printed() -> None:
    made = replace(results(), cohort="table:path=/home/jane/study/cohort.csv")
    for key in ("answer", "setting"):
        text = sentences(made, key)[0]
        assert "table:path=cohort.csv" in text
        assert "jane" not in text


def test_setting_tells_the_terms_of_use_and_every_note_of_the_card() -> None:
    made = results(synthetic=False)
    real = replace(
        made.card, license="CC BY 3.0", citation="Bakr et al., 2018.", notes=("One.", "Two.")
    )
    lines = sentences(replace(made, card=real), "setting")
    assert lines[1:4] == ("License: CC BY 3.0; please cite: Bakr et al., 2018.", "One.", "Two.")
    shown = render(blocks(replace(made, card=real)), "markdown")
    assert "\n- Two." in shown
    bare = replace(made.card, license="not stated", citation="not stated")
    told = sentences(replace(made, card=bare), "setting")[1]
    assert told == "License: not stated; no citation is stated."


def test_synthetic_cohort_is_said_in_every_table_and_in_the_conclusion() -> None:
    made = results()
    tables = [block for block in blocks(made) if isinstance(block, Table)]
    assert len(tables) == 4
    assert all("SYNTHETIC" in table.title for table in tables)
    assert "the synthetic cohort synthetic:n=200" in answer(made)
    assert answer(made).endswith("and a synthetic cohort says nothing of patients.")
    assert "nothing of patients" in sentences(made, "conclusion")[-1]
    real = results(synthetic=False)
    assert not any("SYNTHETIC" in render([block], "markdown") for block in blocks(real))
    assert "patients" not in " ".join(sentences(real, "conclusion"))


def test_weights_that_differ_are_told_apart_by_method() -> None:
    other = network("other", encoder="resnet18")
    lines = sentences(results([*ARMS, (other, 1.0)]), "setting")
    assert any(line.startswith('Encoder weights ("other"): resnet18, RANDOM') for line in lines)


def test_setting_names_the_features_and_counts_the_rest_of_a_long_list() -> None:
    none = Summary(known=0, missing=0)
    variables = tuple(
        Variable(
            name=f"x{number}",
            role="feature" if number else "target",
            kind="continuous",
            known="before",
            everyone=none,
            negative=none,
            positive=none,
        )
        for number in range(21)
    )
    few = replace(results(), profile=Profile(variables=variables[:4]))
    told = "Features: 3 clinical variables, known before surgery: x1, x2 and x3."
    assert told in sentences(few, "setting")
    many = " ".join(sentences(replace(few, profile=Profile(variables=variables)), "setting"))
    assert "20 clinical variables" in many
    assert "x12 and 8 more." in many
    assert "x13" not in many


def test_setting_says_which_metrics_decide() -> None:
    lines = sentences(results(primary=("ap", "brier")), "setting")
    assert "Primary metrics, declared before the run: AP and Brier (lower is better)." in lines


def test_performance_holds_the_primary_metrics_at_full_precision_and_no_others() -> None:
    made = results()
    found = table(made, "performance")
    keys = [column.key for column in found.columns]
    assert keys == ["method", "auc", "auc_sd", "ap", "ap_sd"]
    first = dict(zip(keys, found.rows[0], strict=True))
    summary = made.method_results[0].summary["auc"]
    assert first["method"].text == "resnet50 + pt"
    assert (first["auc"].value, first["auc"].low) == (summary.value, summary.low)
    assert first["auc"].high == summary.high
    assert first["auc_sd"].value == made.method_results[0].spread["auc"]
    assert first["auc"].text == f"{summary.value:.3f} (".lstrip("0") + (
        f"{summary.low:.3f}"[1:] + " to " + f"{summary.high:.3f}"[1:] + ")"
    )
    assert any("Prevalence .250" in note for note in found.notes)
    assert found.methods == tuple((o.method.fingerprint,) for o in made.method_results)


def with_gaps(made: Results, metric: str, folds: int) -> Results:
    """The results with a metric that the first folds of the first method do not define."""
    first, *others = made.method_results
    values = first.scores[metric].values.copy()
    values.flat[:folds] = np.nan
    scores = {**first.scores, metric: replace(first.scores[metric], values=values)}
    outcomes = (replace(first, scores=scores), *others)
    assert made.truth is not None
    assert made.outer is not None
    names = made.primary_metrics
    found = compare(outcomes, made.truth, made.outer, metrics=names, comparisons=TESTS)
    return replace(made, method_results=outcomes, compared=found)


def test_performance_says_on_how_many_folds_a_metric_is_defined() -> None:
    of = with_gaps(results(primary=("npv", "auc")), "npv", 6)
    keys = [column.key for column in table(of, "performance").columns]
    assert keys == ["method", "npv", "npv_sd", "npv_folds", "auc", "auc_sd"]
    assert column(of, "performance", "npv_folds") == ["14 of 20", "20 of 20", "20 of 20"]
    first, second, *_ = table(of, "performance").notes
    assert first.startswith("Mean over those of the 20 outer folds that define the metric;")
    assert second.startswith("Folds that do not define a metric")
    whole = table(results(primary=("npv", "auc")), "performance")
    assert whole.notes[0].startswith("Mean over 20 outer folds;")


def test_a_pair_in_a_metric_that_folds_do_not_define_is_told_and_not_compared() -> None:
    of = with_gaps(results(primary=("npv", "auc")), "npv", 6)
    told = list(zip(*(column(of, "comparisons", k) for k in ("metric", "difference")), strict=True))
    assert told[0] == ("NPV at sens. .90", "not compared")
    assert told[1][1].startswith("+.")
    assert (
        "Not compared: a pair of which a fold does not define the metric. Undefined is "
        "NPV at sens. .90 on 6 of 20 folds of resnet50 + pt. "
        "Holm counts such a pair as a test with p = 1."
    ) in table(of, "comparisons").notes
    assert len(table(of, "second_opinions").rows) == 4
    line = sentences(of, "conclusion")[0]
    assert "not compared (NPV at sens. .90 is undefined on 6 of 20 folds of resnet50 + pt)" in line
    assert "NPV" not in line.partition("With 80 % power")[2]
    assert "–" not in answer(of)
    assert "p, Holm" in {column.heading for column in table(of, "comparisons").columns}


def test_where_no_pair_could_be_compared_the_report_says_why_and_stands() -> None:
    of = with_gaps(results(ARMS[:2], primary=("npv",)), "npv", 20)
    assert column(of, "comparisons", "p_holm") == ["–"]
    assert "second_opinions" not in [block.key for block in blocks(of)]
    told = "NPV at sens. .90 is undefined on 20 of 20 folds of resnet50 + pt"
    assert told in answer(of)
    assert told in sentences(of, "conclusion")[0]


def test_an_interval_of_an_auc_ends_at_one() -> None:
    made = results([(MULTI, 3.5), (SINGLE, 1.0)])
    assert made.method_results[0].summary["auc"].value < 1.0
    assert column(made, "performance", "auc")[0].endswith(" to 1.000)")


def test_many_primary_metrics_stand_below_each_other() -> None:
    made = results(primary=("brier", "auc", "ap", "net_benefit"))
    assert column(made, "performance", "metric")[::3] == [
        "Brier (lower is better)",
        "AUC",
        "AP",
        "Net benefit at .20",
    ]
    assert len(table(made, "performance").rows) == 12


def test_further_metrics_are_those_that_do_not_decide_with_what_is_better_and_where() -> None:
    made = results(primary=("auc",))
    first, *_ = made.method_results
    values = first.scores["npv"].values.copy()
    values[0, :3] = np.nan
    gaps = {**first.scores, "npv": replace(first.scores["npv"], values=values)}
    nowhere = replace(first.scores["ppv"], values=np.full_like(values, np.nan))
    summary = {**first.summary, "ppv": Estimate(value=float("nan"))}
    spread = {**first.spread, "ppv": float("nan")}
    lacking = replace(first, scores={**gaps, "ppv": nowhere}, summary=summary, spread=spread)
    of = replace(made, method_results=(lacking, *made.method_results[1:]))
    metrics = column(of, "further", "metric")
    assert metrics[::3] == [
        "AP",
        "Brier (lower is better)",
        "Log loss (lower is better)",
        "Sens. at spec. .90",
        "Spec. at sens. .90",
        "PPV at sens. .90",
        "NPV at sens. .90",
        "Net benefit at .20",
    ]
    place = metrics.index("NPV at sens. .90")
    assert column(of, "further", "folds")[place] == "17 of 20"
    nothing = metrics.index("PPV at sens. .90")
    assert column(of, "further", "folds")[nothing] == "0 of 20"
    assert column(of, "further", "mean")[nothing] == "–"
    assert any(note.startswith("Folds that do not define") for note in table(of, "further").notes)


def test_differences_put_the_network_with_the_aux_task_against_its_references() -> None:
    found = table(results([ARMS[2], ARMS[1], ARMS[0]]), "comparisons")
    couples = {(row[0].text, row[1].text) for row in found.rows}
    assert couples == {
        ("resnet50 + pt", "resnet50"),
        ("resnet50 + pt", "logistic"),
        ("resnet50", "logistic"),
    }
    assert len(found.rows) == 6
    assert found.methods[0] == (MULTI.fingerprint, SINGLE.fingerprint)


def test_the_plain_t_is_headed_as_published_stands_last_and_is_not_borne_out_in_its_row() -> None:
    found = table(results(), "comparisons")
    assert found.columns[-1].heading == 'p, plain paired t, "as published"'
    assert not any("published" in column.heading for column in found.columns[:-1])
    assert found.notes[0].startswith("Believe the corrected p")
    first = found.rows[0][-1]
    assert first.text == ".03, not borne out"
    assert first.value == results().compared[0].tests["paired"].pvalue
    clear = table(results([(MULTI, 3.0), (SINGLE, 0.2)]), "comparisons")
    assert clear.rows[0][-1].text == "< .001"


def test_second_opinions_say_worse_equivalent_better_and_leave_out_what_is_not_for_a_metric() -> (
    None
):
    made = results()
    found = table(made, "second_opinions")
    keys = [column.key for column in found.columns][3:]
    assert keys == ["bayes_worse", "bayes_equivalent", "bayes_better", "p_placement", "p_delong"]
    auc, ap = found.rows[:2]
    shares = [cell.value for cell in auc[3:6]]
    assert sum(share or 0.0 for share in shares) == pytest.approx(1.0)
    assert [cell.text for cell in ap[6:]] == ["–", "–"]
    assert auc[6].value == made.compared[0].tests["placement"].pvalue


def test_a_metric_of_which_less_is_better_is_worded_and_counted_so() -> None:
    made = results([(MULTI, 3.0), (SINGLE, 0.2)], primary=("brier",))
    assert made.compared[0].tests["corrected"].estimate < 0.0
    conclusion = sentences(made, "conclusion")[0]
    assert "scores better in this cohort (Brier −" in conclusion
    assert ", lower is better, 95 % CI −" in conclusion
    assert "gave better scores than n2 alone (Brier −" in answer(made)
    assert column(made, "second_opinions", "bayes_better") == ["> .99"]
    assert column(made, "comparisons", "metric") == ["Brier (lower is better)"]
    notes = table(made, "comparisons").notes
    assert any(note == "In Brier a negative difference is a better score." for note in notes)


def test_several_cases_of_a_patient_are_said_beside_the_second_opinions() -> None:
    of = replace(results(), patients=np.arange(200) // 2)
    notes = table(of, "second_opinions").notes
    assert any(note.startswith("100 patients have several cases") for note in notes)


def test_of_many_pairs_the_questions_are_shown_and_every_pair_stands_behind() -> None:
    single = [(network(f"net {n}", encoder=f"e{n}"), 0.9) for n in range(3)]
    multi = [(network(f"net {n} + pt", "pt", encoder=f"e{n}"), 1.0) for n in range(3)]
    made = results([(LOGISTIC, 0.8), *single, *multi])
    first, every = (table(made, key) for key in ("comparisons", "all_comparisons"))
    assert len(first.rows) == 2 * (3 + 3)
    assert len(every.rows) == 2 * 21
    assert [row[0].text for row in first.rows[:6:2]] == [m.label for m, _ in multi]
    assert any(note.startswith("6 of 21 pairs") for note in first.notes)
    assert every.title.startswith("All differences between methods")
    assert len(table(made, "all_second_opinions").rows) == 2 * 21
    assert "all_comparisons" not in {block.key for block in blocks(results())}


def test_conclusion_answers_the_aux_question_first_with_power_and_plain_t() -> None:
    first, second, *_ = sentences(results(), "conclusion")
    assert first.startswith("pt beside n2 (resnet50 + pt against resnet50): no difference shown")
    assert "Holm p > .99" in first
    assert "With 80 % power" in first
    assert "The plain paired t (p = .03 in AUC) is not borne out." in first
    assert second.startswith("resnet50 + pt against logistic: ")


def test_conclusion_says_what_was_shown_and_claims_no_power_for_it() -> None:
    first = sentences(results([(MULTI, 3.0), (SINGLE, 0.2)]), "conclusion")[0]
    assert "scores better in this cohort (AUC +" in first
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
    same = predictions([(MULTI, 1.0)], 200)[MULTI.fingerprint]
    made = results(ARMS[:2], predicted={MULTI.fingerprint: same, SINGLE.fingerprint: same})
    first = sentences(made, "conclusion")[0]
    assert "the same in every fold (AUC .000, 95 % CI .000 to .000, Holm p > .99" in first
    assert "power" not in first
    text = answer(made)
    assert (
        "learning pt beside n2 gave the same scores as n2 alone in every fold (AUC and AP)" in text
    )
    assert "power" not in text
    assert column(made, "second_opinions", "bayes_equivalent") == ["1.00", "1.00"]


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
    assert len(tables) == {1: 4, 2: 2, 3: 0}[len(unfinished)]
    assert all(render(blocks(made), format) for format in FORMATS)


def test_the_answer_says_how_much_in_what_metric_what_could_be_seen_and_what_is_not_borne_out() -> (
    None
):
    text = answer(results(synthetic=False))
    assert text.startswith(
        "In synthetic:n=200 (200 cases, 50 positive), learning pt beside n2 was not shown to help "
        "(AUC +.0"
    )
    assert "Holm p > .99; AP +.0" in text
    assert "With 80 % power, before Holm, a difference of .0" in text
    assert "the plain paired t (p = .03 in AUC) is not borne out" in text
    assert "no shuffled control was run" in text
    assert "patients" not in text


@pytest.mark.parametrize(
    ("arms", "expected"),
    [
        ([(MULTI, 3.0), (SINGLE, 0.2)], "gave better scores than n2 alone (AUC +"),
        ([(MULTI, 0.2), (SINGLE, 3.0)], "gave worse scores than n2 alone (AUC −"),
    ],
)
def test_a_shown_difference_is_answered_either_way(
    arms: Sequence[tuple[Method, float]], expected: str
) -> None:
    text = answer(results(arms))
    assert expected in text
    assert "What was shown holds for this cohort and these settings" in text
    assert "power" not in text


def test_the_answer_tells_metrics_that_disagree_apart() -> None:
    made = results([(MULTI, 3.0), (SINGLE, 0.2)])
    compared = tuple(replace(c, holm=0.2) if c.metric == "ap" else c for c in made.compared)
    text = answer(replace(made, compared=compared))
    assert "gave better scores than n2 alone (AUC +" in text
    assert " and was not shown to help (AP +" in text


def test_a_gain_that_the_shuffled_control_shares_is_not_put_down_to_labels() -> None:
    text = answer(results([(MULTI, 3.0), (SINGLE, 0.2), (CONTROL, 3.0)]))
    assert "gave better scores" in text
    assert "against its shuffled control: no difference shown (AUC " in text
    assert "so that 2 of 2 gains are not shown to come from what the labels say" in text
    beaten = answer(results([(MULTI, 3.0), (SINGLE, 0.2), (CONTROL, 0.2)]))
    assert "against its shuffled control: scores better in this cohort (AUC +" in beaten
    assert "not shown to come" not in beaten


AGAIN = network("resnet50 + pt:shuffled=2", Choice(name="pt", parameters={"shuffled": 2}))


def test_every_one_of_several_controls_of_a_network_must_be_beaten() -> None:
    arms = [(MULTI, 3.0), (SINGLE, 0.2), (CONTROL, 0.2)]
    lead = "against its 2 shuffled controls, the hardest to beat in each metric: "
    shared = answer(results([*arms, (AGAIN, 3.0)]))
    assert f"{lead}no difference shown (AUC " in shared
    assert "so that 2 of 2 gains are not shown to come from what the labels say" in shared
    beaten = answer(results([*arms, (AGAIN, 0.2)]))
    assert f"{lead}scores better in this cohort (AUC +" in beaten
    assert "not shown to come" not in beaten


def test_worse_than_the_control_is_said_and_every_metric_is_named() -> None:
    worse = answer(results([(MULTI, 0.2), (SINGLE, 0.2), (CONTROL, 3.0)]))
    assert re.search(
        r"against its shuffled control: scores worse in this cohort \(AUC −[^)]*; AP −", worse
    )
    made = results([(MULTI, 0.2), (SINGLE, 0.2), (CONTROL, 3.0)])
    pair = {MULTI.fingerprint, CONTROL.fingerprint}
    compared = tuple(
        replace(one, holm=0.6)
        if one.metric == "auc" and {one.method_a, one.method_b} == pair
        else one
        for one in made.compared
    )
    mixed = answer(replace(made, compared=compared))
    assert re.search(
        r"control: no difference shown \(AUC −[^)]*\), scores worse in this cohort \(AP −", mixed
    )


def test_of_several_networks_it_is_counted_which_are_worse_than_their_controls() -> None:
    shuffled = Choice(name="pt", parameters={"shuffled": 1})
    arms = [
        (network(f"{encoder}{label}", *aux, encoder=encoder), strength)
        for encoder, strengths in (("a", (0.2, 3.0, 0.2)), ("b", (0.2, 0.2, 3.0)))
        for (label, aux), strength in zip(
            (("", ()), (" + pt", ("pt",)), (" + dealt", (shuffled,))), strengths, strict=True
        )
    ]
    text = answer(results(arms))
    assert (
        "of 2 networks against their shuffled controls: "
        "AUC (1 shown to be better, 1 shown to be worse), "
        "AP (1 shown to be better, 1 shown to be worse)" in text
    )
    again = network("a + again", Choice(name="pt", parameters={"shuffled": 2}), encoder="a")
    text = answer(results([*arms, (again, 3.0)]))
    assert "of 2 networks against every one of their shuffled controls: AUC (1 shown to be " in text
    assert "1 not shown to differ" in text


def test_a_half_shuffled_arm_asks_for_itself_and_is_controlled_by_the_whole() -> None:
    size = Choice(name="size", parameters={"shuffled": 1})
    both, half = network("both", "pt", "size"), network("half", "pt", size)
    whole = network("whole", CONTROL.aux[0], size)
    made = results([(SINGLE, 0.2), (both, 3.0), (half, 1.0), (whole, 1.0)])
    assert [question.method for question in aux_questions(made)] == [both, half]
    asked = [(one.method, one.reference) for one in control_questions(made)]
    assert asked == [(both, whole), (half, whole)]
    assert aux_of(half) == "pt + size (shuffled)"
    assert aux_of(whole) == "pt (shuffled control) + size (shuffled control)"
    alone = results([(SINGLE, 0.2), (both, 3.0), (half, 1.0)])
    assert control_questions(alone) == []
    assert "no shuffled control was run" in answer(alone)


def test_where_a_file_of_weights_lies_makes_no_other_network() -> None:
    kept = Weights(source="file:w.pt", sha256="ab" * 32)
    here, there = (
        replace(
            one, weights=kept, encoder=Choice(name="resnet50", parameters={"weights": f"{at}/w.pt"})
        )
        for one, at in ((MULTI, "a"), (SINGLE, "b"))
    )
    assert len(aux_questions(results([(here, 1.0), (there, 1.0)]))) == 1


def test_a_gain_in_one_metric_is_not_borne_out_by_a_control_that_is_beaten_in_another() -> None:
    made = results([(MULTI, 3.0), (SINGLE, 0.2), (CONTROL, 0.2)])
    shuffled = CONTROL.fingerprint
    compared = tuple(
        replace(one, holm=0.5)
        if (one.metric, shuffled in (one.method_a, one.method_b)) in {("auc", True), ("ap", False)}
        else one
        for one in made.compared
    )
    text = answer(replace(made, compared=compared))
    assert "scores better in this cohort (AP +" in text
    assert "so that the gain is not shown to come from what the labels say" in text


def test_the_answer_counts_the_networks_of_each_task() -> None:
    arms = [
        (
            network(
                f"{encoder}{' + ' + task if task else ''}", *filter(None, [task]), encoder=encoder
            ),
            strength,
        )
        for encoder, task, strength in [
            ("a", "", 0.2),
            ("b", "", 1.0),
            ("a", "pt", 3.0),
            ("b", "pt", 1.0),
            ("a", "size", 0.2),
            ("b", "size", 1.0),
        ]
    ]
    text = answer(results(arms))
    assert "learning pt beside n2 gave better scores than n2 alone in 1 of 2 pairs of " in text
    assert "networks (a + pt: AUC +" in text
    assert "and was not shown to help in 1 of 2 pairs of networks (AUC " in text
    assert (
        "; learning size beside n2 was not shown to help in 2 of 2 pairs of networks (AUC " in text
    )
    assert "smallest Holm p" in text


def test_tasks_beyond_three_are_counted_and_those_with_a_difference_named() -> None:
    arms = [(network("plain"), 0.2)]
    arms += [(network(f"plain + {task}", task), 0.2) for task in ("t1", "t2", "t3", "t4")]
    text = answer(results([*arms, (network("plain + t5", "t5"), 3.0)]))
    assert "learning t5 beside n2 gave better scores than n2 alone" in text
    assert "for 2 further tasks see the conclusion" in text


@pytest.mark.parametrize(
    ("arms", "unfinished", "expected"),
    [
        (ARMS, {"resnet50 + pt": 1, "resnet50": 2, "logistic": 0}, "3 of 60 units are done"),
        (ARMS, {"resnet50": 3}, "is not answered yet: 1 of 3 methods is not finished"),
        (ARMS[::2], {}, "no network of this run has equal settings and does without"),
        (ARMS[1:], {}, "none of its methods learns one. How 2 methods do in the synthetic"),
        (ARMS[2:], {}, "none of its methods learns one. Only logistic is complete: AUC "),
        (((CONTROL, 1.0), ARMS[1]), {}, "none of its methods learns one with its own labels"),
    ],
)
def test_a_run_that_cannot_answer_says_why(
    arms: Sequence[tuple[Method, float]], unfinished: dict[str, int], expected: str
) -> None:
    assert expected in answer(results(arms, unfinished=unfinished))


def test_an_answer_of_a_run_that_is_not_finished_says_so() -> None:
    text = answer(results(unfinished={"logistic": 4}))
    assert "was not shown to help" in text
    assert "1 of 3 methods is not finished, so that the family of tests will grow" in text
    waiting = answer(results([*ARMS, (CONTROL, 1.0)], unfinished={CONTROL.label: 4}))
    assert "no shuffled control is finished" in waiting


def test_a_shuffled_control_asks_nothing_of_its_own_and_is_called_a_control() -> None:
    made = results([*ARMS, (CONTROL, 1.0)])
    assert aux_of(CONTROL) == "pt (shuffled control)"
    assert [question.method for question in aux_questions(made)] == [MULTI]
    (asked,) = control_questions(made)
    assert (asked.method, asked.reference) == (MULTI, CONTROL)
    lines = sentences(made, "conclusion")
    assert lines[0].startswith("pt beside n2 (resnet50 + pt against resnet50): ")
    assert lines[1].startswith(
        "pt against its shuffled control (resnet50 + pt against resnet50 + pt:shuffled=1): "
    )
    assert not any("shuffled" in line.partition(":")[0] for line in (lines[0], *lines[2:]))
    heads = [tuple(cell.text for cell in row[:2]) for row in table(made, "comparisons").rows]
    assert heads[2] == ("resnet50 + pt", "resnet50 + pt:shuffled=1")


def test_a_pair_reads_the_same_whichever_method_was_the_reference() -> None:
    forth = results([(CONTROL, 1.0), *ARMS])
    back = results([*ARMS, (CONTROL, 1.0)])
    assert forth.compared[0].method_a != back.compared[-1].method_a
    predicted = predictions([(CONTROL, 1.0), *ARMS], 200)
    alike = results([*ARMS, (CONTROL, 1.0)], predicted=predicted)
    for key in ("comparisons", "second_opinions"):
        first, second = table(forth, key), table(alike, key)
        rows = [{tuple(c.text for c in row) for row in of.rows[:4]} for of in (first, second)]
        assert rows[0] == rows[1]


def test_controls_with_other_settings_or_tasks_control_nothing() -> None:
    shuffled = Choice(name="pt", parameters={"shuffled": 1})
    for control in (
        network("a", shuffled, encoder="resnet18"),
        network("b", Choice(name="size", parameters={"shuffled": 1})),
        network("c", Choice(name="pt", parameters={"shuffled": 1, "edition": "7"})),
    ):
        assert control_questions(results([(MULTI, 1.0), (control, 1.0)])) == []


def test_figures_show_who_asks_first_and_a_baseline_always() -> None:
    single = [(network(f"net {n}", encoder=f"e{n}"), 0.9) for n in range(5)]
    multi = [(network(f"net {n} + pt", "pt", encoder=f"e{n}"), 1.0) for n in range(5)]
    made = results([(LOGISTIC, 0.8), *single, *multi])
    labels = [outcome.method.label for outcome in shown(made)]
    assert labels[:4] == ["net 0 + pt", "net 0", "net 1 + pt", "net 1"]
    assert labels[-1] == "logistic"
    assert len(labels) == 8
    assert len(shown(made, limit=20)) == 11
    few = results([*ARMS, (CONTROL, 1.0)], unfinished={"resnet50": 1})
    assert [o.method for o in shown(few)] == [LOGISTIC, CONTROL, MULTI]


def test_networks_that_differ_in_more_than_the_aux_task_ask_no_aux_question() -> None:
    for other in (network("b", encoder="resnet18"), network("b", rate=1e-2), LOGISTIC):
        assert aux_questions(results([(MULTI, 1.0), (other, 1.0)])) == []
    unweighted = replace(SINGLE, weighting=None)
    assert len(aux_questions(results([(MULTI, 1.0), (unweighted, 1.0)]))) == 1


def test_without_networks_every_pair_is_concluded_on() -> None:
    other = BaselineMethod(label="forest", baseline=Choice(name="forest"))
    lines = sentences(results([(LOGISTIC, 1.0), (other, 1.0)]), "conclusion")
    assert lines[0].startswith("forest against logistic: ")


def test_without_a_primary_test_the_report_says_that_nothing_is_judged() -> None:
    made = replace(results(), compared=(), comparison_titles={}, comparison_roles={}, primary="")
    keys = [block.key for block in blocks(made)]
    assert keys == ["answer", "setting", "performance", "conclusion", "further"]
    assert "no plugin in use offers a primary test" in sentences(made, "conclusion")[0]
    assert "no plugin in use offers a primary test" in answer(made)


def test_the_aux_question_and_the_declared_order_come_first_however_results_are_sorted() -> None:
    made = results([ARMS[2], ARMS[1], ARMS[0]])
    backwards = replace(made, metrics=made.metrics[::-1], compared=made.compared[::-1])
    keys = [column.key for column in table(backwards, "performance").columns]
    assert keys[1:4:2] == ["auc", "ap"]
    found = table(backwards, "comparisons")
    assert [tuple(cell.text for cell in row[:3]) for row in found.rows] == [
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
    made = replace(results([(replace(MULTI, label=label), 1.0), ARMS[1]]), cohort=label)
    text = render(blocks(made), format)
    assert "\x1b" not in text
    assert "\n# no" not in text
    if format == "markdown":
        assert "<script>" not in text
    if format == "csv":
        assert "\n=1" not in text
        assert ",=1" not in text


def test_tables_of_three_arms_fit_100_columns() -> None:
    text = render(blocks(results()), "table")
    assert max(map(len, text.splitlines())) <= 100
    assert ".03, not borne out\n" in text, "the last column is not cut"


def test_cost_says_what_each_method_took() -> None:
    cost = Cost(fits=4000, epochs=0, seconds=75.0, device_seconds=7384.0, memory_mb=1250.0)
    made = results()
    dear = replace(
        made, method_results=(replace(made.method_results[0], cost=cost), *made.method_results[1:])
    )
    (found,) = blocks(dear, "cost")
    assert isinstance(found, Table)
    texts = [cell.text for cell in found.rows[0]]
    assert texts[1:] == ["4,000", "–", "1 min 15 s", "2 h 03 min", "1.2 GB"]
    assert len(found.rows) == len(made.method_results)
