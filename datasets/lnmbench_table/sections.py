"""The sections of a dictionary file: the one parser of its TOML, unknown keys refused."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lnmbench import UserError
from lnmbench.errors import nearest
from lnmbench.records import Kind, Known, Role
from lnmbench_table.sheet import shown

_BARE = re.compile(r"[A-Za-z0-9_-]{1,60}")


def _as_texts(value: object) -> object:
    """Let spellings be written as numbers: `categories = [0, 1]`."""
    if not isinstance(value, list):
        return value
    if any(isinstance(item, bool) for item in value):
        raise ValueError('true and false must be in quotes, as the table spells them ("TRUE")')
    return [f"{item:.15g}" if isinstance(item, int | float) else item for item in value]


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_texts)]


class ColumnSection(BaseModel):
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


class CardSection(BaseModel):
    """The section `[card]`: what stands in the report about the cohort."""

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
    columns: dict[str, ColumnSection] = Field(min_length=1)


_FIELDS = {
    0: tuple(DictionaryFile.model_fields),
    1: tuple(CardSection.model_fields),
    2: tuple(ColumnSection.model_fields),
}


def parse_sections(text: str, path: Path) -> DictionaryFile:
    """Parse TOML. Raises `UserError` with the file, the section and the key that is wrong."""
    try:
        return DictionaryFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is not valid TOML", got=str(error)) from error
    except ValidationError as error:
        raise _told(error, path) from error


def section_header(*names: str) -> str:
    """Return the header of a section as TOML spells it, cut to a length that can be printed."""
    bare = (name if _BARE.fullmatch(name) else shown(name) for name in names)
    return f"[{'.'.join(bare)}]"


def _told(error: ValidationError, path: Path) -> UserError:
    """Turn the first of pydantic's findings into a line that names file, section and key."""
    finding = error.errors(include_url=False)[0]
    *sections, key = [str(part) for part in finding["loc"]]
    if sections and sections[-1] in ("categories", "missing"):
        key = f"{sections.pop()}[{key}]"
    where = f"{path}, {section_header(*sections)}" if sections else str(path)
    if finding["type"] == "extra_forbidden":
        return UserError(
            f"unknown key {key!r}", where=where, then=nearest(key, _FIELDS[len(sections)])
        )
    if finding["type"] == "missing":
        return UserError(f"key {key!r} is missing", where=where)
    expected = finding.get("ctx", {}).get("expected", "")
    return UserError(
        f"key {key!r} cannot be used",
        where=where,
        expected=str(expected) if expected else finding["msg"].removeprefix("Value error, "),
        got=repr(finding["input"])[:60],
    )
