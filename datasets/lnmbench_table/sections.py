"""Sections of a dictionary file (TOML) and their validation; unknown keys are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from lnmbench import UserError
from lnmbench.errors import nearest, raise_all
from lnmbench.records import CLINICAL_MODALITY, Kind, Known, Role
from lnmbench.text import quote
from lnmbench_table.layout import Layout, NumberMarks

_LONGEST_NAME = 20
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
    modality: str = CLINICAL_MODALITY
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


def parse_sections(content: Mapping[str, object], path: Path) -> DictionaryFile:
    """Validate the content of a dictionary.

    Raises `UserError` with the file, the section and the invalid key, for all of them at once.
    """
    raise_all(list(_find_dotted_names(content, path)), str(path))
    try:
        return DictionaryFile.model_validate(content)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        errors = [_describe_error(detail, path) for detail in details]
        raise_all(errors, str(path))
        raise


def _find_dotted_names(content: Mapping[str, object], path: Path) -> Iterator[UserError]:
    """Yield an error for each section whose name has dots without quotes."""
    columns = content.get("columns")
    for name, section in columns.items() if isinstance(columns, dict) else ():
        for key, value in section.items() if isinstance(section, dict) else ():
            if not isinstance(value, dict) or key in ColumnSection.model_fields:
                continue
            names = [name, key]
            while len(names) < _LONGEST_NAME and len(value) == 1:
                ((inner, deeper),) = value.items()
                if not isinstance(deeper, dict) or inner in ColumnSection.model_fields:
                    break
                names, value = [*names, inner], deeper
            dotted = ".".join(names)
            yield UserError(
                f"the name of section [columns.{dotted[:60]}] has dots",
                where=str(path),
                then=f'put it in quotes: [columns."{dotted[:60]}"]',
            )


def format_section_header(*names: str) -> str:
    """Return the header of a section in TOML; long names are cut."""
    bare = (name if _BARE.fullmatch(name) else quote(name, 40) for name in names)
    return f"[{'.'.join(bare)}]"


def _describe_error(detail: ErrorDetails, path: Path) -> UserError:
    """Return an error of pydantic as a line with file, section and key."""
    *sections, key = [str(part) for part in detail["loc"]]
    keys = len(sections) - (2 if sections[:1] == ["columns"] else 1)
    if keys > 0:
        key, sections = f"{'.'.join(sections[-keys:])}[{key}]", sections[:-keys]
    where = f"{path}, {format_section_header(*sections)}" if sections else str(path)
    if detail["type"] == "extra_forbidden":
        model = _MODELS[sections[0]] if sections else DictionaryFile
        return UserError(f"unknown key {key!r}", where=where, then=nearest(key, model.model_fields))
    if key == "columns" and not sections and detail["type"] in ("missing", "too_short"):
        return UserError(
            "the dictionary describes no column",
            where=where,
            expected="a section [columns.NAME] for each column to use",
            then="remove the # in front of the lines of proposed sections to use them",
        )
    if detail["type"] == "missing":
        return UserError(f"key {key!r} is missing", where=where)
    value = detail["input"]
    is_section = detail["type"] in ("model_type", "dict_type", "model_attributes_type")
    return UserError(
        f"invalid {'section' if is_section else 'value of key'} {key!r}",
        where=where,
        expected=_describe_expected(detail, is_section=is_section),
        got=type(value).__name__ if isinstance(value, dict | list) else repr(value)[:60],
    )


def _describe_expected(detail: ErrorDetails, *, is_section: bool) -> str:
    if is_section:
        return "keys, such as role, below a header in single brackets"
    expected = detail.get("ctx", {}).get("expected", "")
    return str(expected) if expected else detail["msg"].removeprefix("Value error, ")
