"""Sections of a dictionary file (TOML) and their validation; unknown keys are refused."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lnmbench import UserError
from lnmbench.errors import nearest
from lnmbench.records import Kind, Known, Role
from lnmbench_table.layout import Layout, NumberMarks
from lnmbench_table.sheet import quote_text

_BARE = re.compile(r"[A-Za-z0-9_-]{1,60}")


def _convert_numbers(value: object) -> object:
    """Convert numbers to text, so that `categories = [0, 1]` is allowed."""
    return _convert_list(value) if isinstance(value, list) else value


def _convert_list(value: list[object]) -> list[object]:
    if any(isinstance(item, bool) for item in value):
        raise ValueError('true and false in quotes, as in the table ("TRUE")')
    return [f"{item:.15g}" if isinstance(item, int | float) else item for item in value]


def _convert_numbers_of_values(value: object) -> object:
    """Convert the numbers among mapped values to text: `values = {"female" = 1}` is allowed."""
    if not isinstance(value, dict):
        return value
    return dict(zip(value, _convert_list(list(value.values())), strict=True))


Texts = Annotated[tuple[str, ...], BeforeValidator(_convert_numbers)]
ValueMap = Annotated[dict[str, str], BeforeValidator(_convert_numbers_of_values)]


class ColumnSection(NumberMarks):
    """A section `[columns.NAME]`."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    role: Role
    kind: Kind | None = None
    label: str | None = None
    unit: str | None = None
    categories: Texts = ()
    missing: Texts = ()
    known: Known | None = None
    description: str = ""
    reader: str | None = None
    values: ValueMap = Field(default_factory=dict)


class CardSection(BaseModel):
    """The section `[card]`: the description of the cohort in the report."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    title: str | None = None
    license: str = "not stated"
    source: str = "not stated"
    citation: str = "not stated"
    labels: str = "not stated"


class DictionaryFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    card: CardSection = CardSection()
    table: Layout = Layout()
    columns: dict[str, ColumnSection] = Field(min_length=1)


_MODELS: dict[str, type[BaseModel]] = {
    "card": CardSection,
    "table": Layout,
    "columns": ColumnSection,
}


def parse_sections(text: str, path: Path) -> DictionaryFile:
    """Parse TOML. Raises `UserError` with the file, the section and the invalid key."""
    try:
        return DictionaryFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is not valid TOML", got=str(error)) from error
    except ValidationError as error:
        raise _describe_error(error, path) from error


def format_section_header(*names: str) -> str:
    """Return the header of a section in TOML; long names are cut."""
    bare = (name if _BARE.fullmatch(name) else quote_text(name) for name in names)
    return f"[{'.'.join(bare)}]"


def _describe_error(error: ValidationError, path: Path) -> UserError:
    """Return the first error of pydantic as a line with file, section and key."""
    detail = error.errors(include_url=False)[0]
    *sections, key = [str(part) for part in detail["loc"]]
    keys = len(sections) - (2 if sections[:1] == ["columns"] else 1)
    if keys > 0:
        key, sections = f"{'.'.join(sections[-keys:])}[{key}]", sections[:-keys]
    where = f"{path}, {format_section_header(*sections)}" if sections else str(path)
    if detail["type"] == "extra_forbidden":
        model = _MODELS[sections[0]] if sections else DictionaryFile
        return UserError(f"unknown key {key!r}", where=where, then=nearest(key, model.model_fields))
    if detail["type"] == "missing":
        return UserError(f"key {key!r} is missing", where=where)
    expected = detail.get("ctx", {}).get("expected", "")
    return UserError(
        f"invalid value of key {key!r}",
        where=where,
        expected=str(expected) if expected else detail["msg"].removeprefix("Value error, "),
        got=repr(detail["input"])[:60],
    )
