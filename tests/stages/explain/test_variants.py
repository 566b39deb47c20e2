"""Variants of cases among the inputs of networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lnmbench.stages.explain.variants import (
    Variants,
    add_variants,
    add_variants_to_fits,
    join_variants,
)

torch = pytest.importorskip("torch")

from lnmbench.nets.fits import Fits, ModalityInput  # noqa: E402
from lnmbench.nets.inputs import AuxInput, Inputs, SliceInputs, TrainableEncoder  # noqa: E402
from lnmbench.records import Examples  # noqa: E402

COUNTS = torch.tensor([2, 3, 1])
OFFSETS = torch.tensor([0, 2, 5, 6])
VARIANTS = Variants(
    sources=np.array([1, 1, 0]),
    counts=np.array([2, 1, 3]),
    features=np.arange(12, dtype=np.float32).reshape(6, 2) + 100,
)


class Task:
    """A task that learns from examples."""

    kind, outputs = "binary", 1


def make_inputs(views: int = 1, others: int = 0) -> Inputs:
    rows = 6 * views + others
    examples = Examples(
        case=np.array([0, 2]),
        rows=np.array([[[1, -1]], [[6 * views, 6 * views - 1]]]) if others else np.array([[[1]]]),
        targets=np.zeros(2),
    )
    aux = AuxInput(
        name="task",
        task=Task(),  # type: ignore[arg-type]
        targets=torch.tensor([0.0, 1.0, torch.nan]),
        examples=examples if others else None,
    )
    features = torch.arange(2.0 * rows).view(rows, 2)
    slices = SliceInputs(features=features, offsets=OFFSETS, views=views, others=others, key="k")
    return Inputs(target=torch.tensor([0.0, 1.0, torch.nan]), aux=(aux,), slices=slices)


@pytest.mark.parametrize(("views", "others"), [(1, 0), (2, 0), (1, 3), (2, 3)])
def test_variants_follow_the_cases_in_every_view(views: int, others: int) -> None:
    before = make_inputs(views, others)
    after = add_variants(before, VARIANTS)
    assert before.slices is not None
    assert after.slices is not None
    assert after.slices.counts.tolist() == [2, 3, 1, 2, 1, 3]
    assert torch.isnan(after.target[3:]).all()
    assert torch.isnan(after.aux[0].targets[3:]).all()
    assert after.slices.key == ""
    for view in range(views):
        part = after.slices.features[12 * view : 12 * (view + 1)]
        torch.testing.assert_close(part[:6], before.slices.features[6 * view : 6 * view + 6])
        torch.testing.assert_close(part[6:], torch.from_numpy(VARIANTS.features))
    tail = before.slices.features[6 * views :]
    torch.testing.assert_close(after.slices.features[12 * views :], tail)
    if others:
        old, new = before.aux[0].examples, after.aux[0].examples
        assert old is not None
        assert new is not None
        for row, moved in zip(old.rows.ravel(), new.rows.ravel(), strict=True):
            assert (row < 0) == (moved < 0)
            if row >= 0:
                torch.testing.assert_close(
                    before.slices.features[row], after.slices.features[moved]
                )


def test_variants_of_a_trained_encoder_have_activations_in_every_view() -> None:
    inputs = make_inputs()
    assert inputs.slices is not None
    activations = torch.arange(20.0).view(20, 1)  # 10 rows of the cohort in 2 views
    encoder = TrainableEncoder(
        network=torch.nn.Linear(1, 2), activations=activations, rows=torch.arange(6) + 3
    )
    slices = replace(inputs.slices, views=2, trainable_encoder=encoder)
    variants = replace(VARIANTS, activations=np.arange(6, dtype=np.float32).reshape(6, 1) + 50)
    after = add_variants(replace(inputs, slices=slices), variants).slices
    assert after is not None
    assert after.trainable_encoder is not None
    stored, rows = after.trainable_encoder.activations, after.trainable_encoder.rows
    for view in range(2):
        seen = stored[view * len(stored) // 2 + rows].flatten()
        assert seen[:6].tolist() == [10.0 * view + 3 + i for i in range(6)]
        assert seen[6:].tolist() == [50.0, 51.0, 52.0, 53.0, 54.0, 55.0]


def test_variants_are_predicted_by_the_fits_that_test_their_case() -> None:
    masks = torch.tensor([[True, False, False], [False, False, True]])
    predicted = torch.tensor([[False, True, True], [True, True, False]])
    fits = Fits(
        training=masks,
        validation=torch.tensor([[False, False, True], [True, False, False]]),
        predicted=predicted,
        clinical=torch.arange(6.0).view(2, 3, 1),
        seeds=(1, 2),
        modalities=(
            ModalityInput(
                name="blood",
                features=torch.arange(6.0).view(2, 3, 1) + 10,
                present=torch.tensor([True, False, True]),
            ),
        ),
        prepared=masks,
    )
    tested = torch.tensor([[False, True, False], [False, True, False]])
    after = add_variants_to_fits(fits, VARIANTS.sources, tested)
    assert after.predicted[:, 3:].tolist() == [[True, True, False]] * 2
    assert not after.training[:, 3:].any()
    assert not after.validation[:, 3:].any()
    assert after.prepared is not None
    assert not after.prepared[:, 3:].any()
    assert after.clinical[:, 3:, 0].tolist() == [[1.0, 1.0, 0.0], [4.0, 4.0, 3.0]]
    assert after.modalities[0].features[0, 3:, 0].tolist() == [11.0, 11.0, 10.0]
    assert after.modalities[0].present[3:].tolist() == [False, False, True]


def test_variants_are_joined_in_order() -> None:
    joined = join_variants([VARIANTS, replace(VARIANTS, sources=np.array([2, 2, 2]))])
    assert joined.sources.tolist() == [1, 1, 0, 2, 2, 2]
    assert joined.features.shape == (12, 2)
    assert joined.activations is None
    assert len(joined) == 6
    with pytest.raises(ValueError, match="without images"):
        add_variants(Inputs(target=torch.zeros(2)), VARIANTS)


def test_variants_of_some_cases_are_selected_with_their_slices() -> None:
    numbers, first = VARIANTS.select([0])
    assert numbers.tolist() == [2]
    assert (first.sources.tolist(), first.counts.tolist()) == ([0], [3])
    np.testing.assert_array_equal(first.features, VARIANTS.features[3:])
    assert first.activations is None
    trained = replace(VARIANTS, activations=np.arange(6, dtype=np.float32)[:, None])
    numbers, second = trained.select([1, 2])
    assert numbers.tolist() == [0, 1]
    assert second.activations is not None
    assert second.activations[:, 0].tolist() == [0, 1, 2]
    assert len(VARIANTS.select([])[1]) == 0


def test_slices_of_a_variant_are_averaged() -> None:
    means = VARIANTS.average_slices()
    assert means.dtype == np.float64
    assert means.tolist() == [[101.0, 102.0], [104.0, 105.0], [108.0, 109.0]]
    assert VARIANTS.select([])[1].average_slices().shape == (0, 2)
