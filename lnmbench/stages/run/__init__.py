"""run: the fits that a ledger lacks, trained chunk after chunk."""

from lnmbench.stages.plan import FailedMethods
from lnmbench.stages.run.baselines import Completion, baseline_results, cohort_table, predict_cases
from lnmbench.stages.run.chunk import BaselineChunk, Chunk, Fit, NetworkChunk, list_fits, make_chunk
from lnmbench.stages.run.example_images import ENCODINGS, example_caches, make_example_caches
from lnmbench.stages.run.example_images import random_images as random_example_images
from lnmbench.stages.run.execution import execute
from lnmbench.stages.run.feature_table import FeatureTable
from lnmbench.stages.run.features import (
    cached_views,
    find_feature_cache,
    make_feature_cache,
    rebuild_encoder,
)
from lnmbench.stages.run.final_model import fit_final_model
from lnmbench.stages.run.image_encoder import ImageEncoder
from lnmbench.stages.run.image_features import add_image_columns, pool_features
from lnmbench.stages.run.learned_features import FurtherCases, learn_features, task_inputs
from lnmbench.stages.run.network_inputs import add_examples, label_inputs
from lnmbench.stages.run.network_inputs import network_inputs as read_network_inputs
from lnmbench.stages.run.networks import (
    network_results,
    repeat_for_candidates,
    stack_fits,
)
from lnmbench.stages.run.permutations import list_inputs
from lnmbench.stages.run.permuted_fits import permute_fits
from lnmbench.stages.run.permuted_tables import append_cases
from lnmbench.stages.run.run_benchmark import run

__all__ = [
    "ENCODINGS",
    "BaselineChunk",
    "Chunk",
    "Completion",
    "FailedMethods",
    "FeatureTable",
    "Fit",
    "FurtherCases",
    "ImageEncoder",
    "NetworkChunk",
    "add_examples",
    "add_image_columns",
    "append_cases",
    "baseline_results",
    "cached_views",
    "cohort_table",
    "example_caches",
    "execute",
    "find_feature_cache",
    "fit_final_model",
    "label_inputs",
    "learn_features",
    "list_fits",
    "list_inputs",
    "make_chunk",
    "make_example_caches",
    "make_feature_cache",
    "network_results",
    "permute_fits",
    "pool_features",
    "predict_cases",
    "random_example_images",
    "read_network_inputs",
    "rebuild_encoder",
    "repeat_for_candidates",
    "run",
    "stack_fits",
    "task_inputs",
]
