"""Label controls: auxiliary tasks whose labels carry nothing about a case, or the target itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import AuxTask


@hookimpl
def register_aux_tasks() -> Mapping[str, Callable[..., AuxTask]]:
    """Offer the label controls."""
    from lnmbench_controls.oracle import Oracle
    from lnmbench_controls.uninformative import ConstantLabels, RandomLabels

    return {"random": RandomLabels, "constant": ConstantLabels, "oracle": Oracle}
