"""Memory of a fit in training, estimated in advance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench.nets.data.packing import block_size_for
from lnmbench.nets.inputs import has_case_tokens, longest_bag
from lnmbench.nets.model import EVALUATION_CASES

if TYPE_CHECKING:
    from lnmbench.nets.inputs import AuxInput, Inputs
    from lnmbench.records import Training

_FLOAT_BYTES = 4
# Parameters, gradient, two moments, best weights, and one more while they are copied.
_PARAMETER_COPIES = 6
# Numbers that autograd saves of a token in a layer, in widths, and of a score: counted in the
# code of a layer, then a quarter more for temporary tensors.
_SAVED_WIDTHS, _SAVED_SCORES, _TEMPORARY = 30, 6, 1.25
# Numbers of a token in a step without gradients: the widest layer and its inputs.
_EVALUATION_WIDTHS = 8


def estimate_fit_bytes(inputs: Inputs, settings: Training, size: int) -> int:
    """Return about how many bytes a fit of a stack fills.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    settings
        The widths of the network and the batch size.
    size
        The number of its parameters.
    """
    numbers = _PARAMETER_COPIES * size + _TEMPORARY * _activations(inputs, settings)
    return int(_FLOAT_BYTES * numbers)


def memory_for_fits(inputs: Inputs, memory_bytes: int) -> int:
    """Return the share of a stack's memory for its fits.

    Trained stages of an encoder need the rest for their inputs and histories.
    """
    return memory_bytes * 3 // 8 if inputs.trains_encoder else memory_bytes


def _activations(inputs: Inputs, settings: Training) -> float:
    """Return how many numbers a training step saves of one fit's tokens."""
    if inputs.slices is None:
        return 0.0
    tokens = len(inputs.target) if has_case_tokens(inputs, settings) else inputs.slices.total
    mean, dim = tokens / len(inputs.target), inputs.slices.dim
    width = settings.token_dim or dim
    fixed = 0
    if settings.projection == "principal" and not inputs.trains_encoder:
        rows = tokens * inputs.slices.views + inputs.slices.others
        fixed, dim = width * rows, width
    longest = max(int(inputs.slices.counts.max()), longest_bag(inputs))
    longest += settings.pooling == "transformer"
    scores = settings.heads * block_size_for(longest)
    mean += sum(_bag_tokens(task) for task in inputs.aux)
    layer = _SAVED_WIDTHS * width + _SAVED_SCORES * scores
    training = settings.batch_size * mean * (settings.layers * layer + dim)
    evaluated = EVALUATION_CASES * mean
    evaluation = evaluated * (_EVALUATION_WIDTHS * width + _SAVED_SCORES * scores + dim)
    return fixed + max(training, evaluation)


def _bag_tokens(task: AuxInput) -> float:
    """Return the mean number of tokens of an example of a task."""
    if task.examples is None:
        return 0.0
    return float((task.examples.rows >= 0).sum()) / max(1, len(task.examples))
