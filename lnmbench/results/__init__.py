"""Questions, effects, reading order and number formats for report sections, checks and benchmarks.

A question compares a method with its reference; an effect is the estimated difference of one
question in one metric. Plugins may import everything that this package lists.
"""

from lnmbench.results.effects import (
    Direction,
    Effect,
    describe_missing_scores,
    describe_undefined,
    is_unconfirmed,
    published_tests,
    question_effects,
)
from lnmbench.results.formatting import (
    ALPHA,
    MISSING,
    decimal_places,
    format_decimal,
    format_difference,
    format_interval,
    format_p_equation,
    format_probability,
    format_pvalue,
    join_and,
    metric_title,
)
from lnmbench.results.ordering import (
    comparisons_in_order,
    metrics_in_order,
    primary_metrics_in_order,
    reverse_comparison,
)
from lnmbench.results.questions import (
    Question,
    all_questions,
    aux_questions,
    aux_title,
    complete_methods,
    control_questions,
    drawn_methods,
    has_aux_effect,
    is_control_of,
    is_reference_of,
    method_labels,
    other_questions,
)

__all__ = [
    "ALPHA",
    "MISSING",
    "Direction",
    "Effect",
    "Question",
    "all_questions",
    "aux_questions",
    "aux_title",
    "comparisons_in_order",
    "complete_methods",
    "control_questions",
    "decimal_places",
    "describe_missing_scores",
    "describe_undefined",
    "drawn_methods",
    "format_decimal",
    "format_difference",
    "format_interval",
    "format_p_equation",
    "format_probability",
    "format_pvalue",
    "has_aux_effect",
    "is_control_of",
    "is_reference_of",
    "is_unconfirmed",
    "join_and",
    "method_labels",
    "metric_title",
    "metrics_in_order",
    "other_questions",
    "primary_metrics_in_order",
    "published_tests",
    "question_effects",
    "reverse_comparison",
]
