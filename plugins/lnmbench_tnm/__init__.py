"""Nodal targets, and auxiliary tasks with labels from columns: stages, pathology, signs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import AuxTask, Target


@hookimpl
def register_targets() -> Mapping[str, Callable[..., Target]]:
    """Offer nodal targets."""
    from lnmbench_tnm.n_category import NCategory
    from lnmbench_tnm.nodes import n1, n2
    from lnmbench_tnm.station import Station
    from lnmbench_tnm.stations import Stations

    return {
        "n1": n1,
        "n2": n2,
        "n_category": NCategory,
        "station": Station,
        "stations": Stations,
    }


@hookimpl
def register_aux_tasks() -> Mapping[str, Callable[..., AuxTask]]:
    """Offer auxiliary tasks with labels from columns: stages, pathology, signs, any column."""
    from lnmbench_tnm import pathology, tumor_stage
    from lnmbench_tnm.column_task import column
    from lnmbench_tnm.nodal_stage import pn
    from lnmbench_tnm.signs import signs

    return {
        "pt": tumor_stage.pt,
        "pt_ordinal": tumor_stage.pt_ordinal,
        "pt_binary": tumor_stage.pt_binary,
        "pt_soft": tumor_stage.pt_soft,
        "ct": tumor_stage.ct,
        "pn": pn,
        "size": pathology.size,
        "histology": pathology.histology,
        "growth_pattern": pathology.growth_pattern,
        "grade": pathology.grade,
        "invasion": pathology.invasion,
        "signs": signs,
        "column": column,
    }
