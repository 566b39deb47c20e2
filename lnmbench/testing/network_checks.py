"""Contract checks of encoders, auxiliary tasks and weightings."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from lnmbench.contracts import (
    AuxTask,
    Encoder,
    ImageTask,
    OwnGrid,
    OwnHead,
    PrecomputedFeatures,
    StepWeights,
    TargetBased,
    TaskNeeds,
    Tunable,
    Weighting,
)
from lnmbench.records import Cohort, Control, Label, WeightingStep, find_labeled_cases
from lnmbench.testing.sample_images import add_images, encode_images

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

BATCH = 3
_FEATURES = 8
_TASKS = ("target", "first task", "second task")


def check_encoder_output_shape(encoder: Encoder, cohort: Cohort) -> None:
    """Check that features are (B, out_dim); without images, that out_dim is 0."""
    import torch

    stages = encoder.stages()
    if encoder.level == "none":
        assert encoder.out_dim == 0, f"an encoder without images has out_dim {encoder.out_dim}"
        return
    if isinstance(encoder, PrecomputedFeatures):
        assert not len(stages), "an encoder with precomputed features has stages"
        return
    with torch.inference_mode():
        features = stages(_images(encoder))
    expected = (BATCH, encoder.out_dim)
    assert features.shape == expected, f"features have the shape {tuple(features.shape)}"


def check_encoder_eval_mode(encoder: Encoder, cohort: Cohort) -> None:
    """Check that the encoder stages are in eval mode."""
    if encoder.level != "none":
        assert not encoder.stages().training, "the encoder stages are not in eval mode"


def check_encoder_batch_independence(encoder: Encoder, cohort: Cohort) -> None:
    """Check that the features of a slice do not depend on the other slices of its batch."""
    import torch

    if encoder.level == "none" or isinstance(encoder, PrecomputedFeatures):
        return
    stages, images = encoder.stages(), _images(encoder)
    with torch.inference_mode():
        in_batch, alone = stages(images)[1:2], stages(images[1:2])
    close = torch.allclose(in_batch, alone, rtol=1e-3, atol=1e-3)
    assert close, "the features of a slice depend on the other slices of the batch"


def check_encoder_precomputed_features(encoder: Encoder, cohort: Cohort) -> None:
    """Check that precomputed features, if there are any, are (rows, out_dim) and finite."""
    if not isinstance(encoder, PrecomputedFeatures):
        return
    ids, features = encoder.case_ids(), encoder.features()
    assert all(isinstance(id_, str) for id_ in ids), "an id is not a text"
    expected = (len(ids), encoder.out_dim)
    assert features.shape == expected, f"features have the shape {features.shape}"
    assert bool(np.isfinite(features).all()), "features are not finite"


def check_aux_task_targets(task: AuxTask, cohort: Cohort) -> None:
    """Check that there is a target for each case."""
    targets = task.targets(add_images(cohort))
    assert len(targets) == len(cohort), f"targets have the shape {targets.shape}"


def check_aux_task_loss_shape(task: AuxTask, cohort: Cohort) -> None:
    """Check that the loss is (n,), not reduced over the cases."""
    targets = _targets(task, cohort)
    losses = task.loss(_logits(task, len(targets)), _replace_nan(targets, task.kind))
    shape = tuple(losses.shape)
    assert shape == (len(targets),), f"the loss has the shape {shape}: do not reduce it"


def check_aux_task_model_axis(task: AuxTask, cohort: Cohort) -> None:
    """Check that a leading model axis gives each model its own loss."""
    import torch

    targets = _replace_nan(_targets(task, cohort), task.kind)
    logits = _logits(task, len(targets)).detach()
    stack = [logits, logits.flip(0)]
    stacked = task.loss(torch.stack(stack), targets.expand(2, *targets.shape))
    expected = torch.stack([task.loss(each, targets) for each in stack])
    assert torch.allclose(stacked, expected, atol=1e-5), "a leading model axis changes the loss"


def check_aux_task_gradients(task: AuxTask, cohort: Cohort) -> None:
    """Check that gradients, and the losses of cases with known labels, are finite."""
    import torch

    targets = _targets(task, cohort)
    logits = _logits(task, len(targets))
    is_known = torch.from_numpy(find_labeled_cases(targets, task.kind))
    losses = task.loss(logits, _replace_nan(targets, task.kind))
    torch.autograd.backward(losses.sum())
    assert logits.grad is not None, "the loss does not depend on the logits"
    assert bool(torch.isfinite(logits.grad).all()), "gradients are not finite"
    assert bool(torch.isfinite(losses[is_known]).all()), "losses are not finite"


def check_aux_task_probabilities(task: AuxTask, cohort: Cohort) -> None:
    """Check that probabilities have the shape of the logits."""
    logits = _logits(task, len(_targets(task, cohort)))
    shape = tuple(task.probabilities(logits).shape)
    assert shape == tuple(logits.shape), f"probabilities have the shape {shape}"


def check_aux_task_examples(task: AuxTask, cohort: Cohort) -> None:
    """Check that the cases of examples, if there are any, are those with a target of 1."""
    if not isinstance(task, ImageTask):
        return
    cohort = add_images(cohort)
    examples, expected = task.examples(encode_images(cohort)), task.targets(cohort)
    cases = np.flatnonzero(~np.isnan(expected))
    assert np.array_equal(np.unique(examples.case), cases), "targets tell other cases than examples"
    assert len(examples.rows) == len(examples.targets) == len(examples), "examples differ in length"
    assert (examples.rows[..., 0] >= 0).all(), "a bag has no rows"


def check_aux_task_head(task: AuxTask, cohort: Cohort) -> None:
    """Check that a head, if the task brings one, maps image features to logits."""
    import torch

    if not isinstance(task, OwnHead):
        return
    shape: tuple[int, ...] = (BATCH, _FEATURES)
    if isinstance(task, ImageTask):
        images = encode_images(add_images(cohort))
        shape = (BATCH, task.examples(images).bags, _FEATURES)
    else:
        task.targets(cohort)  # before outputs, which may depend on the cohort
    head = task.head(_FEATURES)
    if head is None:
        return
    stacked = torch.func.vmap(head)(torch.ones(2, *shape))
    expected = (2, BATCH, task.outputs)
    assert stacked.shape == expected, f"logits of a head have the shape {tuple(stacked.shape)}"
    assert not list(head.buffers()), "the head has buffers"


def check_aux_task_needs(task: AuxTask, cohort: Cohort) -> None:
    """Check that the data that the task learns from, if it names them, are known ones."""
    needs = getattr(task, "needs", "labels")
    options = get_args(TaskNeeds)
    assert needs in options, f"needs is {needs!r}, expected {', '.join(options)}"


def check_aux_task_control(task: AuxTask, cohort: Cohort) -> None:
    """Check that the control that the task is, if it names one, is a known one."""
    control = getattr(task, "control", "none")
    options = get_args(Control)
    assert control in options, f"control is {control!r}, expected {', '.join(options)}"


def check_aux_task_target(task: AuxTask, cohort: Cohort) -> None:
    """Check that a task made from the target has labels for one outcome, and for several."""
    if not isinstance(task, TargetBased):
        return
    labels = np.arange(2.0 * len(cohort)).reshape(-1, 2) % 3
    labels[labels == 2] = np.nan
    for bound in (
        task.bind_target(labels[:, 0], "binary"),
        task.bind_target(labels, "multilabel"),
    ):
        check_aux_task_targets(bound, cohort)
        check_aux_task_gradients(bound, cohort)


def check_aux_task_notes(task: AuxTask, cohort: Cohort) -> None:
    """Check that notes are texts."""
    notes = task.notes(add_images(cohort))
    assert all(isinstance(note, str) for note in notes), "a note is not a text"


def check_weighting_shape(weighting: Weighting, cohort: Cohort) -> None:
    """Check that combined losses are (K,)."""
    losses, scalars = _losses(weighting)
    shape = tuple(weighting.combine(losses, scalars).shape)
    assert shape == (len(losses),), f"combined losses have the shape {shape}"


def check_weighting_model_independence(weighting: Weighting, cohort: Cohort) -> None:
    """Check that the combined loss of a model does not depend on the other models."""
    import torch

    losses, scalars = _losses(weighting)
    in_stack = weighting.combine(losses, scalars)[1:2]
    alone = weighting.combine(losses[1:2], scalars[1:2])
    assert torch.allclose(in_stack, alone), "the loss of a model depends on the other models"


def check_weighting_step_independence(weighting: Weighting, cohort: Cohort) -> None:
    """Check that the weights of a step, if it has any, do not depend on the other models."""
    import torch

    if not isinstance(weighting, StepWeights):
        return
    state = torch.tensor([list(weighting.initial_state(_TASKS))] * 4, dtype=torch.float32)
    random = torch.rand(4, 3, 7, generator=torch.Generator().manual_seed(0)) - 0.4
    step = WeightingStep(
        losses=_losses(weighting)[0],
        gramians=random @ random.mT if weighting.needs_gradients else None,
        uniforms=random[:, :, :3] + 0.4,
        epoch=1,
        max_epochs=2,
    )
    alone = replace(
        step,
        losses=step.losses[1:2],
        gramians=None if step.gramians is None else step.gramians[1:2],
        uniforms=step.uniforms[1:2],
    )
    parts = zip(weighting.weigh(step, state), weighting.weigh(alone, state[1:2]), strict=True)
    assert all(torch.allclose(a[1:2], b, atol=1e-6) for a, b in parts), (
        "the weights of a model depend on the other models"
    )


def check_search_space(tunable: object, cohort: Cohort) -> None:
    """Check that a search space, if there is one, names parameters and offers values."""
    if not isinstance(tunable, Tunable):
        return
    for name, values in tunable.space().items():
        assert isinstance(name, str), f"a parameter of the search space is named {name!r}"
        assert len(list(values)), f"the search space has no values of {name}"


def _images(encoder: Encoder) -> Tensor:
    import torch

    size: tuple[int, ...] = (5, 64, 64) if encoder.level == "volume" else (64, 64)
    if isinstance(encoder, OwnGrid):
        size = encoder.grid.shape
    shape = (BATCH, 1, *size)
    return torch.linspace(-1, 1, math.prod(shape)).view(shape)


def _targets(task: AuxTask, cohort: Cohort) -> NDArray[np.float64]:
    """Return the targets of a task, those of its examples if it learns from images."""
    cohort = add_images(cohort)
    if isinstance(task, ImageTask):
        return task.examples(encode_images(cohort)).targets
    return task.targets(cohort)


def _logits(task: AuxTask, n: int) -> Tensor:
    """Return n logits; outputs may depend on the cohort, so that targets are read before."""
    import torch

    logits = torch.linspace(-2, 2, n * task.outputs).view(n, task.outputs)  # (n, outputs)
    return logits.requires_grad_()


def _replace_nan(targets: NDArray[np.float64], kind: Label) -> Tensor:
    """Return the targets with zeros for unknown labels, as the trainer passes them."""
    import torch

    from lnmbench.nets.losses import split_known_labels

    partial = kind == "multilabel"
    labels, _ = split_known_labels(torch.from_numpy(targets).float(), partial=partial)
    return labels


def _losses(weighting: Weighting) -> tuple[Tensor, Tensor]:
    """Return losses (K, tasks) and initial scalars (K, m) of four models."""
    import torch

    scalars = torch.tensor([list(weighting.initial_scalars(_TASKS))] * 4)
    losses = torch.rand(4, 3, generator=torch.Generator().manual_seed(0)) + 0.1
    return losses, scalars
