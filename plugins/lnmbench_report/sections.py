"""Factories of the sections, which import the module of a section when it is built.

A list of all offers needs the first line of each docstring alone, and so loads no numpy.
"""

from __future__ import annotations

from lnmbench.contracts import Section


def make_answer() -> Section:
    """The effect of the auxiliary tasks on the target, and the limits of that answer."""
    from lnmbench_report.answer import Answer

    return Answer()


def make_setting() -> Section:
    """Cohort, truth of a synthetic one, terms of use, features, protocol and encoder weights."""
    from lnmbench_report.setting import Setting

    return Setting()


def make_across() -> Section:
    """Cohorts, the scores of each method in all of them, and tests whose unit is the cohort."""
    from lnmbench_report.cohort_comparison.tables import CohortComparison

    return CohortComparison()


def make_performance() -> Section:
    """Each primary metric of each complete method: mean, corrected 95 % interval, SD over folds."""
    from lnmbench_report.performance import Performance

    return Performance()


def make_outcomes() -> Section:
    """Each outcome of the target with its counts, and AUC, AP and Brier score of each method."""
    from lnmbench_report.outcomes import OutcomeTable

    return OutcomeTable()


def make_discrimination() -> Section:
    """ROC and precision-recall curves of the out-of-fold probabilities of each repeat."""
    from lnmbench_report.discrimination import Discrimination

    return Discrimination()


def make_comparisons() -> Section:
    """Differences with the corrected, Holm's and the published p; then the additional tests."""
    from lnmbench_report.comparisons.tables import Comparisons

    return Comparisons()


def make_questions() -> Section:
    """Each network with auxiliary tasks against the same network without them, ranked."""
    from lnmbench_report.questions import Questions

    return Questions()


def make_labels() -> Section:
    """Each network with auxiliary tasks among its negative controls."""
    from lnmbench_report.label_tests import LabelTests

    return LabelTests()


def make_label_shares() -> Section:
    """The effect of auxiliary tasks by the number of their labels: a table and a figure."""
    from lnmbench_report.label_shares import LabelShares

    return LabelShares()


def make_image_controls() -> Section:
    """Each network with its own images against the same one with changed images."""
    from lnmbench_report.image_controls import ImageControls

    return ImageControls()


def make_modalities() -> Section:
    """Each method with each set of modalities, and the difference from that with all of them."""
    from lnmbench_report.modalities import Modalities

    return Modalities()


def make_untrained() -> Section:
    """Readers, other software and scores, and their tests against the trained methods."""
    from lnmbench_report.untrained_methods.tables import UntrainedMethods

    return UntrainedMethods()


def make_margins() -> Section:
    """Superiority, non-inferiority and equivalence of each question within declared margins."""
    from lnmbench_report.comparisons.margins import Margins

    return Margins()


def make_differences() -> Section:
    """Differences on the folds, all mean differences, their posterior, and the power."""
    from lnmbench_report.comparisons.fold_differences import Differences

    return Differences()


def make_conclusion() -> Section:
    """A line on each auxiliary task, on each negative control, and on each baseline."""
    from lnmbench_report.conclusion import Conclusion

    return Conclusion()


def make_probe() -> Section:
    """The target and each auxiliary label, predicted from the frozen features of each encoder."""
    from lnmbench_report.encoder_probe import EncoderProbes

    return EncoderProbes()


def make_aux() -> Section:
    """Each auxiliary task of each complete network: cases with a label, and its metrics."""
    from lnmbench_report.auxiliary_tasks import AuxiliaryTasks

    return AuxiliaryTasks()


def make_further() -> Section:
    """Each further metric of each complete method: mean, corrected 95 % interval, SD over folds."""
    from lnmbench_report.performance import FurtherMetrics

    return FurtherMetrics()


def make_importance() -> Section:
    """The loss of the first primary metric when an input is permuted (Breiman 2001)."""
    from lnmbench_report.importance import Importance

    return Importance()


def make_coefficients() -> Section:
    """Odds ratios of linear models, and the equation of the final one (TRIPOD 22)."""
    from lnmbench_report.coefficients import Coefficients

    return Coefficients()


def make_selection() -> Section:
    """The features that `select=` selected in the inner fits, and how stable this is."""
    from lnmbench_report.selected_features import SelectedFeatures

    return SelectedFeatures()


def make_calibration() -> Section:
    """Calibration of each complete method on the out-of-fold probabilities of each repeat."""
    from lnmbench_report.calibration import CalibrationTable

    return CalibrationTable()


def make_operating() -> Section:
    """Each complete method at each operating point that its inner folds chose."""
    from lnmbench_report.operating_points import OperatingPoints

    return OperatingPoints()


def make_net_benefit() -> Section:
    """The net benefit of each complete method at three threshold probabilities."""
    from lnmbench_report.net_benefit import NetBenefits

    return NetBenefits()


def make_probabilities() -> Section:
    """Calibration curves, decision curves, and predicted probabilities by outcome."""
    from lnmbench_report.probabilities import Probabilities

    return Probabilities()


def make_difficult_cases() -> Section:
    """The cases that every method ranks among those of the other label."""
    from lnmbench_report.difficult_cases import DifficultCases

    return DifficultCases()


def make_tuning() -> Section:
    """Each setting that was searched: the values that the outer folds chose."""
    from lnmbench_report.search.tables import Tuning

    return Tuning()


def make_fitting() -> Section:
    """Learning curves of the networks, and the losses of the settings that were tried."""
    from lnmbench_report.training import LearningCurves

    return LearningCurves()


def make_cohort() -> Section:
    """Each variable over all, over negative and over positive cases."""
    from lnmbench_report.cohort import CohortTable

    return CohortTable()


def make_cost() -> Section:
    """Cost of each method."""
    from lnmbench_report.cost import CostTable

    return CostTable()


def make_search() -> Section:
    """Every setting that was tried for each tuned network, with its loss."""
    from lnmbench_report.search.tables import Trials

    return Trials()


def make_all_comparisons() -> Section:
    """The same tables with every pair, if the first ones left some out."""
    from lnmbench_report.comparisons.tables import AllComparisons

    return AllComparisons()


def make_manifest() -> Section:
    """The manifest of the run, and all settings of each method."""
    from lnmbench_report.manifest import RunManifest

    return RunManifest()


def make_cite() -> Section:
    """Citations of lnmbench, the experiment, the cohort, and the statistics of the report."""
    from lnmbench_report.citation import Citation

    return Citation()
