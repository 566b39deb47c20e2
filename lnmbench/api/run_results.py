"""Results of a run in Python: frames, and the report as text."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from lnmbench.environment import home
from lnmbench.errors import UserError
from lnmbench.records import Page, Results
from lnmbench.registry import Registry
from lnmbench.rendering import render_page
from lnmbench.stages.report import (
    build_page,
    build_page_with_thumbnails,
    export_run,
    has_images,
    make_difference_frame,
    make_performance_frame,
    make_score_frame,
    read_predictions,
    write_report,
)
from lnmbench.text import plural

if TYPE_CHECKING:
    import pandas as pd

FORMATS = {
    ".html": "html",
    ".md": "markdown",
    ".txt": "table",
    ".csv": "csv",
    ".json": "json",
    ".tex": "latex",
}
"""Formats of a report by the end of its file's name."""


class RunResults:
    """Results of a run, as `run` and `read` return them.

    Parameters
    ----------
    folder
        The run directory.
    results
        Its results, scored and compared.
    registry
        The plugins with the sections and checks of the report.

    Attributes
    ----------
    folder
        The run directory.
    record
        The results as report sections and checks get them, a `lnmbench.records.Results`.
    """

    def __init__(self, folder: Path, results: Results, registry: Registry) -> None:
        self.folder, self.record = folder.absolute(), results
        self._registry = registry

    def table(self) -> pd.DataFrame:
        """Return a row for each method: mean, 95 % interval and SD of each metric.

        The columns are pairs: `results.table()["auc"]` has `mean`, `low`, `high` and `sd`. The
        interval is corrected for the training cases that folds share. A method that is not complete
        has NaN.
        """
        return make_performance_frame(self.record)

    def comparisons(self, test: str | None = None) -> pd.DataFrame:
        """Return a row for each pair of methods and primary metric: method minus `against`.

        Parameters
        ----------
        test
            The comparison that gives interval and p, e.g. `paired`; by default the primary one.
            `p_holm` is always that of the primary one, NaN for a pair that is not `in_family`.

        Raises
        ------
        UserError
            If no comparison has this name.
        """
        return make_difference_frame(self.record, test)

    def scores(self) -> pd.DataFrame:
        """Return a row for each metric of each method on each outer fold."""
        return make_score_frame(self.record)

    def predictions(self) -> pd.DataFrame:
        """Return a row for each predicted probability, of `test` and of `validation` cases."""
        return read_predictions(self.folder)

    def report(
        self, format: str = "markdown", *, brief: bool = False, thumbnails: bool = False
    ) -> str:
        """Return the report as text.

        Parameters
        ----------
        format
            `markdown`, `html` (one file that opens offline, with figures), `table`, `csv`, `json`
            or `latex`.
        brief
            Whether to leave out the sections after the checks, as `lnmbench run` does.
        thumbnails
            Whether to show CT images of the cases that every method gets wrong, in `html` alone.

        Raises
        ------
        UserError
            For an unknown format, and for thumbnails without a page or cohort file that has them.
        """
        if thumbnails and brief:
            raise UserError("thumbnails have no effect on a brief report", then="omit one of them")
        return render_page(self._build_page(format, brief=brief, thumbnails=thumbnails), format)

    def save(self, file: str | Path, *, thumbnails: bool = False) -> Path:
        """Write the report to a file, and return its path.

        The end of its name tells the format: .html, .md, .txt, .csv, .json or .tex. `thumbnails`
        is that of `report`.

        Raises
        ------
        UserError
            For another end, and a file that cannot be written.
        """
        path = Path(file).expanduser()
        format = FORMATS.get(path.suffix.lower())
        if format is None:
            raise UserError(
                "unknown format of a report",
                where=str(path),
                expected=f"a name that ends with {', '.join(FORMATS)}",
            )
        write_report(self._build_page(format, thumbnails=thumbnails), path, format)
        return path

    def export(self, folder: str | Path) -> list[Path]:
        """Write splits, predictions, scores, settings and manifest as CSV and JSON.

        Raises
        ------
        UserError
            If the folder exists and is not empty.
        """
        return export_run(self.folder, Path(folder).expanduser(), self.record)

    def __repr__(self) -> str:
        methods = plural(len(self.record.method_results), "method")
        name = self.folder.name
        return f"RunResults of {methods} on {plural(self.record.n, 'case')} ({name})"

    def _build_page(self, format: str, *, brief: bool = False, thumbnails: bool = False) -> Page:
        if thumbnails and format != "html":
            raise UserError(f"thumbnails have no effect on the format {format}", expected="html")
        if thumbnails:
            page = build_page_with_thumbnails(self.record, self._registry, home())
            if not has_images(page):
                line = "thumbnails have no effect: the report lists no case that every method"
                warnings.warn(f"{line} gets wrong", stacklevel=3)
        else:
            page = build_page(self.record, self._registry, brief=brief)
        for fault in page.faults:
            warnings.warn(fault, stacklevel=3)
        return page
