"""Every shipped plugin keeps its contract; a new one is tested as soon as it is registered."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lnmbench_torchvision.families import FAMILIES

from lnmbench.parameters import parameters_of
from lnmbench.records import Choice, Cohort, Column
from lnmbench.registry import Offer, Registry
from lnmbench.testing import contract_checks, sample_cohort
from lnmbench.testing.contract_checks import ContractCheck

REGISTRY = Registry()
# of each family of networks the smallest; tests of the plugin look at the shapes of the rest
SMALLEST = {family.title: family.names[0] for family in reversed(FAMILIES)}.values()
LARGER = {name for family in FAMILIES for name in family.names} - {*SMALLEST}
# foundation models are as large as their grids; tests of the plugin check small ones
FOUNDATION = {o.name for o in REGISTRY.encoders.offers() if o.plugin.name == "lnmbench_foundation"}
OFFERS = [
    offer
    for role in REGISTRY.roles
    for offer in role.offers()
    if offer.name not in LARGER | FOUNDATION
]
OPTIONAL = {
    **{name: name for name in ("timm", "xgboost", "lightgbm", "catboost", "tabpfn", "tabicl")},
    "radiomics": "mirp",
}
"""The packages that offers need."""
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


def table_parameters(folder: Path) -> dict[str, str]:
    (folder / "t.csv").write_text("id,age,n1\na,60,0\nb,70,1\n")
    (folder / "t.toml").write_text(DICTIONARY)
    return {"path": str(folder / "t.csv"), "columns": str(folder / "t.toml")}


def folder_parameters(folder: Path) -> dict[str, str]:
    table = table_parameters(folder)
    (folder / "cases.csv").write_text("case,image,region\na,a.nrrd,mask.nrrd\n")
    manifest = str(folder / "cases.csv")
    return {"manifest": manifest, "table": table["path"], "columns": table["columns"]}


def nnunet_parameters(folder: Path) -> dict[str, str]:
    table = table_parameters(folder)
    for name in ("imagesTr", "labelsTr"):
        (folder / name).mkdir()
    for name in ("imagesTr/a_0000.nii.gz", "labelsTr/a.nii.gz"):
        (folder / name).touch()
    labels = '"labels": {"background": 0, "tumor": 1}'
    (folder / "dataset.json").write_text(f'{{"channel_names": {{"0": "CT"}}, {labels}}}')
    return {"root": str(folder), "table": table["path"], "columns": table["columns"]}


def lung1_parameters(folder: Path) -> dict[str, str]:
    (folder / "NSCLC-Radiomics-Lung1.clinical-version3-Oct-2019.csv").write_text(LUNG1)
    return {"root": str(folder)}


def prediction_parameters(folder: Path) -> dict[str, str]:
    rows = [f"{id_},{number % 10 / 10}" for number, id_ in enumerate(sample_cohort().ids)]
    (folder / "readers.csv").write_text("\n".join(["case,reader", *rows]))
    return {"path": str(folder / "readers.csv")}


def score_parameters(folder: Path) -> dict[str, str]:
    (folder / "score.toml").write_text(
        'title = "t"\ncitation = "c"\noutcome = "o"\ncohort = "k"\n'
        '[variables.age]\ndescription = "age"\nunit = "years"\n'
        '[[terms]]\nvariable = "age"\ncoefficient = 0.1\n'
    )
    return {"path": str(folder / "score.toml")}


def embedding_parameters(folder: Path) -> dict[str, str]:
    rows = [f"{id_},{number / 10},1" for number, id_ in enumerate(sample_cohort().ids)]
    (folder / "features.csv").write_text("\n".join(["id,feature_1,feature_2", *rows]))
    return {"path": str(folder / "features.csv")}


PARAMETERS = {
    "embeddings": embedding_parameters,
    "guideline": lambda folder: {"column": "long axis"},
    "score": score_parameters,
    "predictions": prediction_parameters,
    "table": table_parameters,
    "folder": folder_parameters,
    "nnunet": nnunet_parameters,
    "nsclc_radiomics": lung1_parameters,
    "station": lambda folder: {"name": "7"},
    "invasion": lambda folder: {"kind": "stas"},
    "signs": lambda folder: {"names": "spiculation+lobulation"},
    "column": lambda folder: {"name": "grade"},
    "two_stage": lambda folder: {"aux": "pt"},
    "timm": lambda folder: {"name": "resnet18", "weights": "random"},
    "sklearn": lambda folder: {"path": "sklearn.tree.DecisionTreeClassifier"},
    # tests of the plugin compare all families with MIRP called by hand
    "radiomics": lambda folder: {"families": "statistics"},
}
GRADES = ("G1", "G2", "G3")
LABELED = (
    Column(name="ct", role="aux", kind="ordinal", label="ct", categories=("T1a", "T2a", "T3")),
    Column(name="long axis", role="feature", label="size", unit="mm"),
    Column(name="histology", role="aux", kind="nominal", label="histology", categories=GRADES),
    Column(name="grade", role="aux", kind="ordinal", label="grade", categories=GRADES),
    Column(name="vessels", role="aux", kind="ordinal", label="invasion_stas", categories=GRADES),
    Column(name="micro", role="aux", label="growth_micropapillary", unit="%"),
    Column(name="solid", role="aux", label="growth_solid", unit="%"),
    Column(name="lobulation", role="feature", kind="binary", categories=("no", "yes")),
    Column(name="spiculation", role="feature", kind="binary", categories=("no", "yes")),
)
"""Columns with the labels of all auxiliary tasks that the sample cohort lacks."""


@functools.cache
def labeled_cohort() -> Cohort:
    cohort, generator = sample_cohort(), np.random.default_rng(1)
    values = {
        column.name: generator.integers(0, len(column.categories) or 40, len(cohort)) + 0.0
        for column in LABELED
    }
    values["long axis"] += 5
    for column in values.values():
        column[generator.integers(0, len(cohort), 3)] = np.nan
    return replace(cohort, columns=(*cohort.columns, *LABELED), values={**cohort.values, **values})


CHECKED = [(offer, check) for offer in OFFERS for check in contract_checks(offer.role.name)]
Build = Callable[[Offer[object]], object]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Build:
    """Build what an offer offers, once for the checks of one offer after the other."""

    @functools.lru_cache(maxsize=1)
    def build_once(offer: Offer[object]) -> object:
        if offer.name in OPTIONAL:
            pytest.importorskip(OPTIONAL[offer.name])
        parameters = choose_parameters(offer, tmp_path_factory.mktemp(offer.name), request)
        return offer.build(Choice(name=offer.name, parameters=parameters))

    return build_once


def choose_parameters(
    offer: Offer[object], folder: Path, request: pytest.FixtureRequest
) -> dict[str, object]:
    if offer.name in ("tabpfn", "tabicl"):
        request.getfixturevalue("save_weights")(offer.name, folder / "made-up.ckpt")
        return {"weights": str(folder / "made-up.ckpt")}
    if offer.name in PARAMETERS:
        return dict(PARAMETERS[offer.name](folder))
    names = [parameter.name for parameter in parameters_of(offer.factory)]
    chosen = {name: value for name, value in QUICK.items() if name in names}
    if "root" in names:
        chosen["root"] = str(request.getfixturevalue("shared_data"))
    return chosen


@pytest.mark.parametrize(
    ("offer", "check"),
    CHECKED,
    ids=[f"{offer.role.name} {offer.name}-{check.__name__}" for offer, check in CHECKED],
)
def test_the_contract_is_kept(offer: Offer[object], check: ContractCheck, build: Build) -> None:
    check(build(offer), labeled_cohort())


@pytest.mark.parametrize("role", ["executor", "section"])
def test_what_has_no_checks_can_be_built(role: str) -> None:
    offers = [offer for offer in OFFERS if offer.role.name == role]
    assert offers
    for offer in offers:
        assert offer.build() is not None
