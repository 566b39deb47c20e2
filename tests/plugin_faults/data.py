"""Faults of data sets, report readers, feature extractors and targets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import SimpleITK as sitk

from lnmbench import Card, Case, Column, Volume
from lnmbench.records import Finding
from lnmbench.registry import Plugin
from lnmbench.registry.boundary import Boundary, guard
from lnmbench.testing import sample_cohort

PLUGIN = Plugin(name="mine", origin="mine.py", module=__name__, version="", explicit=True)
COHORT = sample_cohort()
AGE = Column(name="age", role="feature")
MEAN = Column(name="mean", role="feature", unit="HU", modality="radiomics")
CARD = Card(title="t", license="l", source="s", citation="c", labels="made")
CARD_WITH_NUMBER = replace(CARD, license=3)
PN = Column(name="pn", role="aux", kind="ordinal", categories=(0, 1), known="after")
NO_TEXT = replace(AGE, missing=(None,))
EFFECTS = {
    "dataset": "the command ends; after a fault in `volume`, ingest leaves out the case",
    "report reader": "the report is left out; after a fault in `columns`, the command ends",
    "feature extractor": (
        "the case has no features; after a fault in `columns` or `software`, the command ends"
    ),
    "target": "the command ends",
}


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("no text")


CELLS = {"age": Unspeakable()}


class GoodDataset:
    columns: Any = (AGE,)
    card: Any = CARD
    sources: Any = ()
    notes: Any = ()

    def cases(self) -> Any:
        yield Case(id="a", values={"age": 60.0}, volume=make_volume)


class GoodReader:
    columns: Any = (AGE,)

    def read(self, text: str) -> Any:
        return {"age": Finding(value="60", words="60 years")}


class GoodExtractor:
    columns: Any = (MEAN,)
    software: Any = "numpy 2"

    def extract(self, image: Any, mask: Any) -> Any:
        return {"mean": 30.0}


class GoodTarget:
    title: Any = "positive"

    def labels(self, cohort: Any) -> Any:
        return np.arange(len(cohort)) % 2.0

    def notes(self, cohort: Any) -> Any:
        return ()


GOOD: dict[str, type[Any]] = {
    "dataset": GoodDataset,
    "report reader": GoodReader,
    "feature extractor": GoodExtractor,
    "target": GoodTarget,
}


def make_volume() -> Any:
    image = sitk.Image(4, 4, 4, sitk.sitkInt16)
    return Volume(image=image, mask=sitk.Image(4, 4, 4, sitk.sitkUInt8))


def use_dataset(dataset: Any) -> None:
    for attribute in ("columns", "card", "sources", "notes"):
        getattr(dataset, attribute)
    for case in dataset.cases():
        if case.volume is not None:
            case.volume()


def use_reader(reader: Any) -> None:
    assert reader.columns
    reader.read("60 years")


def use_extractor(extractor: Any) -> None:
    assert extractor.columns
    assert extractor.software
    extractor.extract(image, image)


def use_target(target: Any) -> None:
    assert target.title
    target.labels(COHORT)
    target.notes(COHORT)


USES: dict[str, Callable[[Any], None]] = {
    "dataset": use_dataset,
    "report reader": use_reader,
    "feature extractor": use_extractor,
    "target": use_target,
}


def use(role: str, member: str, value: object) -> None:
    """Use an object of the role whose member is another one."""
    faulty = type("Faulty", (GOOD[role],), {member: value})()
    boundary = Boundary(plugin=PLUGIN, role=role, name="x")
    USES[role](guard(faulty, boundary))


def returning(value: object) -> Callable[..., object]:
    return lambda self, *arguments: value


def raising(error: BaseException) -> Callable[..., object]:
    def fail(self: object, *arguments: object) -> object:
        raise error

    return fail


def leaving(self: object, *arguments: object) -> object:
    sys.exit(0)


def recursing(self: object, *arguments: object) -> object:
    return recursing(self)


def cases(*values: object) -> Callable[..., object]:
    return lambda self: iter(values)


def of_volume(value: object) -> Callable[..., object]:
    return cases(Case(id="a", volume=lambda: value))


def of_volume_that_fails(error: BaseException) -> Callable[..., object]:
    def fail() -> Volume:
        raise error

    return cases(Case(id="a", volume=fail))


def half_of_the_cases(self: object) -> Iterator[object]:
    yield Case(id="a")
    raise RuntimeError("connection lost")


def change_cohort(self: object, cohort: Any) -> object:
    cohort.values["age"][:] = 0
    return np.zeros(len(cohort))


n = len(COHORT)
image = sitk.Image(4, 4, 4, sitk.sitkInt16)
FAULTS: dict[tuple[str, str], Callable[[], object]] = {
    (role, f"`{member}` {what}"): partial(use, role, member, value)
    for role, member, what, value in [
        ("dataset", "columns", "raises an exception", property(raising(KeyError("age")))),
        ("dataset", "columns", "exits", property(leaving)),
        ("dataset", "columns", "is None", None),
        ("dataset", "columns", "holds texts", ("age",)),
        ("dataset", "columns", "has a name twice", (AGE, AGE)),
        ("dataset", "columns", "has a name that is a number", (replace(AGE, name=5),)),
        ("dataset", "columns", "has an unknown role", (replace(AGE, role="input"),)),
        (
            "dataset",
            "columns",
            "has an unknown kind",
            (replace(AGE, kind="date", categories=("a", "b")),),
        ),
        ("dataset", "columns", "has a unit that is a number", (replace(AGE, unit=1),)),
        ("dataset", "columns", "has categories that are numbers", (PN,)),
        ("dataset", "columns", "has None among the missing spellings", (NO_TEXT,)),
        ("dataset", "card", "raises an exception", property(raising(OSError("no card")))),
        ("dataset", "card", "is a dict", {"title": "t"}),
        ("dataset", "card", "has a number as license", CARD_WITH_NUMBER),
        ("dataset", "sources", "is one text", "table.csv"),
        ("dataset", "sources", "holds numbers", (1,)),
        ("dataset", "sources", "exits", property(leaving)),
        ("dataset", "notes", "is one text", "note"),
        ("dataset", "notes", "holds None", (None,)),
        ("dataset", "cases", "raises an exception", raising(RuntimeError("no server"))),
        ("dataset", "cases", "raises an exception after some cases", half_of_the_cases),
        ("dataset", "cases", "exits", leaving),
        ("dataset", "cases", "returns None", returning(None)),
        ("dataset", "cases", "yields dicts", cases({"id": "a"})),
        ("dataset", "cases", "yields a cell that is no text", cases(Case(id="a", values=CELLS))),
        ("dataset", "cases", "yields an id that is a number", cases(Case(id=7))),
        ("dataset", "cases", "yields values that are a list", cases(Case(id="a", values=[]))),
        ("dataset", "cases", "yields a volume that is no function", cases(Case(id="a", volume=3))),
        ("report reader", "columns", "raises an exception", property(raising(ValueError("x")))),
        ("report reader", "columns", "holds an id", (Column(name="id", role="id"),)),
        ("report reader", "columns", "is None", None),
        ("report reader", "read", "raises an exception", raising(ValueError("Ms Doe, 60 years"))),
        ("report reader", "read", "exits", leaving),
        ("report reader", "read", "recurses without end", recursing),
        ("report reader", "read", "returns None", returning(None)),
        ("report reader", "read", "returns values instead of findings", returning({"age": 60})),
        ("report reader", "read", "returns a finding without column", returning({"x": 60})),
        (
            "report reader",
            "read",
            "returns a value that the column excludes",
            returning({"age": Finding(value="sixty", words="sixty")}),
        ),
        (
            "report reader",
            "read",
            "returns words that are no text",
            returning({"age": Finding(value="60", words=60)}),
        ),
        ("feature extractor", "columns", "is empty", ()),
        ("feature extractor", "columns", "holds two modalities", (MEAN, AGE)),
        ("feature extractor", "columns", "holds an id", (Column(name="id", role="id"),)),
        ("feature extractor", "software", "is a number", 2),
        ("feature extractor", "extract", "raises an exception", raising(ValueError("no voxels"))),
        ("feature extractor", "extract", "exits", leaving),
        ("feature extractor", "extract", "returns an array", returning(np.zeros(3))),
        ("feature extractor", "extract", "returns a value without column", returning({"x": 1.0})),
        ("feature extractor", "extract", "returns infinity", returning({"mean": np.inf})),
        ("target", "title", "is empty", ""),
        ("target", "title", "raises an exception", property(raising(AttributeError("title")))),
        ("target", "labels", "raises an exception", raising(IndexError("list index"))),
        ("target", "labels", "exits", leaving),
        ("target", "labels", "interrupts", raising(KeyboardInterrupt())),
        ("target", "labels", "returns None", returning(None)),
        ("target", "labels", "returns texts", returning(np.array(["yes"] * n))),
        ("target", "labels", "returns too few", returning(np.zeros(n - 1))),
        ("target", "labels", "returns another shape", returning(np.zeros((n, 1)))),
        ("target", "labels", "returns a class 2", returning(np.full(n, 2.0))),
        ("target", "labels", "returns probabilities", returning(np.full(n, 0.5))),
        ("target", "labels", "changes the cohort", change_cohort),
        ("target", "notes", "raises an exception", raising(ValueError("x"))),
        ("target", "notes", "returns one text", returning("note")),
    ]
}
VOLUMES: dict[str, Callable[..., object]] = {
    "raises an exception": of_volume_that_fails(EOFError("end of file")),
    "exits": of_volume_that_fails(SystemExit(1)),
    "runs out of memory": of_volume_that_fails(MemoryError()),
    "returns None": of_volume(None),
    "returns an array": of_volume(np.zeros((4, 4, 4))),
    "has an array as image": of_volume(Volume(image=np.zeros(3), mask=image)),
    "has a mask of another size": of_volume(
        Volume(image=image, mask=sitk.Image(4, 4, 3, sitk.sitkUInt8))
    ),
    "has two axes": of_volume(
        Volume(image=sitk.Image(4, 4, sitk.sitkInt16), mask=sitk.Image(4, 4, sitk.sitkUInt8))
    ),
    "has notes that are no texts": of_volume(Volume(image=image, mask=image, notes=(3,))),
}
FAULTS |= {
    ("dataset", f"`volume` {what}"): partial(use, "dataset", "cases", value)
    for what, value in VOLUMES.items()
}
