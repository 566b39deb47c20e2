"""ingest: a data set's cases become one cohort file, kept and used again."""

from lnmbench.stages.ingest.build_cohort import Ingesting, ingest
from lnmbench.stages.ingest.ingest_report import copy_report, report_beside
from lnmbench.stages.ingest.pseudonyms import Pseudonyms, make_key, read_key

__all__ = [
    "Ingesting",
    "Pseudonyms",
    "copy_report",
    "ingest",
    "make_key",
    "read_key",
    "report_beside",
]
