"""How much memory a fit takes while it trains, and what it looks like when there is none left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from lnmbench.nets.packing import block_for

if TYPE_CHECKING:
    from lnmbench.nets.fits import Inputs
    from lnmbench.records import Training

_FLOAT = 4
# Parameters, gradient, two moments, best weights, and one more while they are made.
_COPIES = 6
# Numbers that autograd keeps of a token in a layer, in widths, and of a score: counted in the
# code of a layer, then a quarter more for what lives for a moment.
_WIDTHS, _SCORES, _MOMENTS = 30, 6, 1.25


def bytes_of_a_fit(inputs: Inputs, settings: Training, size: int) -> int:
    """Return about how many bytes one of a stack's fits fills, of `size` parameters."""
    return int(_FLOAT * (_COPIES * size + _MOMENTS * _activations(inputs, settings)))


def room_for_fits(inputs: Inputs, memory: int) -> int:
    """Return what is left of a stack's memory for its fits: trained stages of an encoder keep maps
    and activations beside them."""
    return memory if inputs.suffix is None else memory * 3 // 8


def _activations(inputs: Inputs, settings: Training) -> float:
    """The numbers that a training step keeps of one fit: those of its tokens."""
    if inputs.slices is None or inputs.offsets is None:
        return 0.0
    lengths = inputs.offsets.diff()
    tokens = settings.batch_size * float(lengths.float().mean())
    width = settings.token_dim or inputs.slices.shape[1]
    scores = settings.heads * block_for(int(lengths.max()))
    layer = _WIDTHS * width + _SCORES * scores
    return tokens * (settings.layers * layer + inputs.slices.shape[1])


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, on a GPU or in the machine."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error)
    return "can't allocate memory" in text or "not enough memory" in text


def release() -> None:
    """Give memory that torch keeps for later back to the device."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
