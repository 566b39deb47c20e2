"""ingest: a data set's cases become one cohort file, kept and used again."""

from lnmbench.stages.ingest.pseudonyms import Pseudonyms, make_key, read_key
from lnmbench.stages.ingest.report import copy_report, report_beside
from lnmbench.stages.ingest.stage import Ingesting, ingest

__all__ = [
    "Ingesting",
    "Pseudonyms",
    "copy_report",
    "ingest",
    "make_key",
    "read_key",
    "report_beside",
]
