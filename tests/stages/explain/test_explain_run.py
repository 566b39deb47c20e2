"""Explanations of networks whose encoders are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.stages.explain import explain_run
from lnmbench.store.ledger import LedgerReader


def test_the_networks_are_those_of_the_run(explained: Any, transformer_run: Path) -> None:
    with LedgerReader.open(transformer_run) as ledger:
        for network in explained.methods:
            stored = ledger.predictions(network.method.fingerprint, "target")[0]
            assert [case.case for case in network.cases] == list(explained.cases)
            for case in network.cases:
                assert case.stored == stored[case.case]
                assert case.predicted == pytest.approx(case.stored, abs=1e-6)
    labels = [network.method.label for network in explained.methods]
    assert labels == ["middle (best of 2)", "middle + pt (best of 2)"]


def test_methods_of_several_outcomes_and_repeats_are_those_of_the_run(
    ordinal: Any, ordinal_run: Path
) -> None:
    with LedgerReader.open(ordinal_run) as ledger:
        for method in ordinal.methods:
            stored = ledger.predictions(method.method.fingerprint, "target")[1]  # (n, outcomes)
            for case in method.cases:
                assert case.stored == stored[case.case, method.outcome]
                assert case.predicted == pytest.approx(case.stored, abs=1e-6)
                assert np.abs(case.occlusion.effects).max() > 0.0
                np.testing.assert_allclose(case.occlusion.effects[0], 0.0, atol=1e-6)
    names = [(m.method.label, ordinal.name_outcome(m.outcome)) for m in ordinal.methods]
    labels = ["middle", "middle + pt:shuffled=1"]
    assert names[4:] == [(x, f"N{k} or higher") for x in labels for k in (2, 1)]
    assert [name.partition(":")[0] for name, _ in names[:4:2]] == ["pooled", "two_stage"]
    assert (ordinal.repeat, ordinal.outcomes, len(ordinal.cases)) == (1, (1, 0), 2)


def test_cases_are_described_by_their_label_of_each_outcome(ordinal: Any, explained: Any) -> None:
    values = ordinal.results.outcomes.values
    words = {1.0: "positive", 0.0: "negative"}
    for case in ordinal.cases:
        first, second = (words[values[case, k]] for k in (0, 1))
        expected = f"Case {case} (N2 or higher: {second}, N1 or higher: {first})"
        assert ordinal.describe_case(case, ordinal.outcomes) == expected
    case = explained.cases[0]
    assert explained.name_outcome(0) == ""
    expected = f"Case {case}, {words[explained.results.truth[case]]}"
    assert explained.describe_case(case, (0,)) == expected


def test_only_what_the_encoder_sees_has_an_effect(explained: Any) -> None:
    for network in explained.methods:
        for case in network.cases:
            occlusion = case.occlusion
            assert occlusion.effects.shape == occlusion.slice_hu.shape == (224, 224)
            reach = 32 + 32  # half of the middle, and a patch that only touches it
            seen = np.zeros((224, 224), dtype=bool)
            seen[112 - reach : 112 + reach, 112 - reach : 112 + reach] = True
            np.testing.assert_allclose(occlusion.effects[~seen], 0.0, atol=1e-6)
            assert np.abs(occlusion.effects[seen]).max() > 1e-5
            assert 0.0 < occlusion.tumor_area < occlusion.tumor_share <= 1.0


def test_slices_have_weights_that_differ_and_effects(explained: Any) -> None:
    spread = []
    for network in explained.methods:
        for case in network.cases:
            weights, effects = case.slices.weights, case.slices.effects
            assert len(weights) == len(effects) > 1
            assert weights.sum() == pytest.approx(1.0)
            spread += [np.ptp(weights), np.ptp(effects)]
    assert min(spread) > 0.0


@pytest.mark.parametrize("train", ["3", "1", "all"])
def test_fine_tuned_encoders_are_explained(bench: Any, train: str) -> None:
    folder = bench.run(
        f"train-{train}",
        encoder=(f"middle:train={train}",),
        aux=("none",),
        training={"max_epochs": 2, "augment": "flip", "views": 2},
    )
    explained = bench.explain(folder, cases=(3,), patch_mm=70.0)
    (case,) = explained.methods[0].cases
    assert case.predicted == pytest.approx(case.stored, abs=1e-5)
    assert np.abs(case.occlusion.effects).max() > 1e-6
    assert len(case.slices.effects) > 1


def test_encoders_of_volumes_have_no_slices(bench: Any) -> None:
    folder = bench.run("volume", encoder=("middle_volume",), aux=("none",))
    (case,) = bench.explain(folder, cases=(3,), patch_mm=70.0).methods[0].cases
    assert case.slices is None
    assert case.predicted == pytest.approx(case.stored, abs=1e-6)
    assert np.abs(case.occlusion.effects).max() > 1e-6


def test_an_encoder_on_its_own_grid_is_explained_there(bench: Any) -> None:
    folder = bench.run("own-grid", encoder=("own_grid",), aux=("none",), native_mm=30.0)
    (case,) = bench.explain(folder, cases=(3,), patch_mm=8.0).methods[0].cases
    assert case.occlusion.effects.shape == (24, 24)
    assert case.predicted == pytest.approx(case.stored, abs=1e-6)
    np.testing.assert_allclose(case.occlusion.effects[0], 0.0, atol=1e-6)
    assert np.abs(case.occlusion.effects[10:14, 10:14]).min() > 0.0


def test_tasks_with_examples_are_trained_again_as_well(bench: Any) -> None:
    folder = bench.run("examples", encoder=("middle",), aux=("rotation",))
    (case,) = bench.explain(folder, cases=(3,), patch_mm=70.0).methods[0].cases
    assert case.predicted == pytest.approx(case.stored, abs=1e-4)


def test_features_of_a_file_have_slices_alone(bench: Any, tmp_path: Path) -> None:
    from lnmbench.store.cohort_file import read_cohort

    bench.run("plain", encoder=("middle",), aux=("none",))
    for path in sorted((bench.home / "cohorts").glob("*.h5")):
        cohort = read_cohort(path)
        if not cohort.preprocessing.native_mm:
            break
    counts = np.diff(cohort.offsets)
    random = np.random.default_rng(0)
    np.savez(
        tmp_path / "features.npz",
        ids=np.repeat(np.array(cohort.ids), counts),
        features=random.normal(size=(counts.sum(), 5)).astype(np.float32),
    )
    encoder = f"embeddings:path={tmp_path / 'features.npz'},level=slice"
    folder = bench.run("embeddings", encoder=(encoder,), aux=("none",))
    (case,) = bench.explain(folder, cases=(3,)).methods[0].cases
    assert case.occlusion is None
    assert len(case.slices.effects) == counts[3]


def test_what_cannot_be_explained_is_refused_in_one_line(
    bench: Any, transformer_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match=r"no case 24 in the run: expected a number from 0 to 23"):
        bench.explain(transformer_run, cases=(24,))
    with pytest.raises(UserError, match=r"of 'x': no method has this label .*middle"):
        bench.explain(transformer_run, methods=("x",))
    clinical = bench.run("clinical", encoder=("none",), aux=("none",))
    with pytest.raises(UserError, match="no complete method with images"):
        bench.explain(clinical)
    monkeypatch.setattr(explain_run, "MOST_DEVIATION", -1.0)
    with pytest.raises(UserError, match="does not give the predictions of the run"):
        bench.explain(transformer_run, cases=(3,), patch_mm=70.0)
