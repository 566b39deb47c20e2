"""report: results of one or several runs, checked, laid out as a page, or exported."""

from lnmbench.stages.report.checks import check_table, has_errors, run_checks
from lnmbench.stages.report.export import export_run
from lnmbench.stages.report.latest_run import find_latest_run
from lnmbench.stages.report.load_results import (
    compare_methods,
    read_results,
)
from lnmbench.stages.report.merge_runs import read_runs
from lnmbench.stages.report.method_labels import make_labels_unique
from lnmbench.stages.report.metric_offers import build_metrics, target_metrics
from lnmbench.stages.report.pages import (
    build_blocks,
    build_blocks_across,
    build_page,
    build_page_across,
    build_page_with_thumbnails,
    number_blocks,
)
from lnmbench.stages.report.report_file import has_images, refuse_folder, write_report
from lnmbench.stages.report.result_frames import (
    make_difference_frame,
    make_performance_frame,
    make_score_frame,
    read_predictions,
)

__all__ = [
    "build_blocks",
    "build_blocks_across",
    "build_metrics",
    "build_page",
    "build_page_across",
    "build_page_with_thumbnails",
    "check_table",
    "compare_methods",
    "export_run",
    "find_latest_run",
    "has_errors",
    "has_images",
    "make_difference_frame",
    "make_labels_unique",
    "make_performance_frame",
    "make_score_frame",
    "number_blocks",
    "read_predictions",
    "read_results",
    "read_runs",
    "refuse_folder",
    "run_checks",
    "target_metrics",
    "write_report",
]
