"""The report reader `ct`: features from free-text chest CT reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import ReportReader


@hookimpl
def register_report_readers() -> Mapping[str, Callable[..., ReportReader]]:
    """Return the report reader `ct`."""
    from lnmbench_ctreports.reader import CtReport

    return {"ct": CtReport}
