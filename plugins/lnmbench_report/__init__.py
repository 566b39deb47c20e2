"""The sections of the report: the answer, the results behind it, and their provenance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Section


@hookimpl
def register_sections() -> Mapping[str, Callable[..., Section]]:
    """Offer the sections of the report; those of one group are printed in this order."""
    from lnmbench_report import sections

    return {
        "answer": sections.make_answer,
        "setting": sections.make_setting,
        "across": sections.make_across,
        "performance": sections.make_performance,
        "outcomes": sections.make_outcomes,
        "discrimination": sections.make_discrimination,
        "comparisons": sections.make_comparisons,
        "questions": sections.make_questions,
        "labels": sections.make_labels,
        "label_shares": sections.make_label_shares,
        "image_controls": sections.make_image_controls,
        "modalities": sections.make_modalities,
        "untrained": sections.make_untrained,
        "margins": sections.make_margins,
        "differences": sections.make_differences,
        "conclusion": sections.make_conclusion,
        "probe": sections.make_probe,
        "aux": sections.make_aux,
        "further": sections.make_further,
        "importance": sections.make_importance,
        "coefficients": sections.make_coefficients,
        "selection": sections.make_selection,
        "calibration": sections.make_calibration,
        "operating": sections.make_operating,
        "net_benefit": sections.make_net_benefit,
        "probabilities": sections.make_probabilities,
        "difficult_cases": sections.make_difficult_cases,
        "tuning": sections.make_tuning,
        "fitting": sections.make_fitting,
        "cohort": sections.make_cohort,
        "cost": sections.make_cost,
        "search": sections.make_search,
        "all_comparisons": sections.make_all_comparisons,
        "manifest": sections.make_manifest,
        "cite": sections.make_cite,
    }
