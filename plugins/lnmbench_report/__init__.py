"""The sections of the report: the answer, the results behind it, and their provenance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Section


@hookimpl
def register_sections() -> Mapping[str, Callable[..., Section]]:
    """Offer the sections of the report; those of one group are printed in this order."""
    from lnmbench_report.answer import Answer
    from lnmbench_report.auxiliary_tasks import AuxiliaryTasks
    from lnmbench_report.calibration import CalibrationTable
    from lnmbench_report.citation import Citation
    from lnmbench_report.coefficients import Coefficients
    from lnmbench_report.cohort import CohortTable
    from lnmbench_report.cohort_comparison.tables import CohortComparison
    from lnmbench_report.comparisons.fold_differences import Differences
    from lnmbench_report.comparisons.margins import Margins
    from lnmbench_report.comparisons.tables import AllComparisons, Comparisons
    from lnmbench_report.conclusion import Conclusion
    from lnmbench_report.cost import CostTable
    from lnmbench_report.difficult_cases import DifficultCases
    from lnmbench_report.discrimination import Discrimination
    from lnmbench_report.encoder_probe import EncoderProbes
    from lnmbench_report.image_controls import ImageControls
    from lnmbench_report.importance import Importance
    from lnmbench_report.label_shares import LabelShares
    from lnmbench_report.label_tests import LabelTests
    from lnmbench_report.manifest import RunManifest
    from lnmbench_report.modalities import Modalities
    from lnmbench_report.net_benefit import NetBenefits
    from lnmbench_report.operating_points import OperatingPoints
    from lnmbench_report.outcomes import OutcomeTable
    from lnmbench_report.performance import FurtherMetrics, Performance
    from lnmbench_report.probabilities import Probabilities
    from lnmbench_report.questions import Questions
    from lnmbench_report.search.tables import Trials, Tuning
    from lnmbench_report.selected_features import SelectedFeatures
    from lnmbench_report.setting import Setting
    from lnmbench_report.training import LearningCurves
    from lnmbench_report.untrained_methods.tables import UntrainedMethods

    return {
        "answer": Answer,
        "setting": Setting,
        "across": CohortComparison,
        "performance": Performance,
        "outcomes": OutcomeTable,
        "discrimination": Discrimination,
        "comparisons": Comparisons,
        "questions": Questions,
        "labels": LabelTests,
        "label_shares": LabelShares,
        "image_controls": ImageControls,
        "modalities": Modalities,
        "untrained": UntrainedMethods,
        "margins": Margins,
        "differences": Differences,
        "conclusion": Conclusion,
        "probe": EncoderProbes,
        "aux": AuxiliaryTasks,
        "further": FurtherMetrics,
        "importance": Importance,
        "coefficients": Coefficients,
        "selection": SelectedFeatures,
        "calibration": CalibrationTable,
        "operating": OperatingPoints,
        "net_benefit": NetBenefits,
        "probabilities": Probabilities,
        "difficult_cases": DifficultCases,
        "tuning": Tuning,
        "fitting": LearningCurves,
        "cohort": CohortTable,
        "cost": CostTable,
        "search": Trials,
        "all_comparisons": AllComparisons,
        "manifest": RunManifest,
        "cite": Citation,
    }
