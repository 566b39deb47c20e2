"""The report's table of labels in the frozen features."""

from __future__ import annotations

from dataclasses import replace

from lnmbench_report.encoder_probe import EncoderProbes

from lnmbench.records import EncoderProbe, Estimate, IdealLabel, ProbedLabel, Table, probe_key
from lnmbench.testing.sample_results import SINGLE_TASK, sample_results

LABELS = (
    ProbedLabel(
        name="n2",
        role="target",
        kind="binary",
        known=200,
        auc=Estimate(value=0.612, low=0.548, high=0.676),
    ),
    ProbedLabel(
        name="truth_latent",
        role="aux",
        kind="continuous",
        known=150,
        spearman=Estimate(value=0.31, low=0.1, high=0.52),
        r2=-0.02,
    ),
)
PROBE = EncoderProbe(
    key=probe_key(SINGLE_TASK), width=2048, cases=200, repeats=1, folds=5, labels=LABELS
)
IDEAL = IdealLabel(
    latent="truth_latent", draws=200, without=0.745, gain=0.009, error=0.0004, spread=0.0061
)


def make_table(*probes: EncoderProbe) -> Table:
    results = replace(sample_results(), probes={probe.key: probe for probe in probes})
    (table,) = EncoderProbes()(results)
    assert isinstance(table, Table)
    return table


def test_each_label_has_a_row_under_the_network_without_tasks() -> None:
    table = make_table(PROBE)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["resnet50", "n2", "target", "binary", "200 of 200", ".612 (.548 to .676)", "–", "–"],
        [
            "resnet50",
            "truth_latent",
            "aux",
            "continuous",
            "150 of 200",
            "–",
            ".310 (.100 to .520)",
            "−.020",
        ],
    ]
    assert table.notes[1:] == ("resnet50: 2048 features, 1 repeat of 5 folds.",)
    assert "SYNTHETIC" in table.title


def test_the_simulated_gain_and_a_sample_of_the_cases_are_notes() -> None:
    notes = make_table(replace(PROBE, cases=150, repeats=3, ideal=IDEAL)).notes
    assert "3 repeats of 5 folds, 150 cases drawn at random." in notes[1]
    assert "mean AUC of .745" in notes[2]
    assert "gains +.00900 ± .00040 (Monte Carlo error; SD over the draws .006)" in notes[2]


def test_without_a_probe_of_its_networks_there_is_no_table() -> None:
    assert EncoderProbes()(sample_results()) == []
    other = replace(sample_results(), probes={"another": replace(PROBE, key="another")})
    assert EncoderProbes()(other) == []
