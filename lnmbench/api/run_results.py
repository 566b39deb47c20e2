"""Results of a run in Python: frames, and the report as text."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from lnmbench.errors import UserError
from lnmbench.records import Page, Results
from lnmbench.registry import Registry
from lnmbench.rendering import render_page
from lnmbench.stages.report import (
    build_page,
    export_run,
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

    def report(self, format: str = "markdown", *, brief: bool = False) -> str:
        """Return the report as text.

        Parameters
        ----------
        format
            `markdown`, `html` (one file that opens offline, with figures), `table`, `csv`, `json`
            or `latex`.
        brief
            Whether to leave out the sections after the checks, as `lnmbench run` does.

        Raises
        ------
        UserError
            For an unknown format.
        """
        return render_page(self._build_page(brief=brief), format)

    def save(self, file: str | Path) -> Path:
        """Write the report to a file, and return its path.

        The end of its name tells the format: .html, .md, .txt, .csv, .json or .tex.

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
        write_report(self._build_page(), path, format)
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

    def _build_page(self, *, brief: bool = False) -> Page:
        page = build_page(self.record, self._registry, brief=brief)
        for fault in page.faults:
            warnings.warn(fault, stacklevel=3)
        return page
