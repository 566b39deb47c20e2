"""Repeated training of the units of a run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lnmbench.records import Resources
from lnmbench.stages.explain.ledger_network import resolve_network
from lnmbench.stages.explain.repeated_training import RepeatedTraining
from lnmbench.stages.explain.variant_predictions import RepeatedImages, RepeatedRun
from lnmbench.stages.explain.variants import Variants
from lnmbench.stages.run import make_feature_cache
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_folder import find_cohort_file
from lnmbench.store.ledger import LedgerReader


@pytest.fixture
def training(bench: Any, transformer_run: Any, silent: Any) -> tuple[Any, Any]:
    """The training of the second network, and its predictions in the ledger."""
    with LedgerReader.open(transformer_run) as ledger:
        plan, method = ledger.plan(), ledger.methods()[1]
        search = ledger.search(method.fingerprint)
        stored = ledger.predictions(method.fingerprint, "target")[0]
    path = find_cohort_file(bench.home, plan.fingerprint)
    cohort = read_cohort(path)
    network = resolve_network(method, plan, cohort, bench.registry)
    cache = make_feature_cache(network, cohort, path, bench.home, silent)
    assert cache is not None
    run = RepeatedRun(
        plan=plan,
        cohort=cohort,
        cohort_file=path,
        registry=bench.registry,
        resources=Resources(device="cpu"),
        progress=silent,
    )
    images = RepeatedImages(network=network, features=cache, search=search)
    repeated = RepeatedTraining(images=images, run=run)
    return repeated, stored


def test_a_variant_with_the_slices_of_another_case_has_its_image_features(
    training: tuple[Any, Any],
) -> None:
    repeated, stored = training
    outer = repeated.run.plan.splits.outer[0]
    first, second = np.flatnonzero(outer == 0)[:2].tolist()
    third = int(np.flatnonzero(outer == 1)[0])
    slices = repeated.read_slices()
    rows = [slice(*slices.offsets[i : i + 2].tolist()) for i in (first, second, third)]
    parts = [slices.features[each].numpy() for each in (rows[0], rows[0], rows[1], rows[2])]
    variants = Variants(
        sources=np.array([first, second, first, third]),
        counts=np.array([len(part) for part in parts]),
        features=np.concatenate(parts),
    )
    predictions = repeated.predict([first, second, third], variants)
    for case, p in predictions.cases.items():
        assert p == pytest.approx(stored[case], abs=1e-6)
    assert predictions.variants.shape == (4, 1)
    same, exchanged, other, third_again = predictions.variants[:, 0]
    assert same == pytest.approx(predictions.cases[first], abs=1e-6)
    assert third_again == pytest.approx(predictions.cases[third], abs=1e-6)
    assert exchanged != pytest.approx(predictions.cases[second], abs=1e-7)
    assert other != pytest.approx(predictions.cases[first], abs=1e-7)
    assert sorted(predictions.slice_weights) == sorted({first, second, third})


def test_each_unit_has_the_candidate_that_it_chose(training: tuple[Any, Any]) -> None:
    repeated, _ = training
    chosen = {
        fold: trial.candidate
        for (_, fold), trials in repeated.images.search.items()
        for trial in trials
        if trial.chosen
    }
    from lnmbench.stages.run import list_fits

    planned = list(list_fits(repeated.run.plan, 0))
    grouped = list(repeated._group(planned))
    assert sum(len(fits) for _, fits in grouped) == len(planned)
    for group, fits in grouped:
        (candidate,) = group.candidates
        assert {chosen[fit.fold] for fit in fits} == {candidate.number}
