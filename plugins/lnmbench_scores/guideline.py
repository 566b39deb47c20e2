"""The rule of guidelines: an enlarged node on CT, or a node with uptake on PET."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from lnmbench import Cohort, Column, UserError
from lnmbench.records import CasePredictions
from lnmbench.text import fold_spelling, join_first, quote
from lnmbench_scores.mapped_columns import find_named
from lnmbench_scores.units import conversion_factor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORT_AXIS = "node short axis"
SUV = "node suvmax"
MOST_NAMES = 12


class Guideline:
    """Positive if the largest node's short axis on CT, or its SUVmax on PET, is large.

    Parameters
    ----------
    short_axis
        Least short axis of an enlarged node, in mm.
    suv
        SUVmax above which a node is positive, where the cohort has it.
    column
        Column of the short axis; by default the one with the name or label node_short_axis.
    suv_column
        Column of the node's SUVmax; by default the one with the name or label node_suvmax, if any.
        A case without it is called by CT alone.
    coverage
        `all`: each case needs a short axis; `partial`: the rule is compared on its cases alone.
    """

    def __init__(
        self,
        short_axis: float = 10.0,
        suv: float = 2.5,
        column: str = "",
        suv_column: str = "",
        coverage: Literal["all", "partial"] = "all",
    ) -> None:
        for name, value in (("short_axis", short_axis), ("suv", suv)):
            if value <= 0.0:
                raise UserError(
                    f"wrong value for {name}",
                    where="baseline guideline",
                    expected="a number above 0",
                    got=f"{value:g}",
                )
        self._short_axis, self._suv = short_axis, suv
        self._column, self._suv_column = column, suv_column
        self._is_partial = coverage == "partial"

    def predict_cases(
        self, cohort: Cohort, find_case: Callable[[str], int | None]
    ) -> CasePredictions:
        """Return the calls for a cohort from its features; ids are not used."""
        import numpy as np

        features = [column for column in cohort.columns if column.role == "feature"]
        size = _find_column(features, self._column, SHORT_AXIS, parameter="column")
        uptake = _find_column(features, self._suv_column, SUV, parameter="suv_column")
        if size is None:
            raise UserError(
                "the cohort lacks the short axis of nodes",
                where="baseline guideline",
                expected="a feature with the name or label node_short_axis, in mm or cm",
                got=join_first([quote(c.name) for c in features], MOST_NAMES) or "no feature",
                then="name it with column=COLUMN",
            )
        axis_mm = _read_numbers(cohort, size) * conversion_factor(
            size, "mm", where="baseline guideline"
        )
        calls = np.where(np.isnan(axis_mm), np.nan, axis_mm >= self._short_axis)
        rule = f"the short axis of a node ({quote(size.name)}) is at least {self._short_axis:g} mm"
        if uptake is not None:
            values = _read_numbers(cohort, uptake)
            if uptake.unit:
                conversion_factor(uptake, "SUV", where="baseline guideline")
            calls = np.where(values > self._suv, 1.0, calls)
            rule += f", or its SUVmax ({quote(uptake.name)}) is above {self._suv:g}"
        return CasePredictions(
            values=calls,
            scale="call",
            partial=self._is_partial,
            notes=(f"guideline: positive if {rule}",),
        )


def _find_column(
    features: Sequence[Column], name: str, default: str, *, parameter: str
) -> Column | None:
    """Return the named feature, else the one with the default name or label, or None."""
    if name:
        return find_named(features, name, parameter=parameter, where="baseline guideline")
    matches = [
        column
        for column in features
        if default in (_normalize(column.name), _normalize(column.label or ""))
    ]
    if len(matches) > 1:
        raise UserError(
            f"several columns have the name or label {default.replace(' ', '_')}",
            where="baseline guideline",
            got=join_first([quote(column.name) for column in matches], MOST_NAMES),
            then=f"choose one with {parameter}=COLUMN",
        )
    return next(iter(matches), None)


def _normalize(name: str) -> str:
    """Return a name in lower case, without the report that it comes from."""
    return " ".join(fold_spelling(name).rpartition(":")[2].replace("_", " ").split())


def _read_numbers(cohort: Cohort, column: Column) -> NDArray[np.float64]:
    import numpy as np

    if column.kind != "continuous":
        raise UserError(
            f"column {quote(column.name)} holds categories",
            where="baseline guideline",
            expected="a number",
            then="name another column",
        )
    return np.asarray(cohort.values[column.name], dtype=np.float64)
