"""Repeated fits of baselines on features of images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench.records import Resources
from lnmbench.stages.explain.ledger_network import resolve_network
from lnmbench.stages.explain.repeated_baseline import RepeatedBaseline
from lnmbench.stages.explain.variant_predictions import RepeatedImages, RepeatedRun
from lnmbench.stages.explain.variants import Variants
from lnmbench.stages.run import make_feature_cache
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_folder import find_cohort_file
from lnmbench.store.ledger import LedgerReader


def repeat(bench: Any, folder: Path, silent: Any, name: str) -> tuple[Any, Any]:
    """Return a baseline of the second repeat, and its predictions in the ledger."""
    with LedgerReader.open(folder) as ledger:
        plan = ledger.plan()
        (method,) = (each for each in ledger.methods() if each.label.startswith(name))
        search = ledger.search(method.fingerprint)
        stored = ledger.predictions(method.fingerprint, "target")[1]
    path = find_cohort_file(bench.home, plan.fingerprint)
    cohort = read_cohort(path)
    network = resolve_network(method.network, plan, cohort, bench.registry)
    cache = make_feature_cache(network, cohort, path, bench.home, silent)
    assert cache is not None
    run = RepeatedRun(
        plan=plan,
        cohort=cohort,
        cohort_file=path,
        registry=bench.registry,
        resources=Resources(device="cpu"),
        progress=silent,
        repeat=1,
    )
    images = RepeatedImages(network=network, features=cache, search=search)
    return RepeatedBaseline(method=method, images=images, run=run), stored


@pytest.mark.parametrize("name", ["pooled", "two_stage"])
def test_a_variant_with_the_slices_of_another_case_has_its_image_features(
    bench: Any, ordinal_run: Path, silent: Any, name: str
) -> None:
    repeated, stored = repeat(bench, ordinal_run, silent, name)
    outer = repeated.run.plan.splits.outer[1]
    slices = repeated.read_slices()
    first, second = np.flatnonzero(outer == 0)[:2].tolist()
    third = int(np.flatnonzero(outer == 1)[0])
    cases = [first, second, third]
    rows = [slice(*slices.offsets[case : case + 2].tolist()) for case in cases]
    parts = [slices.features[rows[i]].numpy() for i in (0, 0, 1, 2)]
    variants = Variants(
        sources=np.array([first, second, first, third]),
        counts=np.array([len(part) for part in parts]),
        features=np.concatenate(parts),
    )
    predictions = repeated.predict(cases, variants)
    for case, p in predictions.cases.items():
        assert p == pytest.approx(stored[case], abs=1e-6)
    same, exchanged, other, third_again = predictions.variants
    assert same == pytest.approx(predictions.cases[first], abs=1e-9)
    assert third_again == pytest.approx(predictions.cases[third], abs=1e-9)
    assert np.abs(exchanged - predictions.cases[second]).max() > 1e-7
    assert np.abs(other - predictions.cases[first]).max() > 1e-7
    weights = predictions.slice_weights
    assert sorted(weights) == sorted(cases)
    for case, of_case in weights.items():
        assert len(of_case) == int(slices.offsets[case + 1] - slices.offsets[case])
        assert of_case.sum() == pytest.approx(1.0)
        is_even = np.ptp(of_case) < 1e-12
        assert is_even == (name == "pooled")
