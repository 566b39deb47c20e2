"""What `weights=` accepts, known before torch is loaded."""

from __future__ import annotations

from pathlib import Path

from lnmbench import UserError
from lnmbench_torchvision.family import Family

NAMED = ("auto", "imagenet", "kinetics", "random")
TITLES = {"imagenet": "ImageNet", "kinetics": "Kinetics-400"}


def check_source(name: str, family: Family, source: str) -> None:
    """Raise `UserError` for weights that there cannot be; nothing is loaded."""
    known = f"auto | {family.pretrained} | random | FILE"
    if source in TITLES and source != family.pretrained:
        title = TITLES[family.pretrained]
        raise UserError(
            f"{name} has no {source} weights",
            expected=known,
            then=f"its pretrained weights come from {title}: {name}:weights={family.pretrained}",
        )
    if source not in NAMED and not Path(source).expanduser().is_file():
        raise UserError(
            f"wrong value for weights of {name}", expected=known, got=f"{source!r}, no such file"
        )
