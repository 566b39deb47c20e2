"""The only way into torchvision: builds of torch and torchvision must belong together."""

from __future__ import annotations

from typing import Any

from lnmbench import UserError

PAIRING = "pip install --upgrade --force-reinstall torch torchvision"


def torchvision_models() -> Any:
    """Return `torchvision.models`, or raise `UserError` where torch cannot load torchvision."""
    try:
        from torchvision import models
    except (RuntimeError, ImportError, OSError) as error:
        raise UserError(
            "torch and torchvision do not belong together",
            expected="a matching pair of builds",
            got=str(error)[:100],
            then=f"{PAIRING} lets pip choose one",
        ) from error
    return models
