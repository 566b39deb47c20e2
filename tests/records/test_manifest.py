"""Manifests of invocations."""

from __future__ import annotations

from lnmbench import Card
from lnmbench.records import BaselineMethod, Choice, Manifest, Preprocessing, Protocol


def test_a_manifest_holds_all_that_a_rerun_needs() -> None:
    manifest = Manifest(
        created="2026-01-02T03:04:05+00:00",
        options={},
        cohort="synthetic",
        cohort_fingerprint="f" * 32,
        card=Card(title="t", license="l", source="s", citation="c", labels="l"),
        preprocessing=Preprocessing(),
        protocol=Protocol(repeats=3),
        methods=(BaselineMethod(label="logistic", baseline=Choice(name="logistic")),),
    )
    assert manifest.environment is None
    assert manifest.protocol.units == 3 * Protocol().folds
    assert manifest.methods[0].fingerprint
