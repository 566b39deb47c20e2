"""data: list, describe, download and validate cohorts."""

from lnmbench.stages.data.describe import describe_cohort
from lnmbench.stages.data.download import download_files, find_source
from lnmbench.stages.data.list_cohorts import tabulate_cohorts
from lnmbench.stages.data.thumbnails import write_thumbnails
from lnmbench.stages.data.validate import find_cohort_files, validate_cohorts

__all__ = [
    "describe_cohort",
    "download_files",
    "find_cohort_files",
    "find_source",
    "tabulate_cohorts",
    "validate_cohorts",
    "write_thumbnails",
]
