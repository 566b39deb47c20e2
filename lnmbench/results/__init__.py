"""Questions, effects, reading order and number formats for report sections, checks and benchmarks.

A question compares a method with its reference; an effect is the estimated difference of one
question in one metric. Plugins may import everything that this package lists.
"""

from lnmbench.results.claims import Claim, Evidence, make_claims
from lnmbench.results.complete_methods import complete_methods, method_labels
from lnmbench.results.control_groups import (
    FEWEST_CONTROLS,
    LISTED_CONTROLS,
    group_controls,
    summarized_controls,
    summarized_groups,
    summary_label,
)
from lnmbench.results.controls import (
    ControlTest,
    complete_controls,
    control_tests,
    merge_summarized_controls,
    planned_controls,
)
from lnmbench.results.difficult_cases import CaseRanking, place_cases, rank_cases
from lnmbench.results.effects import (
    Direction,
    Effect,
    Role,
    deciding_alpha,
    describe_missing_scores,
    describe_undefined,
    describe_verdicts,
    family_size,
    is_unconfirmed,
    published_tests,
    question_effects,
)
from lnmbench.results.errors import describe_errors
from lnmbench.results.family import FAMILY_TITLES, find_family
from lnmbench.results.formatting import (
    ALPHA,
    MISSING,
    decimal_places,
    describe_target,
    format_alpha,
    format_decimal,
    format_difference,
    format_interval,
    format_p_equation,
    format_probability,
    format_pvalue,
    format_with_error,
    format_with_interval,
    join_and,
    metric_heading,
    metric_title,
    target_title,
)
from lnmbench.results.label_shares import label_shares
from lnmbench.results.learned_tasks import (
    assessable_tasks,
    describe_unlearned,
    is_learned,
    learned_metric,
    unlearned_tasks,
)
from lnmbench.results.margins import (
    MarginVerdict,
    declared_margin,
    margin_verdict,
    question_margins,
)
from lnmbench.results.method_calibration import calibrate
from lnmbench.results.method_relations import (
    differ_only_in_tasks,
    has_aux_effect,
    is_control_of,
    is_image_control_of,
    is_reference_of,
)
from lnmbench.results.modalities import ModalityGroup, modality_groups, modality_names
from lnmbench.results.operating_aims import Aim, classify, list_aims
from lnmbench.results.ordering import (
    comparisons_in_order,
    metrics_in_order,
    primary_metrics_in_order,
    reverse_comparison,
)
from lnmbench.results.outcomes import binary_results, for_outcome, outcome_names
from lnmbench.results.positive_controls import (
    lacks_positive_effect,
    positive_controls,
    positive_effects,
)
from lnmbench.results.power import (
    TARGET_POWER,
    detectable_in_new_cohort,
    power_in_new_cohort,
)
from lnmbench.results.prediction_changes import (
    PredictionChange,
    can_show_effect,
    possible_gain,
    prediction_change,
    prediction_changes,
)
from lnmbench.results.questions import (
    Question,
    all_questions,
    aux_questions,
    control_questions,
    drawn_methods,
    find_aux_questions,
    has_declared_family,
    image_control_questions,
    label_share_questions,
    other_questions,
)
from lnmbench.results.task_titles import aux_title, describe_aux

__all__ = [
    "ALPHA",
    "FAMILY_TITLES",
    "FEWEST_CONTROLS",
    "LISTED_CONTROLS",
    "MISSING",
    "TARGET_POWER",
    "Aim",
    "CaseRanking",
    "Claim",
    "ControlTest",
    "Direction",
    "Effect",
    "Evidence",
    "MarginVerdict",
    "ModalityGroup",
    "PredictionChange",
    "Question",
    "Role",
    "all_questions",
    "assessable_tasks",
    "aux_questions",
    "aux_title",
    "binary_results",
    "calibrate",
    "can_show_effect",
    "classify",
    "comparisons_in_order",
    "complete_controls",
    "complete_methods",
    "control_questions",
    "control_tests",
    "deciding_alpha",
    "decimal_places",
    "declared_margin",
    "describe_aux",
    "describe_errors",
    "describe_missing_scores",
    "describe_target",
    "describe_undefined",
    "describe_unlearned",
    "describe_verdicts",
    "detectable_in_new_cohort",
    "differ_only_in_tasks",
    "drawn_methods",
    "family_size",
    "find_aux_questions",
    "find_family",
    "for_outcome",
    "format_alpha",
    "format_decimal",
    "format_difference",
    "format_interval",
    "format_p_equation",
    "format_probability",
    "format_pvalue",
    "format_with_error",
    "format_with_interval",
    "group_controls",
    "has_aux_effect",
    "has_declared_family",
    "image_control_questions",
    "is_control_of",
    "is_image_control_of",
    "is_learned",
    "is_reference_of",
    "is_unconfirmed",
    "join_and",
    "label_share_questions",
    "label_shares",
    "lacks_positive_effect",
    "learned_metric",
    "list_aims",
    "make_claims",
    "margin_verdict",
    "merge_summarized_controls",
    "method_labels",
    "metric_heading",
    "metric_title",
    "metrics_in_order",
    "modality_groups",
    "modality_names",
    "other_questions",
    "outcome_names",
    "place_cases",
    "planned_controls",
    "positive_controls",
    "positive_effects",
    "possible_gain",
    "power_in_new_cohort",
    "prediction_change",
    "prediction_changes",
    "primary_metrics_in_order",
    "published_tests",
    "question_effects",
    "question_margins",
    "rank_cases",
    "reverse_comparison",
    "summarized_controls",
    "summarized_groups",
    "summary_label",
    "target_title",
    "unlearned_tasks",
]
