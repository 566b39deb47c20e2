"""Contracts of plugins: one Protocol for each role, and one module for each role.

A hook returns `{name: factory}`. A factory is a class or function whose parameters have types and
defaults; called with the parameters that the user chose, it returns an object of the role. In a
module, an optional contract follows the contract that it extends.
"""

from lnmbench.contracts.aux_task import AuxTask, ImageTask, OwnHead, TargetBased, TaskNeeds
from lnmbench.contracts.baseline import (
    Baseline,
    DescribedBaseline,
    FixedPredictions,
    ImageBaseline,
    LinearBaseline,
    TunedReduction,
    Versioned,
)
from lnmbench.contracts.check import Check, Documented
from lnmbench.contracts.comparison import Comparison
from lnmbench.contracts.dataset import Dataset
from lnmbench.contracts.encoder import Encoder, OwnGrid, PrecomputedFeatures
from lnmbench.contracts.feature_extractor import FeatureExtractor
from lnmbench.contracts.metric import Metric, ProbabilityMetric, Thresholded
from lnmbench.contracts.progress import Progress
from lnmbench.contracts.report_reader import ReportReader
from lnmbench.contracts.section import AcrossCohorts, OutcomeSection, Section, SectionGroup
from lnmbench.contracts.target import Target, TargetOutcomes
from lnmbench.contracts.tunable import Tunable
from lnmbench.contracts.weighting import StepFeedback, StepWeights, Weighting

__all__ = [
    "AcrossCohorts",
    "AuxTask",
    "Baseline",
    "Check",
    "Comparison",
    "Dataset",
    "DescribedBaseline",
    "Documented",
    "Encoder",
    "FeatureExtractor",
    "FixedPredictions",
    "ImageBaseline",
    "ImageTask",
    "LinearBaseline",
    "Metric",
    "OutcomeSection",
    "OwnGrid",
    "OwnHead",
    "PrecomputedFeatures",
    "ProbabilityMetric",
    "Progress",
    "ReportReader",
    "Section",
    "SectionGroup",
    "StepFeedback",
    "StepWeights",
    "Target",
    "TargetBased",
    "TargetOutcomes",
    "TaskNeeds",
    "Thresholded",
    "Tunable",
    "TunedReduction",
    "Versioned",
    "Weighting",
]
