"""Encoders of planned networks: refusals and notices."""

from __future__ import annotations

import math
from collections.abc import Iterable

from lnmbench.contracts import Encoder, OwnGrid, PrecomputedFeatures
from lnmbench.errors import UserError
from lnmbench.records import (
    IMAGE_CONTROL,
    IMAGE_CONTROL_SEED,
    Choice,
    Cohort,
    NetworkMethod,
    Protocol,
    Training,
    image_control,
    image_control_seed,
)
from lnmbench.stages.plan.missing_images import refuse_missing_images


def refuse_cohort(encoder: Encoder, choice: Choice, cohort: Cohort, protocol: Protocol) -> None:
    """Raise `UserError` for a cohort that lacks the images or features that a network needs.

    Parameters
    ----------
    encoder
        The encoder that `choice` names.
    choice
        The encoder's choice, as the user wrote it.
    cohort
        The cohort that is to be learned from.
    protocol
        The protocol, which says how cases without images are used.
    """
    if encoder.level == "none":
        refuse_no_features(cohort, "a network without images")
    elif isinstance(encoder, PrecomputedFeatures) and encoder.level == "volume":
        return  # of a cohort of tables as well
    else:
        then = "use --encoder none for a network on the clinical features"
        refuse_missing_images(cohort, f"the encoder {choice.name}", protocol, then=then)
        refuse_small_boxes(encoder, choice, cohort)


def refuse_small_boxes(encoder: Encoder, choice: Choice, cohort: Cohort) -> None:
    """Raise `UserError` for an own grid that reaches beyond the CT that the cohort file keeps.

    Parameters
    ----------
    encoder
        The encoder that `choice` names.
    choice
        The encoder's choice.
    cohort
        The cohort that is to be learned from.
    """
    if not isinstance(encoder, OwnGrid):
        return
    reach, available = encoder.grid.reach_mm, cohort.preprocessing.native_mm
    if reach > available:
        raise UserError(
            f"encoder {choice.name} needs the CT at its own resolution",
            expected=f"up to {reach:g} mm from the tumor's center",
            got=f"up to {available:g} mm in cohort {cohort.name}"
            if available
            else f"none in {cohort.name}",
            then=f"add --keep-native {math.ceil(reach)}, which ingests the cohort again",
        )


def refuse_image_control(encoder: Encoder, choice: Choice, cohort: Cohort) -> None:
    """Raise `UserError` for an image control that an encoder or cohort does not allow.

    Parameters
    ----------
    encoder
        The encoder that `choice` names.
    choice
        The encoder's choice, with typed parameters.
    cohort
        The cohort that is to be learned from.
    """
    control, seed = image_control(choice), image_control_seed(choice)
    if seed < 0:
        raise UserError(
            f"wrong value for {IMAGE_CONTROL_SEED}",
            where=f"encoder {choice.name}",
            expected="a seed of 0 or more",
            got=str(seed),
        )
    if seed and control == "none":
        raise UserError(
            f"{IMAGE_CONTROL_SEED} of encoder {choice.name} has no effect without {IMAGE_CONTROL}",
            then=f"omit it, or add {IMAGE_CONTROL}=…",
        )
    if control != "none" and encoder.level == "none":
        raise UserError(
            f"encoder {choice.name} has no images for {IMAGE_CONTROL}={control}",
            then=f"omit {IMAGE_CONTROL}, or choose an encoder of images",
        )
    if isinstance(encoder, PrecomputedFeatures) and control not in ("none", "other_patient"):
        raise UserError(
            f"encoder {choice.name} has features of the unchanged images, not those of"
            f" {IMAGE_CONTROL}={control}",
            then=f"use {IMAGE_CONTROL}=other_patient, which exchanges the features of patients",
        )
    if control == "other_patient" and len(set(cohort.groups)) < 2:
        raise UserError(
            f"cohort {cohort.name} has no other patient for {IMAGE_CONTROL}={control}",
            then=f"use {IMAGE_CONTROL}=noise",
        )


