"""Auxiliary tasks that learn from images: refusals of networks that cannot train them."""

from __future__ import annotations

from lnmbench.contracts import AuxTask, Encoder, ImageTask, PrecomputedFeatures
from lnmbench.errors import UserError
from lnmbench.records import Choice, Cohort


def refuse_image_task(
    name: str, task: AuxTask, encoder: Encoder, choice: Choice, cohort: Cohort
) -> None:
    """Raise `UserError` for an auxiliary task that a network's encoder has no images for.

    Parameters
    ----------
    name
        The name of the task.
    task
        The auxiliary task.
    encoder
        The encoder of the network.
    choice
        The encoder's bound choice; its parameter `train` names the first trained stage.
    cohort
        The cohort, for the size of the slices.
    """
    if not isinstance(task, ImageTask):
        return
    if encoder.level != "slice":
        level = "has no images" if encoder.level == "none" else "encodes whole volumes"
        raise UserError(
            f"aux task {name} learns from slices, but the encoder {choice.name} {level}",
            expected="an encoder of slices",
            then="choose another --encoder, or leave the task out",
        )
    trained = str(choice.parameters.get("train", "none"))
    if task.images == "slices":
        return
    if isinstance(encoder, PrecomputedFeatures):
        raise UserError(
            f"aux task {name} learns from {task.images}, which encoder {choice.name} cannot encode:"
            " its features are those of a file",
            then="choose another --encoder, or leave the task out",
        )
    if trained != "none":
        raise UserError(
            f"aux task {name} learns from {task.images}, which are encoded once",
            where=f"encoder {choice.name}",
            expected="a frozen encoder (train=none)",
            got=f"train={trained}",
        )
    if task.images == "places":
        from lnmbench.nets.encoder.feature_maps import split_at_maps

        where = f"encoder {choice.name}, for aux task {name}"
        split_at_maps(encoder.stages(), cohort.preprocessing.patch, where=where)
