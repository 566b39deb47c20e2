from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from lnmbench_tnm.editions import CLASSES
from lnmbench_tnm.tumor_stage import ct, pt, pt_binary, pt_ordinal, pt_soft
from torch.nn import functional

from lnmbench import Card, Cohort, Column, UserError

AJCC8 = ("T1a", "T1b", "T1c", "T2a", "T2b", "T3", "T4")
AJCC7 = ("Tis", "T1a", "T1b", "T2a", "T2b", "T3", "T4")
MIXED = ("T1", "T1a", "T1b", "T2", "T2a", "T2b", "T3", "T4")
STOMACH = ("T1", "T1a", "T1b", "T2", "T3", "T4a", "T4b")


def staged(*categories: str, label: str = "pt") -> Cohort:
    """Return a cohort with one case for each category, and a last one without a value."""
    column = Column(
        name="stage", role="aux", kind="ordinal", label=label, categories=categories, known="after"
    )
    return Cohort(
        name="toy",
        ids=tuple(map(str, range(len(categories) + 1))),
        columns=(column,),
        values={"stage": np.array([*map(float, range(len(categories))), math.nan])},
        offsets=np.zeros(len(categories) + 2, dtype=np.int64),
        card=Card(title="t", license="l", source="s", citation="c", labels="x"),
        fingerprint="0",
    )


def sets(*categories: str, edition: str = "auto") -> list[str]:
    """Return each case's set as text, `-` where it is masked."""
    rows = pt(edition=edition).targets(staged(*categories))[:-1]
    return [
        "-" if np.isnan(row).all() else " ".join(np.array(CLASSES)[row == 1].tolist())
        for row in rows
    ]


def test_ajcc_8_is_one_hot_and_missing_is_nan() -> None:
    targets = pt().targets(staged(*AJCC8))
    np.testing.assert_array_equal(targets[:-1], np.eye(7))
    assert np.isnan(targets[-1]).all()


def test_ajcc_7_is_mapped_by_its_descriptors() -> None:
    assert sets(*AJCC7) == [
        "-",
        "pT1a pT1b",
        "pT1c",
        "pT2a pT2b",
        "pT3",
        "pT2a pT2b pT3 pT4",
        "pT4",
    ]


def test_undivided_classes_among_ajcc_7_mean_an_older_edition() -> None:
    set_by_class = dict(zip(MIXED, sets(*MIXED), strict=True))
    assert set_by_class["T1"] == "pT1a pT1b pT1c"
    assert set_by_class["T2"] == "pT2a pT2b pT3 pT4"
    assert set_by_class["T2b"] == "pT3"
    assert set_by_class["T4"] == "pT3 pT4"


def test_undivided_classes_of_ajcc_8_are_their_own_subclasses() -> None:
    set_by_class = dict(zip((*AJCC8, "T1", "T2"), sets(*AJCC8, "T1", "T2"), strict=True))
    assert (set_by_class["T1"], set_by_class["T2"]) == ("pT1a pT1b pT1c", "pT2a pT2b")


def test_another_organ_is_taken_by_name() -> None:
    set_by_class = dict(zip(STOMACH, sets(*STOMACH), strict=True))
    assert (set_by_class["T1b"], set_by_class["T3"]) == ("pT1b", "pT3")
    assert (set_by_class["T4a"], set_by_class["T4b"]) == ("pT4", "pT4")
    assert "not of lung cancer" in pt().notes(staged(*STOMACH))[0]


def test_the_edition_can_be_given() -> None:
    assert sets("T1a", "T1b", edition="8") == ["pT1a", "pT1b"]
    assert sets("T2", "T4", edition="7") == ["pT2a pT2b pT3", "pT4"]
    with pytest.raises(UserError, match=r"unknown edition '5'.*known: 6, 7, 8"):
        pt(edition="5")


def test_what_is_none_of_the_seven_is_masked() -> None:
    masked = ("Tis", "TX", "T0", "T1mi", "T1a(mi)", "pTis")
    assert sets(*masked, "ypT1c", "T3(2)") == ["-"] * len(masked) + ["pT1c", "pT3"]


def test_notes_say_the_mapping_with_counts() -> None:
    first, second = pt().notes(staged(*AJCC7))
    assert "AJCC 7" in first
    assert "T1a → pT1a or pT1b (n = 1)" in first
    assert second.endswith("Tis (n = 1), missing (n = 1)")
    (plain,) = pt().notes(staged(*AJCC8))[:1]
    assert "→" not in plain


@pytest.mark.parametrize("category", ["N2", "T5", "large", "T1d", "cT2"])
def test_what_is_no_t_class_is_refused(category: str) -> None:
    with pytest.raises(UserError):
        pt().targets(staged("T1a", category))


