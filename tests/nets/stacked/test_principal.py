"""Tokens from the principal components of each fit's training cases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from lnmbench.nets.data.packing import pack
from lnmbench.nets.data.standardization import SliceFeatures
from lnmbench.nets.stacked.active_fits import StackState
from lnmbench.nets.stacked.principal import PrincipalTokens, SharedTokens, principal_components

CPU = torch.device("cpu")
LENGTHS = torch.tensor([2, 3, 1, 4, 2, 3, 1])
OFFSETS = torch.cat([torch.zeros(1, dtype=torch.int64), LENGTHS.cumsum(0)])
TRAINING = torch.tensor(
    [[1, 1, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0, 0]]
).bool()


def draw_features(dim: int = 12) -> torch.Tensor:
    source = torch.Generator().manual_seed(5)
    scales = torch.linspace(0.5, 3, dim)
    return torch.randn(int(OFFSETS[-1]), dim, generator=source) * scales + 40


def test_components_are_those_of_scikit_learn_at_one_common_scale() -> None:
    for m, dim in ((30, 8), (9, 20)):  # both sides of the Gram matrix
        cases = torch.randn(m, dim, generator=torch.Generator().manual_seed(m), dtype=torch.float64)
        components = principal_components(cases, 5).double().numpy()
        expected = PCA(5).fit(cases.numpy())
        variances = expected.explained_variance_ * (m - 1) / m
        for row, axis in zip(components, expected.components_, strict=True):
            sign = np.sign(axis[np.abs(axis).argmax()])
            np.testing.assert_allclose(row * np.sqrt(variances.mean()), sign * axis, atol=1e-6)
        projected = (cases.numpy() - cases.numpy().mean(0)) @ components.T
        np.testing.assert_allclose(projected.var(0).mean(), 1.0, rtol=1e-6)


def test_outliers_are_clipped_at_five_deviations() -> None:
    features = draw_features()
    far = features.clone()
    far[OFFSETS[6] :] = 1e6  # case 6, on which fit 0 does not train
    packing = pack([torch.tensor([6])], OFFSETS, CPU).packing
    assert packing is not None
    tokens = PrincipalTokens(SliceFeatures(far, OFFSETS, CPU), TRAINING, width=4, averaged=False)
    projected = tokens.forward(StackState(fits=(0,), values={}), packing, training=True)[0]
    rows = torch.repeat_interleave(TRAINING[0], LENGTHS)
    x = features[rows].double()
    standardized = ((x - x.mean(0)) / x.std(0, correction=0)).clamp(-5, 5)
    lengths = LENGTHS[TRAINING[0]].tolist()
    means = torch.stack([part.mean(0) for part in standardized.split(lengths)])
    expected = 5.0 * principal_components(means, 4).sum(1)
    torch.testing.assert_close(projected[packing.token_mask[0]][0], expected, rtol=1e-3, atol=1e-3)


def test_components_beyond_the_rank_of_the_cases_are_zero() -> None:
    cases = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))
    components = principal_components(cases, 5)
    assert components[:3].abs().amax(1).min() > 0.1
    assert not components[3:].any(), "four cases span three dimensions"
    assert not principal_components(cases[:1], 5).any()


def test_tokens_depend_on_the_training_cases_of_their_fit_alone() -> None:
    features = draw_features()
    changed = features.clone()
    changed[OFFSETS[5] :] += 100.0  # cases 5 and 6, on which fits 0 and 2 do not train
    packing = pack([torch.arange(5)] * 3, OFFSETS, CPU).packing
    assert packing is not None
    state = StackState(fits=(0, 1, 2), values={})
    first, second = (
        PrincipalTokens(SliceFeatures(x, OFFSETS, CPU), TRAINING, width=4, averaged=False).forward(
            state, packing, training=True
        )
        for x in (features, changed)
    )
    torch.testing.assert_close(first[0], second[0], rtol=1e-4, atol=1e-4)
    assert torch.equal(first[0], first[2]), "fits with equal training cases share tokens"
    assert (first[1] - second[1]).abs().max() > 0.1
    assert not first[~packing.token_mask].any()


def test_tokens_are_projections_of_standardized_slices() -> None:
    features = draw_features()
    tokens = PrincipalTokens(
        SliceFeatures(features, OFFSETS, CPU), TRAINING, width=3, averaged=False
    )
    packing = pack([torch.tensor([6, 1])], OFFSETS, CPU).packing
    assert packing is not None
    computed = tokens.forward(StackState(fits=(1,), values={}), packing, training=False)[0]
    rows = torch.repeat_interleave(TRAINING[1], LENGTHS)
    x = features.double()
    standardized = (x - x[rows].mean(0)) / x[rows].std(0, correction=0)
    means = torch.stack([part.mean(0) for part in standardized.split(LENGTHS.tolist())])
    projection = principal_components(means[TRAINING[1]], 3)
    expected = standardized.float()[packing.slice_rows[0]] @ projection.mT
    mask = packing.token_mask[0]
    torch.testing.assert_close(computed[mask], expected[mask], rtol=1e-4, atol=1e-4)


def test_a_token_of_a_case_is_the_mean_of_those_of_its_slices() -> None:
    features = SliceFeatures(draw_features(), OFFSETS, CPU)
    cases = [torch.tensor([6, 1, 3])]
    by_slice, by_case = (
        packing.average(
            PrincipalTokens(features, TRAINING, width=3, averaged=averaged).forward(
                StackState(fits=(1,), values={}), packing, training=True
            )
        )
        for averaged in (False, True)
        if (packing := pack(cases, OFFSETS, CPU, averaged=averaged).packing) is not None
    )
    assert by_slice.abs().min() > 1e-3
    torch.testing.assert_close(by_case, by_slice, rtol=1e-5, atol=1e-5)


def test_methods_on_the_same_features_share_tokens() -> None:
    shared, computed = SharedTokens(3 * 4 * 8), []  # three tensors of eight numbers

    def get(name: str) -> torch.Tensor:
        def compute() -> torch.Tensor:
            computed.append(name)
            return torch.zeros(8)

        return shared.get(name, compute)

    assert get("a") is get("a")
    for name in "bcabd":  # d takes the place of c, which was not used for longest
        get(name)
    assert computed == list("abcd")
    get("a")
    get("c")
    assert computed == list("abcdc")


def test_features_with_a_key_share_tokens_on_their_device_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = SharedTokens(1 << 20)
    monkeypatch.setattr("lnmbench.nets.stacked.principal._SHARED", shared)
    names: list[object] = []
    get = shared.get

    def record(name: object, compute: Callable[[], torch.Tensor]) -> torch.Tensor:
        names.append(name)
        return get(name, compute)

    monkeypatch.setattr(shared, "get", record)
    for key in ("", "a", "a"):
        features = SliceFeatures(draw_features(), OFFSETS, CPU, key=key)
        PrincipalTokens(features, TRAINING, width=3, averaged=True)
    assert len(names) == 4, "two different training parts of two fits' features with a key"
    assert len(set(names)) == 2
    assert all("cpu" in name for name in names if isinstance(name, tuple))
