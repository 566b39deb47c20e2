"""Image controls as parameters of an encoder."""

from __future__ import annotations

from lnmbench.records import (
    Choice,
    image_control,
    image_control_seed,
    strip_image_control,
)


def test_an_encoder_without_the_parameter_has_its_own_images() -> None:
    plain = Choice(name="resnet50", parameters={"cut": "layer3"})
    controlled = Choice(
        name="resnet50", parameters={"cut": "layer3", "control": "noise", "control_seed": "4"}
    )
    assert (image_control(plain), image_control_seed(plain)) == ("none", 0)
    assert (image_control(controlled), image_control_seed(controlled)) == ("noise", 4)
    assert strip_image_control(controlled) == strip_image_control(plain) == plain
