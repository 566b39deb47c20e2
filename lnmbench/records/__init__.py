"""The nouns: frozen records that the stages hand to each other. Imports nothing heavy."""

from lnmbench.records.card import Card
from lnmbench.records.case import Case, Volume
from lnmbench.records.choice import Choice
from lnmbench.records.cohort import Cohort, Preprocessing
from lnmbench.records.column import TEXT_ROLES, UNCODED_ROLES, Column, Kind, Known, Role
from lnmbench.records.cost import Cost
from lnmbench.records.finding import Finding
from lnmbench.records.manifest import Environment, Manifest
from lnmbench.records.method import Method, Training, Weights
from lnmbench.records.plan import Plan
from lnmbench.records.protocol import Protocol, Splits
from lnmbench.records.report import Block, Cell, Outcome, Paragraph, Results, Table, TableColumn
from lnmbench.records.resources import Resources
from lnmbench.records.result import Epoch, Unit, UnitResult
from lnmbench.records.score import Compared, Estimate, FoldScores, Pair, TestResult
from lnmbench.records.search import Candidate, Dimension, Search, Settings, Tried
from lnmbench.records.source import RemoteFile, Source

__all__ = [
    "TEXT_ROLES",
    "UNCODED_ROLES",
    "Block",
    "Candidate",
    "Card",
    "Case",
    "Cell",
    "Choice",
    "Cohort",
    "Column",
    "Compared",
    "Cost",
    "Dimension",
    "Environment",
    "Epoch",
    "Estimate",
    "Finding",
    "FoldScores",
    "Kind",
    "Known",
    "Manifest",
    "Method",
    "Outcome",
    "Pair",
    "Paragraph",
    "Plan",
    "Preprocessing",
    "Protocol",
    "RemoteFile",
    "Resources",
    "Results",
    "Role",
    "Search",
    "Settings",
    "Source",
    "Splits",
    "Table",
    "TableColumn",
    "TestResult",
    "Training",
    "Tried",
    "Unit",
    "UnitResult",
    "Volume",
    "Weights",
]
