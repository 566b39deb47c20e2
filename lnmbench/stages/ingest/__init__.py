"""ingest: build the cohort file of a data set."""

from lnmbench.stages.ingest.build_cohort import ingest, ingest_table
from lnmbench.stages.ingest.cohort_file_path import (
    IngestOptions,
    cohort_path,
    has_cohort_files,
)
from lnmbench.stages.ingest.extractors import select_extractors
from lnmbench.stages.ingest.feature_extraction import Extraction, open_extraction
from lnmbench.stages.ingest.ingest_log import (
    LogEntry,
    copy_ingest_log,
    count_kinds,
    ingest_log_path,
    read_left_out,
)
from lnmbench.stages.ingest.ingest_settings import IngestSettings, make_ingest_options
from lnmbench.stages.ingest.leak_guard import find_leaks, find_leaks_of, shorten
from lnmbench.stages.ingest.prepare_images import prepare_cases
from lnmbench.stages.ingest.pseudonyms import Pseudonyms, make_key, read_key
from lnmbench.stages.ingest.target_labels import TargetLabels, label_cohort

__all__ = [
    "Extraction",
    "IngestOptions",
    "IngestSettings",
    "LogEntry",
    "Pseudonyms",
    "TargetLabels",
    "cohort_path",
    "copy_ingest_log",
    "count_kinds",
    "find_leaks",
    "find_leaks_of",
    "has_cohort_files",
    "ingest",
    "ingest_log_path",
    "ingest_table",
    "label_cohort",
    "make_ingest_options",
    "make_key",
    "open_extraction",
    "prepare_cases",
    "read_key",
    "read_left_out",
    "select_extractors",
    "shorten",
]
