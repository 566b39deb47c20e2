"""Statistics of a benchmark: functions of arrays, each with its formula and its source.

Wrong input is a bug of the caller and raises `ValueError`; stages check the user's data first.
"""

from lnmbench.stats.bayes import CorrelatedPosterior, bayesian_correlated_ttest
from lnmbench.stats.bootstrap import bootstrap_intervals
from lnmbench.stats.calibration_curves import CalibrationCurve, calibration_curve
from lnmbench.stats.curves import PrCurve, RocBand, RocCurve, pr_curve, roc_band, roc_curve
from lnmbench.stats.cv_auc import (
    compare_placements,
    placement_components,
    placement_test,
    placements,
)
from lnmbench.stats.decision_curves import DecisionCurve, decision_curve, net_benefit
from lnmbench.stats.delong import (
    AucTest,
    Components,
    compare_components,
    components_interval,
    delong_components,
    delong_interval,
    delong_test,
)
from lnmbench.stats.discrimination import auc, average_precision
from lnmbench.stats.equivalence import MarginTest, margin_test
from lnmbench.stats.friedman import (
    AcrossCohorts,
    RankedPair,
    friedman_holm,
    least_pvalues,
)
from lnmbench.stats.hierarchical import HierarchicalPosterior, bayesian_hierarchical
from lnmbench.stats.linear_probe import cross_validated_ridge, predict_by_ridge
from lnmbench.stats.multiplicity import holm
from lnmbench.stats.nemenyi import CriticalDifference, critical_difference
from lnmbench.stats.new_cohort import GainCurve, NewCohort, estimate_new_cohort, simulate_gains
from lnmbench.stats.operating_points import (
    OperatingPoint,
    operating_point,
    threshold_for_sensitivity,
    threshold_for_specificity,
)
from lnmbench.stats.ordinal import dice, macro_auc, mean_absolute_error, quadratic_kappa
from lnmbench.stats.paired_bootstrap import (
    BootstrapTest,
    Resampled,
    compare_resampled,
    resample_metric,
)
from lnmbench.stats.permutation import permutation_pvalue
from lnmbench.stats.recalibration import Calibration, calibration
from lnmbench.stats.resampled import (
    Interval,
    ResampledTest,
    corrected_interval,
    corrected_resampled_ttest,
    minimum_detectable_difference,
    paired_ttest,
    power,
)
from lnmbench.stats.scoring_rules import brier, log_loss
from lnmbench.stats.selection_stability import selection_stability
from lnmbench.stats.shares import Share

__all__ = [
    "AcrossCohorts",
    "AucTest",
    "BootstrapTest",
    "Calibration",
    "CalibrationCurve",
    "Components",
    "CorrelatedPosterior",
    "CriticalDifference",
    "DecisionCurve",
    "GainCurve",
    "HierarchicalPosterior",
    "Interval",
    "MarginTest",
    "NewCohort",
    "OperatingPoint",
    "PrCurve",
    "RankedPair",
    "Resampled",
    "ResampledTest",
    "RocBand",
    "RocCurve",
    "Share",
    "auc",
    "average_precision",
    "bayesian_correlated_ttest",
    "bayesian_hierarchical",
    "bootstrap_intervals",
    "brier",
    "calibration",
    "calibration_curve",
    "compare_components",
    "compare_placements",
    "compare_resampled",
    "components_interval",
    "corrected_interval",
    "corrected_resampled_ttest",
    "critical_difference",
    "cross_validated_ridge",
    "decision_curve",
    "delong_components",
    "delong_interval",
    "delong_test",
    "dice",
    "estimate_new_cohort",
    "friedman_holm",
    "holm",
    "least_pvalues",
    "log_loss",
    "macro_auc",
    "margin_test",
    "mean_absolute_error",
    "minimum_detectable_difference",
    "net_benefit",
    "operating_point",
    "paired_ttest",
    "permutation_pvalue",
    "placement_components",
    "placement_test",
    "placements",
    "power",
    "pr_curve",
    "predict_by_ridge",
    "quadratic_kappa",
    "resample_metric",
    "roc_band",
    "roc_curve",
    "selection_stability",
    "simulate_gains",
    "threshold_for_sensitivity",
    "threshold_for_specificity",
]
