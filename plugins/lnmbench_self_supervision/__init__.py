"""Auxiliary tasks that need no labels: they learn from the images alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import AuxTask


@hookimpl
def register_aux_tasks() -> Mapping[str, Callable[..., AuxTask]]:
    """Offer auxiliary tasks that need no labels."""
    from lnmbench_self_supervision.contrastive import Contrastive
    from lnmbench_self_supervision.reconstruction import MaskedSlices, Reconstruct
    from lnmbench_self_supervision.rotation import Rotation
    from lnmbench_self_supervision.slice_order import SliceOrder

    return {
        "reconstruct": Reconstruct,
        "masked_slices": MaskedSlices,
        "slice_order": SliceOrder,
        "rotation": Rotation,
        "contrastive": Contrastive,
    }
