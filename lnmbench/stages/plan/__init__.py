"""plan: a benchmark's names become methods, its cases and labels become folds."""

from lnmbench.stages.plan.aux_tasks import LabelSource, build_tasks, head_names, list_labels
from lnmbench.stages.plan.cohort_plan import make_plan
from lnmbench.stages.plan.failures import FailedMethods, MethodFailure, refuse_all_failed
from lnmbench.stages.plan.image_baselines import model_choice, refuse_model
from lnmbench.stages.plan.matched_rows import match_rows
from lnmbench.stages.plan.method_selections import select_methods
from lnmbench.stages.plan.missing_images import find_usable_cases
from lnmbench.stages.plan.network_cases import network_positions, unlabeled_training
from lnmbench.stages.plan.resolve_benchmark import ResolvedBenchmark, resolve
from lnmbench.stages.plan.resolved_methods import (
    ImageSource,
    ResolvedBaseline,
    ResolvedMethod,
    ResolvedNetwork,
    image_network,
)
from lnmbench.stages.plan.resources import resolve_resources
from lnmbench.stages.plan.search.groups import CandidateGroup, search_groups
from lnmbench.stages.plan.splitting import make_splits
from lnmbench.stages.plan.weighting import TasksAlone, build_weighting

__all__ = [
    "CandidateGroup",
    "FailedMethods",
    "ImageSource",
    "LabelSource",
    "MethodFailure",
    "ResolvedBaseline",
    "ResolvedBenchmark",
    "ResolvedMethod",
    "ResolvedNetwork",
    "TasksAlone",
    "build_tasks",
    "build_weighting",
    "find_usable_cases",
    "head_names",
    "image_network",
    "list_labels",
    "make_plan",
    "make_splits",
    "match_rows",
    "model_choice",
    "network_positions",
    "refuse_all_failed",
    "refuse_model",
    "resolve",
    "resolve_resources",
    "search_groups",
    "select_methods",
    "unlabeled_training",
]
