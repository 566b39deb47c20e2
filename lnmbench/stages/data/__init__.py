"""data: list, describe, download and validate cohorts."""

from lnmbench.stages.data.describe_cohort import describe_cohort
from lnmbench.stages.data.download import download, find_source
from lnmbench.stages.data.list_cohorts import list_cohorts
from lnmbench.stages.data.validate_cohorts import find_cohort_files, validate_cohorts
from lnmbench.stages.data.write_thumbnails import write_thumbnails

__all__ = [
    "describe_cohort",
    "download",
    "find_cohort_files",
    "find_source",
    "list_cohorts",
    "validate_cohorts",
    "write_thumbnails",
]
