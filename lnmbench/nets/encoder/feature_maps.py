"""The last feature maps of an encoder, before the stages that make one vector of them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lnmbench.errors import UserError
from lnmbench.nets.encoder.guarded_stages import GuardedStages

_SIZED = (nn.Conv2d, nn.ConvTranspose2d, nn.Unfold)


def split_at_maps(
    stages: nn.Sequential, side: int, *, where: str = ""
) -> tuple[nn.Sequential, nn.Sequential]:
    """Return the stages up to the last feature maps, and those that make a vector of them.

    The second part maps a single place (B, C, 1, 1) as it maps whole maps, so that a place has a
    feature vector of the same kind as a slice.

    Parameters
    ----------
    stages
        The stages of an encoder of slices.
    side
        The number of pixels along a side of a slice.
    where
        The place of an error: the encoder, and what its maps are for.

    Raises
    ------
    UserError
        If no stage has maps with several places, or later stages look at several places at once.
    """
    last, channels = _find_maps(stages, side)
    if last < 0:
        raise _refusal("the encoder has no feature maps", where)
    to_maps, to_vector = _split(stages, last + 1)
    if any(isinstance(m, _SIZED) and max(_pair(m.kernel_size)) > 1 for m in to_vector.modules()):
        raise _refusal("the last stage of the encoder looks at several places at once", where)
    with torch.inference_mode():
        try:
            vectors = _plain(to_vector)(torch.zeros(2, channels, 1, 1))
        except RuntimeError:
            vectors = torch.empty(0)
    if vectors.dim() != 2:
        raise _refusal("the last stage of the encoder maps no single place to a vector", where)
    return to_maps, to_vector


def _refusal(problem: str, where: str) -> UserError:
    return UserError(
        problem,
        where=where,
        expected="a stage with maps (B, C, h, w), and then their pooling",
        then="choose another --encoder, e.g. a ResNet",
    )


def _find_maps(stages: nn.Sequential, side: int) -> tuple[int, int]:
    """Return the number of the last stage with maps of several places, and their channels."""
    last, channels = -1, 0
    values = torch.zeros(1, 1, side, side)
    with torch.inference_mode():
        for number, stage in enumerate(_plain(stages)):
            values = stage(values)
            if values.dim() == 4 and values.shape[2] * values.shape[3] > 1:
                last, channels = number, values.shape[1]
    return last, channels


def _split(stages: nn.Sequential, count: int) -> tuple[nn.Sequential, nn.Sequential]:
    if isinstance(stages, GuardedStages):
        return stages.part(0, count), stages.part(count, len(stages))
    return stages[:count], stages[count:]


def _plain(stages: nn.Sequential) -> nn.Sequential:
    return stages.plain() if isinstance(stages, GuardedStages) else stages


def _pair(size: int | tuple[int, ...]) -> tuple[int, ...]:
    return (size,) if isinstance(size, int) else size


def share_of_cells(masks: Tensor, height: int, width: int) -> Tensor:
    """Return the share of each cell of a grid that is inside masks, (m, height, width).

    Parameters
    ----------
    masks
        Masks (m, H, W) of 0 and 1.
    height, width
        The numbers of cells along y and x.
    """
    cells = nn.functional.adaptive_avg_pool2d(masks.float()[:, None], (height, width))
    return cells[:, 0]
