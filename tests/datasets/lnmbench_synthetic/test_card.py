"""The card: the meaning of pT under each rule, and dials that are not usual."""

from __future__ import annotations

import pytest
from lnmbench_synthetic.card import make_card
from lnmbench_synthetic.dataset import Synthetic
from lnmbench_synthetic.model import CausalModel


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (CausalModel(), "effect 1"),
        (CausalModel(effect=0.0), "no null for learning pT"),
        (CausalModel(pt="independent"), "Null cohort"),
        (CausalModel(pt="latent"), "Positive control"),
        (CausalModel(noise=3.0), "divided by 3"),
        (CausalModel(visibility=2.0), "visibility 2"),
    ],
)
def test_the_card_states_the_dials(model: CausalModel, says: str) -> None:
    assert says in " ".join(make_card({}, model).notes)


def test_the_card_states_that_quantities_of_the_cohort_include_patients_without_pn() -> None:
    complete, partly = (
        " ".join(Synthetic(n=10, images=False, known_n=share).card.notes) for share in (1.0, 0.5)
    )
    assert "whose pN is unknown" in partly
    assert "whose pN is unknown" not in complete


def test_without_dials_the_card_does_not_name_them() -> None:
    text = " ".join(make_card({}, CausalModel()).notes)
    assert "noise" not in text
    assert "visibility" not in text


def test_the_attainable_aucs_follow_the_dials() -> None:
    usual, noisy, clear, null, latent = (
        Synthetic(n=10, images=False, **dials).card.truth  # type: ignore[arg-type]  # the names are those of the parameters
        for dials in (
            {},
            {"noise": 3.0},
            {"visibility": 3.0},
            {"pt": "independent"},
            {"pt": "latent"},
        )
    )
    image, clinical = "AUC from image and clinical features", "AUC from clinical features"
    with_pt = "AUC from clinical features and pT"
    assert noisy["AUC of the true risk"] < usual["AUC of the true risk"] - 0.08
    assert clear[image] - clear[clinical] > usual[image] - usual[clinical] + 0.005
    assert null[with_pt] == pytest.approx(null[clinical], abs=0.001)
    assert latent[with_pt] > usual[with_pt] + 0.02
