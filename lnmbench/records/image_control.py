"""Image controls: images without what a network should look at, as parameters of an encoder."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from lnmbench.records.choice import Choice

ImageControl = Literal["none", "shuffled_roi", "shuffled_background", "other_patient", "noise"]
"""Changes of the images: pixels in the tumor mask or outside of it permuted within each slice, the
images of another patient, or noise with the intensities of the cohort."""

IMAGE_CONTROL = "control"
"""The parameter of any encoder that changes its images."""
IMAGE_CONTROL_SEED = "control_seed"
"""The parameter of any encoder that seeds the change of its images."""


def image_control(encoder: Choice) -> ImageControl:
    """Return the change of an encoder's images.

    Examples
    --------
    >>> image_control(Choice(name="resnet50", parameters={"control": "noise"}))
    'noise'
    """
    chosen = encoder.parameters.get(IMAGE_CONTROL, "none")
    return next((each for each in get_args(ImageControl) if each == chosen), "none")


def image_control_seed(encoder: Choice) -> int:
    """Return the seed of the change of an encoder's images."""
    return int(str(encoder.parameters.get(IMAGE_CONTROL_SEED, 0)))


def strip_image_control(encoder: Choice) -> Choice:
    """Return the encoder of a choice with unchanged images.

    Examples
    --------
    >>> strip_image_control(Choice(name="resnet50", parameters={"control": "noise"}))
    Choice(name='resnet50', parameters={})
    """
    options = (IMAGE_CONTROL, IMAGE_CONTROL_SEED)
    parameters = {name: v for name, v in encoder.parameters.items() if name not in options}
    return replace(encoder, parameters=parameters)
