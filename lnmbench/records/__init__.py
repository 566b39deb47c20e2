"""Frozen records that stages and plugins exchange. Importing them loads nothing heavy."""

from lnmbench.records.auxiliary import (
    SHUFFLED,
    AuxLabels,
    find_labeled_cases,
    is_shuffled,
    shuffle,
    unshuffle,
)
from lnmbench.records.case import Case, Finding, Identity, Volume
from lnmbench.records.check import CheckOutcome, CheckResult
from lnmbench.records.choice import Choice
from lnmbench.records.cohort import Card, Cohort, Preprocessing
from lnmbench.records.column import (
    LARGEST_NUMBER,
    TEXT_ROLES,
    UNCODED_ROLES,
    Column,
    Kind,
    Known,
    Label,
    Role,
)
from lnmbench.records.figure import Axis, Figure, Mark, MarkKind, Panel
from lnmbench.records.folders import RunFolders
from lnmbench.records.manifest import Environment, Manifest
from lnmbench.records.method import (
    WINDOW_HU,
    BaselineMethod,
    Method,
    NetworkMethod,
    Training,
    Weights,
)
from lnmbench.records.probe import EncoderProbe, IdealLabel, ProbedLabel, probe_key
from lnmbench.records.profile import CenterCounts, ImagePair, LeakSigns, Profile, Summary, Variable
from lnmbench.records.protocol import Plan, Protocol, Splits
from lnmbench.records.read_only import ReadOnlyMapping, freeze
from lnmbench.records.report import (
    Block,
    Cell,
    MethodResult,
    Page,
    Paragraph,
    PluginFault,
    Results,
    ScoreCases,
    Table,
    TableColumn,
)
from lnmbench.records.resources import Resources
from lnmbench.records.result import TARGET, Cost, Curve, Epoch, Unit, UnitResult
from lnmbench.records.score import AuxScore, Estimate, FoldScores, Pair, PairComparison, TestResult
from lnmbench.records.search import Candidate, Dimension, Search, Settings, Trial
from lnmbench.records.source import RemoteFile, Source
from lnmbench.records.weighting_step import WeightingStep

__all__ = [
    "LARGEST_NUMBER",
    "SHUFFLED",
    "TARGET",
    "TEXT_ROLES",
    "UNCODED_ROLES",
    "WINDOW_HU",
    "AuxLabels",
    "AuxScore",
    "Axis",
    "BaselineMethod",
    "Block",
    "Candidate",
    "Card",
    "Case",
    "Cell",
    "CenterCounts",
    "CheckOutcome",
    "CheckResult",
    "Choice",
    "Cohort",
    "Column",
    "Cost",
    "Curve",
    "Dimension",
    "EncoderProbe",
    "Environment",
    "Epoch",
    "Estimate",
    "Figure",
    "Finding",
    "FoldScores",
    "IdealLabel",
    "Identity",
    "ImagePair",
    "Kind",
    "Known",
    "Label",
    "LeakSigns",
    "Manifest",
    "Mark",
    "MarkKind",
    "Method",
    "MethodResult",
    "NetworkMethod",
    "Page",
    "Pair",
    "PairComparison",
    "Panel",
    "Paragraph",
    "Plan",
    "PluginFault",
    "Preprocessing",
    "ProbedLabel",
    "Profile",
    "Protocol",
    "ReadOnlyMapping",
    "RemoteFile",
    "Resources",
    "Results",
    "Role",
    "RunFolders",
    "ScoreCases",
    "Search",
    "Settings",
    "Source",
    "Splits",
    "Summary",
    "Table",
    "TableColumn",
    "TestResult",
    "Training",
    "Trial",
    "Unit",
    "UnitResult",
    "Variable",
    "Volume",
    "WeightingStep",
    "Weights",
    "find_labeled_cases",
    "freeze",
    "is_shuffled",
    "probe_key",
    "shuffle",
    "unshuffle",
]
