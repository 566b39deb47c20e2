"""How much memory a fit takes while it trains, and what it looks like when there is none left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from lnmbench.nets.data.packing import AT_ONCE, block_for

if TYPE_CHECKING:
    from lnmbench.nets.fits import Inputs
    from lnmbench.records import Training

_FLOAT = 4
# Parameters, gradient, two moments, best weights, and one more while they are made.
_COPIES = 6
# Numbers that autograd keeps of a token in a layer, in widths, and of a score: counted in the
# code of a layer, then a quarter more for what lives for a moment.
_WIDTHS, _SCORES, _MOMENTS = 30, 6, 1.25
# What a step without gradients holds of a token: the widest layer, and what it is made of.
_WIDTHS_AT_ONCE = 8
_WORDS = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")


def estimate_fit_bytes(inputs: Inputs, settings: Training, size: int) -> int:
    """Return about how many bytes one of a stack's fits fills, of `size` parameters."""
    return int(_FLOAT * (_COPIES * size + _MOMENTS * _activations(inputs, settings)))


def memory_for_fits(inputs: Inputs, memory: int) -> int:
    """Return what is left of a stack's memory for its fits: trained stages of an encoder keep maps
    and activations beside them."""
    return memory if inputs.trainable_encoder is None else memory * 3 // 8


def _activations(inputs: Inputs, settings: Training) -> float:
    """The numbers that a training step keeps of one fit: those of its tokens."""
    if inputs.slices is None or inputs.offsets is None:
        return 0.0
    lengths = inputs.offsets.diff()
    mean, dim = float(lengths.float().mean()), inputs.slices.shape[1]
    width = settings.token_dim or dim
    scores = settings.heads * block_for(int(lengths.max()))
    layer = _WIDTHS * width + _SCORES * scores
    training = settings.batch_size * mean * (settings.layers * layer + dim)
    predicting = AT_ONCE * mean * (_WIDTHS_AT_ONCE * width + _SCORES * scores + dim)
    return max(training, predicting)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, on a GPU or in the machine."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return any(words in text for words in _WORDS)


def release() -> None:
    """Give memory that torch keeps for later back to the device."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
