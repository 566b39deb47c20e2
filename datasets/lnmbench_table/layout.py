"""The section `[table]` of a dictionary: encoding, separator, sheet, header, marks of numbers."""

from __future__ import annotations

import codecs
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Decimal = Literal[".", ","]
Thousands = Literal[".", ",", "'", "’", " "]
Separator = Literal[",", ";", "\t", "|"]


def _require_codec(name: str) -> str:
    try:
        is_text = codecs.lookup(name)._is_text_encoding
    except LookupError:
        is_text = False
    if not is_text:
        raise ValueError("the name of an encoding: utf-8, gb18030, cp1252, …")
    return name


class NumberMarks(BaseModel):
    """The decimal mark of a table or column, and the mark between thousands, if there is one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decimal: Decimal | None = None
    thousands: Thousands | None = None


class Layout(NumberMarks):
    """Properties of the file that its cells do not state. None: as detected."""

    encoding: Annotated[str, AfterValidator(_require_codec)] | None = None
    separator: Separator | None = None
    sheet: str | None = None
    header: Annotated[int, Field(ge=1)] | None = None