def refuse_no_features(cohort: Cohort, model: str) -> None:
    """Raise `UserError` for a cohort without the features that a model needs."""
    if not cohort.features:
        raise UserError(
            f"cohort {cohort.name} has no features for {model}",
            then="choose other modalities, or give columns the role feature in the dictionary",
        )


def refuse_untrainable(encoder: Encoder, choice: Choice, training: Training) -> None:
    """Raise `UserError` for an encoder that cannot be trained or augmented as chosen.

    Parameters
    ----------
    encoder
        The encoder that `choice` names.
    choice
        The encoder's choice; its parameter `train` names the first encoder stage to train.
    training
        The training settings of the network.
    """
    name = str(choice.parameters.get("train", "none"))
    if isinstance(encoder, PrecomputedFeatures):
        _refuse_training_precomputed(choice, training, name)
        return
    if isinstance(encoder, OwnGrid) and training.augment != "none":
        raise UserError(
            f"encoder {choice.name} has its own grid, whose volumes are not augmented",
            expected="augment=none",
            got=f"augment={training.augment}",
            then="run other encoders with augmentation in a run of their own",
        )
    if name != "none" and encoder.level != "slice":
        raise UserError(
            f"encoder {choice.name} is of level {encoder.level} and cannot be trained",
            expected="train=none",
            got=f"train={name}",
        )
    frozen = encoder.level != "none"
    if name != "none":
        from lnmbench.nets.encoder.frozen import split_stages

        frozen = bool(len(split_stages(encoder.stages(), name)[0]))
    if frozen and training.augment != "none" and training.views < 2:
        raise UserError(
            "training setting views",
            expected=f"at least 2, to augment the images of the frozen encoder {choice.name}",
            got=str(training.views),
        )


def _refuse_training_precomputed(choice: Choice, training: Training, train: str) -> None:
    if train != "none":
        raise UserError(
            f"encoder {choice.name} has features of a file and no stages to train",
            expected="train=none",
            got=f"train={train}",
        )
    if training.augment != "none":
        raise UserError(
            f"encoder {choice.name} has features of a file, and no images to augment",
            expected="augment=none",
            got=f"augment={training.augment}",
            then="run encoders of images with augmentation in a run of their own",
        )


def refuse_heads(encoder: Encoder, choice: Choice, training: Training) -> None:
    """Raise `UserError` for features whose number is not a multiple of the attention heads.

    Parameters
    ----------
    encoder
        The encoder that `choice` names.
    choice
        The encoder's choice, as the user wrote it.
    training
        The training settings of the network. With a `token_dim`, features are projected to it;
        without `layers`, there are no heads.
    """
    widens = encoder.level != "none" and training.token_dim is None and training.layers > 0
    if widens and encoder.out_dim % training.heads:
        raise UserError(
            f"token_dim=none keeps the {encoder.out_dim} features of {choice.name}",
            expected=f"a multiple of heads ({training.heads})",
            then="choose another number of heads, or a token_dim",
        )


_WITHOUT_IMAGES = (
    "auxiliary tasks without images: the head of the target has all of the network's input, the"
    " clinical features, so that a task can hardly help, whatever its labels are; choose an encoder"
    " of images (--encoder) to test one"
)


def list_notices(methods: Iterable[NetworkMethod]) -> list[str]:
    """Return notices for the user on weights, fine-tuning, and auxiliary tasks without images."""
    networks = list(methods)
    weights = [f"{m.encoder.name}: {m.weights.note}" for m in networks if m.weights.note]
    trained = [_describe_fine_tuning(m) for m in networks if m.trained_from != "none"]
    without_images = any(m.level == "none" and m.aux for m in networks)
    return [*weights, *trained, *([_WITHOUT_IMAGES] if without_images else [])]


def _describe_fine_tuning(method: NetworkMethod) -> str:
    batch_norm = {"frozen": "frozen", "batch": "computed from each batch"}
    whole = method.trained_from == "all"
    return (
        f"{method.encoder.name}: trained {'as a whole' if whole else f'from {method.trained_from}'}"
        f" at a learning rate of {method.training.encoder_learning_rate:g}; statistics of batch"
        f" normalization are {batch_norm[method.training.batch_norm]}"
        " (training setting batch_norm)"
    )
