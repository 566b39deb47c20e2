"""Factories of the checks, which import the module of a check when it is built.

A list of all offers needs the first line of each docstring alone, and so loads no numpy.
"""

from __future__ import annotations

from lnmbench.contracts import Check


def make_lnm001() -> Check:
    """Cases of one patient must be in one outer fold of each repeat."""
    from lnmbench_checks.lnm001_patient_leakage import PatientLeakage

    return PatientLeakage()


def make_lnm002() -> Check:
    """Cases of different patients must not have equal images."""
    from lnmbench_checks.lnm002_duplicate_images import DuplicateImages

    return DuplicateImages()


def make_lnm003() -> Check:
    """Features must be known before surgery, by the data dictionary, their names and categories."""
    from lnmbench_checks.lnm003_postoperative_features import PostoperativeFeatures

    return PostoperativeFeatures()


def make_lnm004() -> Check:
    """A test fold must have at least three cases of the rarer class on average."""
    from lnmbench_checks.lnm004_events_per_fold import EventsPerFold

    return EventsPerFold()


def make_lnm005() -> Check:
    """No feature may separate positive from negative cases without error."""
    from lnmbench_checks.lnm005_target_leakage import TargetLeakage

    return TargetLeakage()


def make_lnm006() -> Check:
    """No encoder may be pretrained on the cohort, which includes the test folds."""
    from lnmbench_checks.lnm006_pretraining_leakage import PretrainingLeakage

    return PretrainingLeakage()


def make_lnm007() -> Check:
    """A plain paired t-test below .05 must be confirmed by the corrected test."""
    from lnmbench_checks.lnm007_unconfirmed_differences import UnconfirmedDifferences

    return UnconfirmedDifferences()


def make_lnm008() -> Check:
    """At least half of the cases must have a label of each auxiliary task."""
    from lnmbench_checks.lnm008_missing_aux_labels import MissingAuxLabels

    return MissingAuxLabels()


def make_lnm009() -> Check:
    """No auxiliary label may have an AUC of .99 or higher for the target."""
    from lnmbench_checks.lnm009_redundant_aux_task import RedundantAuxTask

    return RedundantAuxTask()


def make_lnm010() -> Check:
    """A gain of an auxiliary task must exceed its negative controls."""
    from lnmbench_checks.lnm010_negative_control import NegativeControl

    return NegativeControl()


def make_lnm011() -> Check:
    """The calibration slope must be from .8 to 1.25, or its 95 % interval must include 1."""
    from lnmbench_checks.lnm011_calibration_slope import CalibrationSlope

    return CalibrationSlope()


def make_lnm012() -> Check:
    """Inner and outer scores must not differ by more than .05 of the metric's range."""
    from lnmbench_checks.lnm012_inner_outer_gap import InnerOuterGap

    return InnerOuterGap()


def make_lnm013() -> Check:
    """No feature may predict the target better than is plausible before surgery."""
    from lnmbench_checks.lnm013_target_proxies import TargetProxies

    return TargetProxies()


def make_lnm014() -> Check:
    """Each method must have results on all outer folds; tables and tests omit the others."""
    from lnmbench_checks.lnm014_incomplete_methods import IncompleteMethods

    return IncompleteMethods()


def make_lnm015() -> Check:
    """At most half of the fits of a network may still train in the last epoch that is allowed."""
    from lnmbench_checks.lnm015_epoch_limit import EpochLimit

    return EpochLimit()


def make_lnm016() -> Check:
    """The training data of weights from a file must be declared by `pretrained_on`."""
    from lnmbench_checks.lnm016_undeclared_weights import UndeclaredWeights

    return UndeclaredWeights()


def make_lnm017() -> Check:
    """Cases of different patients must not have nearly equal images."""
    from lnmbench_checks.lnm017_similar_images import SimilarImages

    return SimilarImages()


def make_lnm018() -> Check:
    """An auxiliary task must change the predictions of the network."""
    from lnmbench_checks.lnm018_unchanged_predictions import UnchangedPredictions

    return UnchangedPredictions()


def make_lnm019() -> Check:
    """A network must predict its auxiliary labels better than chance."""
    from lnmbench_checks.lnm019_unlearned_aux_tasks import UnlearnedAuxTasks

    return UnlearnedAuxTasks()


def make_lnm020() -> Check:
    """Permuted labels must not improve the network."""
    from lnmbench_checks.lnm020_unregularized_reference import UnregularizedReference

    return UnregularizedReference()


def make_lnm021() -> Check:
    """Positive cases must not lack images more or less often than negative ones."""
    from lnmbench_checks.lnm021_missing_images import MissingImages

    return MissingImages()
