"""Auxiliary tasks with tumor masks: segmentation, volume and shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import AuxTask


@hookimpl
def register_aux_tasks() -> Mapping[str, Callable[..., AuxTask]]:
    """Offer auxiliary tasks that need tumor masks."""
    from lnmbench_tumor_masks.segment import Segment
    from lnmbench_tumor_masks.shape import Shape, Volume

    return {"segment": Segment, "volume": Volume, "shape": Shape}