def test_loss_is_cross_entropy_on_one_class() -> None:
    logits = torch.randn(20, 7, generator=torch.Generator().manual_seed(1))
    classes = torch.arange(20) % 7
    expected = functional.cross_entropy(logits, classes, reduction="none")
    torch.testing.assert_close(pt().loss(logits, torch.eye(7)[classes]), expected)


def test_loss_of_a_set_is_minus_log_of_its_probability() -> None:
    logits = torch.randn(3, 7, generator=torch.Generator().manual_seed(2))
    targets = torch.tensor([[1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 0], [1.0] * 7])
    chance = (pt().probabilities(logits) * targets).sum(-1)
    torch.testing.assert_close(pt().loss(logits, targets), -chance.log())


def test_loss_works_under_leading_axes() -> None:
    task = pt()
    logits = torch.randn(4, 5, 7, generator=torch.Generator().manual_seed(3))
    targets = torch.eye(7)[torch.arange(5)]
    alone = torch.stack([task.loss(model, targets) for model in logits])
    torch.testing.assert_close(task.loss(logits, targets), alone)
    torch.testing.assert_close(task.loss(logits, targets.expand(4, 5, 7)), alone)


@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_masked_cases_cost_nothing_and_gradients_stay_finite(scale: float) -> None:
    logits = (
        scale * torch.randn(3, 7, generator=torch.Generator().manual_seed(4))
    ).requires_grad_()
    targets = torch.zeros(3, 7)
    targets[1, 2] = 1.0
    loss = pt().loss(logits, targets)
    loss.sum().backward()
    assert loss[0] == 0
    assert loss[2] == 0
    assert loss[1] >= 0
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
    assert (logits.grad[0] == 0).all()
    assert (logits.grad[1] != 0).any() or scale > 1


def test_classes_of_another_organ_are_taken_by_their_names() -> None:
    named = staged("T1", "T2", "T3", "T4", label="pt_names")
    rows = pt().targets(named)[:-1]
    classes = [" ".join(np.array(CLASSES)[row == 1].tolist()) for row in rows]
    assert classes == ["pT1a pT1b pT1c", "pT2a pT2b", "pT3", "pT4"]
    assert "not of lung cancer" in pt().notes(named)[0]
    assert "AJCC 7" in pt(edition="7").notes(named)[0]


def test_the_ordinal_and_the_smoothed_stage_have_the_labels_of_pt() -> None:
    cohort = staged(*MIXED)
    for task in (pt_ordinal(), pt_soft(smoothing=0.2)):
        np.testing.assert_array_equal(task.targets(cohort), pt().targets(cohort))
        assert (task.kind, task.outputs) == ("ordinal", 7)
    with pytest.raises(UserError, match=r"share from 0 to below 1, got 1"):
        pt_soft(smoothing=1.0)


def test_a_cut_point_leaves_out_sets_on_both_sides() -> None:
    cohort = staged(*AJCC7)
    task = pt_binary(from_="T2b")
    # Tis is masked; T2a can be T2a or T2b of AJCC 8, T3 can be T2a or higher
    expected = [math.nan, 0, 0, math.nan, 1, math.nan, 1, math.nan]
    np.testing.assert_array_equal(task.targets(cohort), expected)
    assert task.title == "pathological T stage, T2b or higher"
    assert task.notes(cohort)[-1] == "aux pt_binary:from=T2b: pT2b or higher in 2 of 4 cases"
    np.testing.assert_array_equal(
        pt_binary().targets(staged(*AJCC8)), [0, 0, 0, 1, 1, 1, 1, math.nan]
    )


@pytest.mark.parametrize("lowest", ["T1", "T1a", "Tis", "N2", ""])
def test_a_cut_point_has_classes_on_both_sides(lowest: str) -> None:
    with pytest.raises(UserError, match="wrong lowest class of aux task pt_binary"):
        pt_binary(from_=lowest)


def test_the_clinical_stage_has_a_column_of_its_own() -> None:
    cohort = staged("cT1a", "T1c", "ycT2b", "cTX", label="ct")
    rows = ct().targets(cohort)
    assert [CLASSES[row.argmax()] if not np.isnan(row).any() else "-" for row in rows] == [
        "pT1a",
        "pT1c",
        "pT2b",
        "-",
        "-",
    ]
    assert "cT1a or cT1b" in ct(edition="7").notes(staged("cT1a", "cT3", label="ct"))[0]
    with pytest.raises(UserError, match=r"'pT2' is a pathological T class.*use --aux pt"):
        ct().targets(staged("cT1a", "pT2", label="ct"))
    with pytest.raises(UserError, match="no column for aux task ct"):
        ct().targets(staged("T1a", "T2a"))
