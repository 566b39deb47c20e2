"""Targets and auxiliary tasks of the TNM classification: `n1`, `n2`, `station`, `pt`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import AuxTask, Target


@hookimpl
def register_targets() -> Mapping[str, Callable[..., Target]]:
    """Offer nodal targets."""
    from lnmbench_tnm.nodes import n1, n2
    from lnmbench_tnm.station import Station

    return {"n1": n1, "n2": n2, "station": Station}


@hookimpl
def register_aux_tasks() -> Mapping[str, Callable[..., AuxTask]]:
    """Offer the pathological T stage as an auxiliary task."""
    from lnmbench_tnm.tumor_stage import PtStage

    return {"pt": PtStage}
