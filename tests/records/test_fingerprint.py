"""Fingerprints of methods in memory."""

from __future__ import annotations

import gc
import pickle

from lnmbench.records import (
    Choice,
    NetworkMethod,
    Weights,
    fingerprint,
)


def test_a_fingerprint_is_computed_once_and_forgotten_with_its_method() -> None:
    gc.collect()
    before = len(fingerprint._FINGERPRINTS)
    methods = [
        NetworkMethod(
            label="any",
            encoder=Choice(name=f"encoder {number}"),
            level="slice",
            weights=Weights(source="none"),
        )
        for number in range(20)
    ]
    first = [method.fingerprint for method in methods]
    assert len(set(first)) == 20
    assert [method.fingerprint for method in methods] == first
    assert len(fingerprint._FINGERPRINTS) == before + 20
    assert pickle.loads(pickle.dumps(methods[3])).fingerprint == first[3]
    del methods
    gc.collect()
    assert len(fingerprint._FINGERPRINTS) <= before
