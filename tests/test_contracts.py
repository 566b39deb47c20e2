"""Every plugin that ships keeps its contract; a new one is tested by being registered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lnmbench_torchvision.families import FAMILIES

from lnmbench.parameters import parameters_of
from lnmbench.records import Choice
from lnmbench.registry import Offer, Registry
from lnmbench.testing import check_contract, sample_cohort

REGISTRY = Registry()
# of each family of networks the smallest; tests of the plugin look at the shapes of the rest
SMALLEST = {family.title: family.names[0] for family in reversed(FAMILIES)}.values()
LARGER = {name for family in FAMILIES for name in family.names} - {*SMALLEST}
OFFERS = [offer for role in REGISTRY.roles for offer in role.offers() if offer.name not in LARGER]
QUICK = {"weights": "random", "n": 6}
DICTIONARY = """
[columns.id]
role = "id"
[columns.age]
role = "feature"
kind = "continuous"
[columns.n1]
role = "target"
kind = "binary"
label = "n1"
categories = ["0", "1"]
[card]
title = "t"
license = "none"
source = "s"
citation = "c"
labels = "l"
"""
LUNG1 = (
    "PatientID,age,clinical.T.Stage,Clinical.N.Stage,Clinical.M.Stage,Overall.Stage,Histology,"
    "gender,Survival.time,deadstatus.event\n"
    "LUNG1-001,78.7,2,3,0,IIIb,large cell,male,2165,1\n"
    "LUNG1-002,83.8,2,0,0,I,squamous cell carcinoma,female,155,1\n"
)


def a_table(folder: Path) -> dict[str, str]:
    (folder / "t.csv").write_text("id,age,n1\na,60,0\nb,70,1\n")
    (folder / "t.toml").write_text(DICTIONARY)
    return {"path": str(folder / "t.csv"), "columns": str(folder / "t.toml")}


def a_folder(folder: Path) -> dict[str, str]:
    table = a_table(folder)
    (folder / "cases.csv").write_text("case,image,region\na,a.nrrd,mask.nrrd\n")
    manifest = str(folder / "cases.csv")
    return {"manifest": manifest, "table": table["path"], "columns": table["columns"]}


def lung1(folder: Path) -> dict[str, str]:
    (folder / "NSCLC-Radiomics-Lung1.clinical-version3-Oct-2019.csv").write_text(LUNG1)
    return {"root": str(folder)}


MADE = {
    "table": a_table,
    "folder": a_folder,
    "nsclc_radiomics": lung1,
    "station": lambda folder: {"name": "7"},
    "timm": lambda folder: {"name": "resnet18", "weights": "random"},
}


def parameters(offer: Offer, folder: Path, request: pytest.FixtureRequest) -> dict[str, object]:
    if offer.name in MADE:
        return dict(MADE[offer.name](folder))
    names = [parameter.name for parameter in parameters_of(offer.factory)]
    chosen = {name: value for name, value in QUICK.items() if name in names}
    if "root" in names:
        chosen["root"] = str(request.getfixturevalue("shared_data"))
    return chosen


@pytest.mark.parametrize("offer", OFFERS, ids=[f"{o.role.name} {o.name}" for o in OFFERS])
def test_the_contract_is_kept(offer: Offer, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if offer.name == "timm":
        pytest.importorskip("timm")
    choice = Choice(name=offer.name, parameters=parameters(offer, tmp_path, request))
    check_contract(offer.role.name, offer.build(choice))


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
    title, greater_is_better = "error", True
    kinds, bounds = ("binary",), (0.0, 1.0)

    def __call__(self, truth, predicted):
        return float(np.mean((truth - predicted) ** 2))


def test_the_suite_catches_a_metric_the_wrong_way_round() -> None:
    with pytest.raises(AssertionError, match="wrong way round"):
        check_contract("metric", Wrong(), cohort=sample_cohort())
