"""Columns of the clinical table: role, kind, categories, and when a value is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from lnmbench.errors import UserError, nearest

Role = Literal["id", "patient", "center", "feature", "target", "aux", "report"]
Kind = Literal["continuous", "ordinal", "nominal", "binary"]
Known = Literal["before", "after"]
Label = Literal["binary", "ordinal", "nominal", "continuous", "mask"]
"""Kind of the prediction of a target or auxiliary task: that of a column, or a mask."""

TEXT_ROLES: tuple[Role, ...] = ("id", "patient", "center")
UNCODED_ROLES: tuple[Role, ...] = (*TEXT_ROLES, "report")
"""Roles whose cells are not numbers; those of reports are not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Variable of a cohort.

    `label` names the target or auxiliary task that the column serves (`n1`, `n2`, `pn`, `pt`, …).
    `categories` are in their order; for a binary column they are (negative, positive).
    `known` says whether the value is known before surgery or only after it. The role `report` is
    free text: `reader` names the report reader (`ct:language=zh`) that makes columns of it.

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

    def encode(self, value: object, *, where: str = "") -> float:
        """Return a cell as a number: its value, or the index of its category; NaN if missing.

        Empty cells, None, NaN and the column's `missing` spellings are missing. Everything else
        must be a finite number or one of the categories, or `UserError` is raised. A report has no
        number: `TypeError`, which quotes nothing of it.
        """
        if self.role == "report":
            raise TypeError(f"column {self.name!r} is a report and cannot be encoded")
        text = "" if value is None else str(value).strip()
        if not text or text.casefold() == "nan" or text in {m.strip() for m in self.missing}:
            return math.nan
        if self.kind == "continuous":
            try:
                number = float(text)
            except ValueError:
                number = math.nan
            if not math.isfinite(number):
                raise UserError(
                    f"column {self.name!r} holds {text[:40]!r}",
                    where=where,
                    expected="a number",
                    then="add the spelling to the column's missing list if it means missing",
                )
            return number
        if text in self.categories:
            return float(self.categories.index(text))
        as_whole = text.removesuffix(".0")
        if as_whole in self.categories:
            return float(self.categories.index(as_whole))
        raise UserError(
            f"column {self.name!r} holds {text[:40]!r}",
            where=where,
            expected="one of its categories",
            then=nearest(text, self.categories),
        )
