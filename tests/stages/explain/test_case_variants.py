"""Variants of one case."""

from __future__ import annotations

from typing import Any

import numpy as np

from lnmbench.stages.explain.case_variants import ExplainedCase, VariantMaker
from lnmbench.stages.explain.ledger_network import resolve_network
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_folder import find_cohort_file
from lnmbench.store.feature_cache import FeatureCache, read_features
from lnmbench.store.ledger import LedgerReader


def make_maker(bench: Any, run: Any, tmp_path: Any, silent: Any) -> VariantMaker:
    with LedgerReader.open(run) as ledger:
        plan, (method, _) = ledger.plan(), ledger.methods()
    path = find_cohort_file(bench.home, plan.fingerprint)
    cohort = read_cohort(path)
    resolved = resolve_network(method, plan, cohort, bench.registry)
    return VariantMaker(
        method=resolved.method,
        encoder=resolved.encoder.build(),
        cohort=cohort,
        cohort_file=path,
        features=FeatureCache(path=tmp_path / "features.h5", key="k"),
        patch_mm=40.0,
        progress=silent,
        device="cpu",
    )


def test_each_slice_is_left_out_once(
    bench: Any, transformer_run: Any, tmp_path: Any, silent: Any
) -> None:
    maker = make_maker(bench, transformer_run, tmp_path, silent)
    features = np.arange(6, dtype=np.float32).reshape(3, 2)
    case = ExplainedCase(number=7, position=7)
    variants = maker.without_slices(case, features, features[:, :1])
    assert variants is not None
    assert variants.sources.tolist() == [7, 7, 7]
    assert variants.counts.tolist() == [2, 2, 2]
    expected = [features[[1, 2]], features[[0, 2]], features[[0, 1]]]
    np.testing.assert_array_equal(variants.features, np.concatenate(expected))
    np.testing.assert_array_equal(variants.activations, variants.features[:, :1])
    assert maker.without_slices(case, features[:1], None) is None
    assert maker.occluded(case) is None


def test_occluded_images_are_encoded_once(
    bench: Any, transformer_run: Any, tmp_path: Any, silent: Any
) -> None:
    maker = make_maker(bench, transformer_run, tmp_path, silent)
    case = maker.read_case(4, 4)
    assert case.images is not None
    assert case.patches is not None
    variants = maker.occluded(case)
    assert variants is not None
    slices = len(case.images.hu)
    assert len(variants) == len(case.patches.corners)
    assert set(variants.counts.tolist()) == {slices}
    (path,) = tmp_path.glob("occluded-*.h5")
    before = path.stat().st_mtime_ns
    again = maker.occluded(case)
    assert again is not None
    np.testing.assert_array_equal(again.features, variants.features)
    assert path.stat().st_mtime_ns == before
    # a patch in a corner changes nothing that the encoder sees
    plain = make_maker(bench, transformer_run, tmp_path, silent)
    features = read_features(
        next(
            FeatureCache(path=p, key=_key(p)) for p in (bench.home / "features").glob("middle-*.h5")
        )
    )["features"][0]
    start = int(plain.cohort.offsets[4])
    np.testing.assert_allclose(
        variants.features[:slices], features[start : start + slices], atol=1e-6
    )


def _key(path: Any) -> str:
    import h5py

    with h5py.File(path) as file:
        return str(file.attrs["key"])
