"""Records as JSON text, and damaged texts."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnmbench import Card, Column
from lnmbench.records import (
    BaselineMethod,
    Choice,
    ImagePair,
    Manifest,
    Method,
    NetworkMethod,
    Preprocessing,
    Profile,
    Protocol,
    Summary,
    Training,
    Variable,
    Weights,
)
from lnmbench.store.serialization import DamagedRecordError, pack, unpack, unpack_method

NETWORK = NetworkMethod(
    label="resnet50 + pt",
    encoder=Choice(name="resnet50", parameters={"weights": "auto", "seed": 0}),
    level="slice",
    weights=Weights(source="random:0", sha256="ab"),
    aux=(Choice(name="pt"),),
    weighting=Choice(name="fixed", parameters={"aux": 1.0}),
    training=Training(token_dim=None),
    plugins={"lnmbench_tnm": "0.1.0"},
)
BASELINE = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
CARD = Card(
    title="t", license="l", source="s", citation="c", labels="l", notes=("n",), truth={"auc": 0.8}
)
COLUMN = Column(name="pT", role="aux", kind="ordinal", categories=("1", "2"), known="after")
SUMMARY = Summary(known=3, missing=1, quartiles=(1.0, 2.0, 3.0))
PROFILE = Profile(
    variables=(
        Variable(
            name="age",
            role="feature",
            kind="continuous",
            known="before",
            everyone=SUMMARY,
            negative=SUMMARY,
            positive=Summary(known=0, missing=4, counts=(1, 2)),
        ),
    ),
    near_duplicates=(ImagePair(case_a=0, case_b=3, similarity=0.99),),
)
MANIFEST = Manifest(
    created="2026-01-02T03:04:05+00:00",
    options={"dataset": "synthetic"},
    cohort="synthetic",
    cohort_fingerprint="f" * 32,
    card=CARD,
    preprocessing=Preprocessing(),
    protocol=Protocol(primary=("auc",)),
    methods=(NETWORK, BASELINE),
)
RECORDS = (CARD, COLUMN, Preprocessing(), Protocol(), MANIFEST)
TEXTS = [*((type(record), pack(record)) for record in RECORDS), (Profile, pack(PROFILE))]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_is_read_as_it_was_written(record: Any) -> None:
    again = unpack(type(record), pack(record))
    assert again == record
    assert pack(again) == pack(record)


def test_nan_and_infinity_are_read_as_they_were_written() -> None:
    again = unpack(Profile, pack(PROFILE))
    assert pack(again) == pack(PROFILE)
    assert again.variables[0].everyone == SUMMARY


@pytest.mark.parametrize("method", [NETWORK, BASELINE], ids=lambda method: method.label)
def test_a_method_is_read_as_it_was_written(method: Method) -> None:
    again = unpack_method(pack(method))
    assert again == method
    assert again.fingerprint == method.fingerprint


def test_the_text_of_records_in_a_cohorts_fingerprint_does_not_change() -> None:
    """A cohort file's fingerprint hashes these texts: other texts would make it another cohort."""
    texts = "".join(map(pack, (COLUMN, Preprocessing(), CARD)))
    assert pack(Preprocessing()) == (
        '{"air_hu": -1024, "patch": 224, "spacing_mm": [0.7, 0.7, 5.0]}'
    )
    assert hashlib.sha256(texts.encode()).hexdigest()[:16] == "850f7d582af83b4a"


def changed(text: str, **fields: object) -> str:
    return json.dumps({**json.loads(text), **fields})


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (Card, "", "Invalid JSON"),
        (Card, "[]", "should be an object"),
        (Card, pack(CARD)[:-9], "Invalid JSON"),
        (Card, changed(pack(CARD), title=3), "title: Input should be a valid string"),
        (Card, changed(pack(CARD), licence="l"), "licence: missing, unknown or changed field"),
        (Card, pack(CARD).replace('"synthetic": false, ', ""), "synthetic: missing"),
        (Card, pack(CARD).replace('"title": "t", ', ""), "title: Field required"),
        (Protocol, changed(pack(Protocol()), folds="10"), "folds: Input should be a valid integer"),
        (Preprocessing, changed(pack(Preprocessing()), spacing_mm=[1, 2]), "spacing_mm.2: Field"),
        (Column, changed(pack(COLUMN), kind="colour"), "kind: Input should be 'continuous'"),
        (Column, changed(pack(COLUMN), role="feature"), "known only after surgery"),
        (Manifest, changed(pack(MANIFEST), methods=[{}]), "methods.0.* Field required"),
        (
            Profile,
            changed(pack(PROFILE), near_duplicates=[{"case_a": 1}]),
            "near_duplicates.0.case_b: Field required",
        ),
    ],
)
def test_a_damaged_record_is_refused_by_field(kind: type, text: str, message: str) -> None:
    with pytest.raises(DamagedRecordError, match=message):
        unpack(kind, text)


@pytest.mark.parametrize(
    ("method", "name", "value", "message"),
    [
        (NETWORK, "tune", None, "network.tune: Input should be a valid integer"),
        (NETWORK, "level", "voxel", "network.level"),
        (NETWORK, "training", {"dropout": 0.1}, "training.* missing"),
        (BASELINE, "baseline", {}, "baseline.baseline.name: Field required"),
        (BASELINE, "tune", 4, "tune: missing, unknown"),
    ],
)
def test_a_damaged_method_is_refused_by_field(
    method: Method, name: str, value: object, message: str
) -> None:
    with pytest.raises(DamagedRecordError, match=message):
        unpack_method(changed(pack(method), **{name: value}))


@given(st.sampled_from(TEXTS), st.integers(0, 10_000), st.integers(0, 7))
@settings(max_examples=200, deadline=None)
def test_a_flipped_bit_gives_a_record_or_a_refusal(
    record: tuple[type, str], position: int, bit: int
) -> None:
    kind, text = record
    flipped = bytearray(text.encode())
    flipped[position % len(flipped)] ^= 1 << bit
    with suppress(DamagedRecordError):
        again = unpack(kind, flipped.decode("utf-8", errors="replace"))
        assert json.loads(pack(again)).keys() == json.loads(text).keys()


def test_a_field_that_was_added_is_stored_only_if_it_is_not_the_default() -> None:
    text = pack(Preprocessing())
    assert text == '{"air_hu": -1024, "patch": 224, "spacing_mm": [0.7, 0.7, 5.0]}'
    allowed = Preprocessing(allow_implausible=True)
    assert unpack(Preprocessing, pack(allowed)) == allowed
    assert unpack(Preprocessing, text) == Preprocessing()
