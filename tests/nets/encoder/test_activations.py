"""Activations of every view and slice, by row."""

from __future__ import annotations

import torch

from lnmbench.nets.encoder.activations import ActivationStore, to_channels_last
from lnmbench.nets.inputs import TrainableEncoder


def test_activations_are_found_by_view_and_by_slice_of_the_cohort() -> None:
    """Cases that the plan leaves out have activations too."""
    values = torch.arange(2 * 10.0).view(20, 1, 1, 1)
    encoder = TrainableEncoder(
        network=torch.nn.Identity(), activations=values, rows=torch.tensor([7, 8, 2])
    )
    store = ActivationStore(encoder, 2, torch.device("cpu"), resident_bytes=0)
    assert store(torch.tensor([0, 2, 3, 5])).flatten().tolist() == [7, 2, 17, 12]


def test_images_and_volumes_become_channels_last_and_matrices_contiguous() -> None:
    images, volumes = torch.zeros(2, 3, 4, 5), torch.zeros(2, 3, 4, 5, 6)
    assert to_channels_last(images).is_contiguous(memory_format=torch.channels_last)
    assert to_channels_last(volumes).is_contiguous(memory_format=torch.channels_last_3d)
    assert to_channels_last(torch.zeros(4, 3).mT).is_contiguous()
