"""Every plugin that ships keeps its contract; a new one is tested by being registered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lnmbench.choices import parameters_of
from lnmbench.records import Choice
from lnmbench.registry import ROLES, Offer, Registry
from lnmbench.testing import check_contract, sample_cohort

REGISTRY = Registry()
OFFERS = [offer for role in ROLES for offer in REGISTRY.offers(role.word)]
QUICK = {"weights": "random", "n": 6}


def parameters(offer: Offer, folder: Path, shared_data: Path | None) -> dict[str, object]:
    chosen: dict[str, object] = {}
    for parameter in parameters_of(offer.factory):
        if parameter.name in QUICK:
            chosen[parameter.name] = QUICK[parameter.name]
        if parameter.name == "root":
            chosen["root"] = str(shared_data)
    if offer.name == "table":
        (folder / "t.csv").write_text("id,age,n1\na,60,0\nb,70,1\n")
        (folder / "t.toml").write_text(
            '[columns.id]\nrole="id"\n[columns.age]\nrole="feature"\nkind="continuous"\n'
            '[columns.n1]\nrole="target"\nkind="binary"\nlabel="n1"\ncategories=["0","1"]\n'
            '[card]\ntitle="t"\nlicence="none"\nsource="s"\ncitation="c"\nlabels="l"\n'
        )
        chosen = {"path": str(folder / "t.csv"), "columns": str(folder / "t.toml")}
    return chosen


@pytest.mark.parametrize("offer", OFFERS, ids=[f"{o.role.word} {o.name}" for o in OFFERS])
def test_the_contract_is_kept(offer: Offer, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    needs_data = any(p.name == "root" for p in parameters_of(offer.factory))
    shared = request.getfixturevalue("shared_data") if needs_data else None
    choice = Choice(name=offer.name, parameters=parameters(offer, tmp_path, shared))
    check_contract(offer.role.word, REGISTRY.build(offer.role.word, choice))


class Reducing:
    title, outputs = "reduces its loss", 1

    def targets(self, cohort):
        return np.zeros(len(cohort))

    def notes(self, cohort):
        return ()

    def loss(self, logits, targets):
        return (logits[..., 0] - targets).square().mean()

    def probabilities(self, logits):
        return logits


def test_the_suite_catches_a_reduced_loss() -> None:
    with pytest.raises(AssertionError, match="do not reduce it"):
        check_contract("aux task", Reducing())


class Wrong:
    title, primary, greater_is_better = "error", False, True

    def __call__(self, truth, predicted):
        return float(np.mean((truth - predicted) ** 2))


def test_the_suite_catches_a_metric_the_wrong_way_round() -> None:
    with pytest.raises(AssertionError, match="wrong way round"):
        check_contract("metric", Wrong(), cohort=sample_cohort())
