"""The setting: cohort, terms of use, features, protocol and weights."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lnmbench_report.setting import Setting

from lnmbench.records import Paragraph, Profile, Results, Summary, Variable, Weights
from lnmbench.rendering import render
from lnmbench.testing.sample_results import SAMPLE_METHODS, sample_network, sample_results

THREE = SAMPLE_METHODS[:3]


def write_lines(results: Results) -> tuple[str, ...]:
    (paragraph,) = Setting()(results)
    assert isinstance(paragraph, Paragraph)
    return paragraph.lines


def test_it_names_cohort_truth_protocol_weights_and_seed(sample: Results) -> None:
    text = " ".join(write_lines(sample))
    assert "synthetic:n=200" in text
    assert "200 cases, 50 positive for n2, prevalence .250." in text
    assert "SYNTHETIC" in text
    assert "AUC of the risk .842" in text
    assert "4 × 5 × 5" in text
    assert "seed 7" in text
    assert "RANDOM" in text
    assert "random weights of a sample" in text
    titled = write_lines(replace(sample, target_title="pN2 or higher"))[0]
    assert "50 positive for pN2 or higher (n2), prevalence .250." in titled


def test_the_folders_of_a_machine_are_not_printed(sample: Results) -> None:
    line = write_lines(replace(sample, cohort="table:path=/home/jane/study/cohort.csv"))[0]
    assert "table:path=cohort.csv" in line
    assert "jane" not in line


def test_it_has_the_terms_of_use_and_every_note_of_the_card() -> None:
    sample = sample_results(THREE, synthetic=False)
    real = replace(
        sample.card, license="CC BY 3.0", citation="Bakr et al., 2018.", notes=("One.", "Two.")
    )
    lines = write_lines(replace(sample, card=real))
    assert lines[1:4] == ("License: CC BY 3.0; please cite: Bakr et al., 2018.", "One.", "Two.")
    assert "\n- Two." in render([*Setting()(replace(sample, card=real))], "markdown")
    bare = replace(sample.card, license="not stated", citation="not stated")
    line = write_lines(replace(sample, card=bare))[1]
    assert line == "License: not stated; no citation is stated."


def test_weights_that_differ_are_described_by_method() -> None:
    other = sample_network("other", encoder="resnet18")
    lines = write_lines(sample_results([*THREE, (other, 1.0)]))
    assert any(line.startswith('Encoder weights ("other"): resnet18, RANDOM') for line in lines)


def test_training_data_of_weights_are_stated() -> None:
    other = sample_network("other", encoder="resnet18")
    weights = Weights(source="file:w.pt", note="weights of a file", pretrained_on="lung3, tcga")
    lines = write_lines(sample_results([*THREE, (replace(other, weights=weights), 1.0)]))
    expected = (
        'Encoder weights ("other"): resnet18, file:w.pt; weights of a file; pretrained on'
        " lung3, tcga."
    )
    assert expected in lines


def test_features_have_names_and_the_rest_of_a_long_list_is_counted(sample: Results) -> None:
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
    few = replace(sample, profile=Profile(variables=variables[:4]))
    line = "Features: 3 clinical variables, known before surgery: x1, x2 and x3."
    assert line in write_lines(few)
    many = " ".join(write_lines(replace(few, profile=Profile(variables=variables))))
    assert "20 clinical variables" in many
    assert "x12 and 8 more." in many
    assert "x13" not in many


def test_it_says_which_metrics_are_primary() -> None:
    lines = write_lines(sample_results(THREE, primary=("ap", "brier")))
    assert "Primary metrics, declared before the run: AP and Brier (lower is better)." in lines
    assert not any(line.startswith("Margin") for line in lines)
    lines = write_lines(sample_results(THREE, margins=(("auc", 0.02), ("ap", 0.05))))
    assert "Margins, declared before the run: .020 in AUC and .050 in AP." in lines


@pytest.mark.parametrize(
    "unfinished",
    [
        {"resnet50": 3},
        {"resnet50": 3, "logistic": 0},
        {"resnet50 + pt": 19, "resnet50": 3, "logistic": 0},
    ],
)
def test_unfinished_methods_are_named(unfinished: dict[str, int]) -> None:
    last = write_lines(sample_results(THREE, units_done=unfinished))[-1]
    assert last.startswith("Not finished, and not in the tables: ")
    for label, units in unfinished.items():
        assert f"{label} ({units} of 20 units)" in last
