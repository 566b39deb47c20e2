"""Coefficient files of scores: title, citation, variables and terms, in TOML."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lnmbench import UserError
from lnmbench.text import join_first, quote
from lnmbench.toml_file import read_toml

PUBLISHED = Path(__file__).with_name("published")
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Number = Annotated[float, Field(ge=-1e6, le=1e6)]
Transform = Literal["identity", "log", "log10", "sqrt", "square", "inverse_sqrt"]
_MOST = 200


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class Variable(_Strict):
    """A variable of a score: a number with its unit, or categories that count as 1.

    `column` is the column that it usually has. Without categories, a binary column counts as 1
    where it is positive.
    """

    description: Text
    unit: str | None = None
    categories: tuple[Text, ...] = ()
    column: str = ""

    @field_validator("categories", mode="before")
    @classmethod
    def _read_list(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @property
    def is_number(self) -> bool:
        """True for a number, which has a unit (empty for a number without one)."""
        return self.unit is not None

    @model_validator(mode="after")
    def _require_one_kind(self) -> Variable:
        if self.is_number and self.categories:
            raise ValueError("a unit and categories of one variable")
        return self


class Term(_Strict):
    """One term: a coefficient times a variable.

    Of a number x, the factor is transform(x / per) − center; or 1 if x is `at_least`, `above`,
    `at_most` or `below` a cut-off, else 0.
    """

    variable: Text
    coefficient: Number
    transform: Transform = "identity"
    per: float = Field(1.0, gt=1e-6, le=1e6)
    center: Number = 0.0
    at_least: Number | None = None
    above: Number | None = None
    at_most: Number | None = None
    below: Number | None = None

    @field_validator(
        "coefficient", "per", "center", "at_least", "above", "at_most", "below", mode="before"
    )
    @classmethod
    def _read_integer(cls, value: object) -> object:
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @property
    def cutoffs(self) -> dict[str, float]:
        """The cut-offs, by the kind of comparison."""
        pairs = {n: getattr(self, n) for n in ("at_least", "above", "at_most", "below")}
        return {name: value for name, value in pairs.items() if value is not None}

    @model_validator(mode="after")
    def _refuse_both(self) -> Term:
        if self.cutoffs and (self.transform, self.per, self.center) != ("identity", 1.0, 0.0):
            raise ValueError("a cut-off together with transform, per or center")
        return self


class CoefficientFile(_Strict):
    """A score with fixed coefficients.

    Without an `intercept`, which many articles omit, the score orders the cases and is no
    probability.
    """

    title: Text
    citation: Text
    outcome: Text
    cohort: Text
    source: str = ""
    intercept: Number | None = None
    variables: Mapping[str, Variable] = Field(min_length=1, max_length=_MOST)
    terms: tuple[Term, ...] = Field(min_length=1, max_length=_MOST)

    @field_validator("terms", mode="before")
    @classmethod
    def _read_terms(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("intercept", mode="before")
    @classmethod
    def _read_integer(cls, value: object) -> object:
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @model_validator(mode="after")
    def _match_terms(self) -> CoefficientFile:
        used = {term.variable for term in self.terms}
        unknown, idle = sorted(used - set(self.variables)), sorted(set(self.variables) - used)
        if unknown or idle:
            problem = "terms of unknown variables: " if unknown else "variables without a term: "
            raise ValueError(problem + ", ".join(unknown or idle)[:80])
        for term in self.terms:
            changed = term.cutoffs or term.transform != "identity" or term.per != 1.0 or term.center
            if changed and not self.variables[term.variable].is_number:
                raise ValueError(f"a term of numbers for {term.variable[:40]}, which has no unit")
        return self


def read_coefficients(path: Path | None, name: str) -> CoefficientFile:
    """Return the score of a file, or a published one by its name.

    Raises `UserError` for a file that cannot be read, is no coefficient file, and an unknown name.
    """
    published = {file.stem: file for file in sorted(PUBLISHED.glob("*.toml"))}
    if (path is None) == (not name):
        raise UserError(
            "a score needs a name or the path of a coefficient file",
            expected=f"name={' or '.join(published)}, or path=FILE.toml",
            got="both" if name else "neither",
        )
    if path is None and name not in published:
        raise UserError(f"no published score {quote(name)}", then=f"known: {', '.join(published)}")
    file = published[name] if path is None else path
    try:
        return CoefficientFile.model_validate(read_toml(file))
    except ValidationError as error:
        raise _describe(error, file) from None


def _describe(error: ValidationError, path: Path) -> UserError:
    first = error.errors(include_url=False, include_context=False)[0]
    key = ".".join(map(str, first["loc"])) or "the score"
    message = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    kind, value = first["type"], first["input"]
    if kind in ("missing", "extra_forbidden"):
        known = join_first(sorted(CoefficientFile.model_fields), 12)
        return UserError(
            f"{'missing' if kind == 'missing' else 'unknown'} key {quote(key)} in {path}",
            then=f"keys of a score: {known}; see docs/scores.md",
        )
    if kind == "value_error":
        where = "" if key == "the score" else key
        then = "see docs/scores.md"
        return UserError(f"{path} is not a coefficient file", where=where, got=message, then=then)
    is_plain = isinstance(value, str | int | float) and not (
        isinstance(value, float) and math.isnan(value)
    )
    return UserError(
        f"{path} is not a coefficient file",
        where=key,
        expected=message,
        got=repr(value)[:40] if is_plain else "",
        then="see docs/scores.md",
    )
