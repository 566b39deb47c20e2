"""Columns of the clinical table: role, kind, categories, and when a value is known."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from lnmbench.errors import UserError, nearest
from lnmbench.text import join_spelling, parse_number

Role = Literal["id", "patient", "center", "feature", "target", "aux", "report"]
Kind = Literal["continuous", "ordinal", "nominal", "binary"]
Known = Literal["before", "after"]
Label = Literal["binary", "ordinal", "nominal", "continuous", "multilabel", "mask"]
"""Kind of the prediction of a target or auxiliary task: that of a column, several or a mask.

A `multilabel` has binary elements, each of which may be unknown.
"""

TEXT_ROLES: tuple[Role, ...] = ("id", "patient", "center")
UNCODED_ROLES: tuple[Role, ...] = (*TEXT_ROLES, "report")
"""Roles whose cells are not numbers; those of reports are not stored."""

CLINICAL_MODALITY = "clinical"
"""Modality of a feature for which none is declared."""
REPORT_MODALITY = "report"
"""Modality of the features that a report reader fills."""
IMAGE_MODALITY = "image"
"""Modality of the images themselves, which no column has."""

_MODALITY = re.compile(r"[a-z][a-z0-9_]{0,29}")

OMITTED_BY_DEFAULT = "omitted_by_default"
"""Key of a field's metadata: stored records do not have the field while it has its default."""

LARGEST_NUMBER = 1e15
"""Larger numbers are marks of missing values, and overflow when they are scaled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Variable of a cohort.

    `label` names the target or auxiliary task that the column serves (`n1`, `n2`, `pn`, `pt`, …).
    `categories` are in their order; for a binary column they are (negative, positive).
    `known` says whether the value is known before surgery or only after it. The role `report` is
    free text: `reader` names the report reader (`ct:language=zh`) that makes columns of it.
    `modality` is the kind of examination that a feature comes from: `clinical`, `report`,
    `radiomics`, `pet`, `cfdna` or another name of small letters.

    Raises `UserError` for a feature or a report that is known only after surgery: it can be a
    target or an auxiliary label, never an input.
    """

    name: str
    role: Role
    kind: Kind = "continuous"
    label: str | None = None
    unit: str | None = None
    categories: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    known: Known = "before"
    description: str = ""
    reader: str | None = None
    modality: str = field(default=CLINICAL_MODALITY, metadata={OMITTED_BY_DEFAULT: True})

    def __post_init__(self) -> None:
        if self.role == "feature" and self.known == "after":
            raise UserError(
                f"column {self.name!r} is known only after surgery and cannot be a feature",
                expected="role target or aux, or known = before",
                then="give it the role aux or leave it out",
            )
        tabular = self.role not in UNCODED_ROLES
        if tabular and self.kind != "continuous" and len(self.categories) < 2:
            raise UserError(
                f"column {self.name!r} is {self.kind} and needs its categories",
                expected="at least two",
                got=str(len(self.categories)),
            )
        if self.kind == "binary" and tabular and len(self.categories) != 2:
            raise UserError(
                f"column {self.name!r} is binary",
                expected="two categories (negative, positive)",
                got=str(len(self.categories)),
            )
        if self.role == "report" and self.known == "after":
            raise UserError(
                f"report {self.name!r} is known only after surgery, but its values are features",
                expected="known = before",
                then="leave it out",
            )
        if self.reader is not None and self.role != "report":
            raise UserError(
                f"column {self.name!r} has a reader", expected="role report", got=self.role
            )
        if self.modality != CLINICAL_MODALITY and self.role != "feature":
            raise UserError(
                f"column {self.name!r} has a modality", expected="role feature", got=self.role
            )
        if self.modality == IMAGE_MODALITY or not _MODALITY.fullmatch(self.modality):
            raise UserError(
                f"wrong modality of column {self.name!r}",
                expected="a name of at most 30 small letters, digits and underscores, not image",
                got=repr(self.modality[:40]),
            )

    def is_missing(self, value: object) -> bool:
        """Return whether a cell has no value.

        Empty cells, None, NaN and the column's `missing` spellings are missing, in upper or lower
        case; so is a number equal to one of these.
        """
        text = "" if value is None else str(value).strip()
        if not text or text.casefold() == "nan":
            return True
        if self.kind == "continuous" and (number := parse_number(text)) is not None:
            return number in _list_numbers(self.missing)
        index = _find_spelling(text, self.categories, self.missing)
        return index is not None and math.isnan(index)

    def encode(self, value: object, *, where: str = "") -> float:
        """Return a cell as a number: its value, or the index of its category; NaN if missing.

        A cell that is not missing must be a plain number of at most 15 digits before the point, or
        one of the categories in upper or lower case, or `UserError` is raised. A report has no
        number: `TypeError`, which quotes nothing of it.
        """
        if self.role == "report":
            raise TypeError(f"column {self.name!r} is a report and cannot be encoded")
        text = "" if value is None else str(value).strip()
        if not text or text.casefold() == "nan":
            return math.nan
        number = parse_number(text) if self.kind == "continuous" else None
        if number is not None and (self.missing and number in _list_numbers(self.missing)):
            return math.nan
        if number is not None and abs(number) < LARGEST_NUMBER:
            return number
        index = None if number is not None else _find_spelling(text, self.categories, self.missing)
        if index is not None:
            return index
        if self.kind != "continuous":
            raise UserError(
                f"column {self.name!r} holds {text[:40]!r}",
                where=where,
                expected="one of its categories",
                then=nearest(text, self.categories),
            )
        raise UserError(
            f"column {self.name!r} holds {text[:40]!r}",
            where=where,
            expected="a number" if number is None else f"a number below {LARGEST_NUMBER:.0e}",
            then="add the spelling to the column's missing list if it means missing",
        )


@lru_cache(maxsize=1024)
def _list_numbers(missing: tuple[str, ...]) -> frozenset[float]:
    """Return the numbers among the spellings of missing values."""
    return frozenset(n for n in map(parse_number, missing) if n is not None)


def _find_spelling(
    text: str, categories: tuple[str, ...], missing: tuple[str, ...]
) -> float | None:
    """Return the index of the category that a cell spells, NaN for missing, or None."""
    exact, folded = _list_spellings(categories, missing)
    index = exact.get(text)
    return folded.get(join_spelling(text)) if index is None and folded else index


@lru_cache(maxsize=1024)
def _list_spellings(
    categories: tuple[str, ...], missing: tuple[str, ...]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the values of the spellings as written, and when folded, if they are one value."""
    exact = {category: float(index) for index, category in enumerate(categories)}
    exact.update({spelling.strip(): math.nan for spelling in missing})
    folded: dict[str, set[float]] = {}
    for spelling, value in exact.items():
        # math.nan is one object, so a set holds it once
        folded.setdefault(join_spelling(spelling), set()).add(value)
    return exact, {key: values.pop() for key, values in folded.items() if len(values) == 1}
