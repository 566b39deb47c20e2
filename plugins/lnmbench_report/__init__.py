"""Parts of the report: the answer, what it rests on, and how it was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Section


@hookimpl
def register_sections() -> Mapping[str, Callable[..., Section]]:
    """Offer the paper's tables, with what is needed to judge them."""
    from lnmbench_report.figures.sections import (
        Differences,
        Discrimination,
        Fitting,
        Probabilities,
    )
    from lnmbench_report.tables.across import Across
    from lnmbench_report.tables.answer import Answer
    from lnmbench_report.tables.auxiliary import Auxiliary
    from lnmbench_report.tables.calibration import Calibrated
    from lnmbench_report.tables.cite import Cite
    from lnmbench_report.tables.cohort import CohortTable
    from lnmbench_report.tables.comparisons import AllComparisons, Comparisons
    from lnmbench_report.tables.conclusion import Conclusion
    from lnmbench_report.tables.cost import Costs
    from lnmbench_report.tables.further import Further
    from lnmbench_report.tables.manifest import Passport
    from lnmbench_report.tables.net_benefit import NetBenefits
    from lnmbench_report.tables.operating import OperatingPoints
    from lnmbench_report.tables.performance import Performance
    from lnmbench_report.tables.search import Searched
    from lnmbench_report.tables.setting import Setting
    from lnmbench_report.tables.tuning import Tuning

    return {
        "answer": Answer,
        "setting": Setting,
        "across": Across,
        "performance": Performance,
        "discrimination": Discrimination,
        "comparisons": Comparisons,
        "differences": Differences,
        "conclusion": Conclusion,
        "aux": Auxiliary,
        "further": Further,
        "calibration": Calibrated,
        "operating": OperatingPoints,
        "net_benefit": NetBenefits,
        "probabilities": Probabilities,
        "tuning": Tuning,
        "fitting": Fitting,
        "cohort": CohortTable,
        "cost": Costs,
        "search": Searched,
        "all_comparisons": AllComparisons,
        "manifest": Passport,
        "cite": Cite,
    }
