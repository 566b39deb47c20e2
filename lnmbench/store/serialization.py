"""JSON text of records, for the files that hold them, and its strict decoding."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import Discriminator, Tag, TypeAdapter, ValidationError

from lnmbench.errors import UserError
from lnmbench.records import BaselineMethod, Method, NetworkMethod
from lnmbench.records.column import OMITTED_BY_DEFAULT

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")
Value = TypeVar("Value")


class DamagedRecordError(ValueError):
    """A text that is not what `pack` writes; the message names the first fault."""


def pack(record: DataclassInstance) -> str:
    """Return a frozen record as JSON; equal records give equal text.

    A field with the metadata `OMITTED_BY_DEFAULT` is left out while it has its default, so that the
    text, and the fingerprints made from it, do not change when the field is added to a record.
    """
    return json.dumps(record, sort_keys=True, default=_plain)


def unpack(kind: type[Record], text: str) -> Record:
    """Return the record that `pack` wrote.

    Parameters
    ----------
    kind
        Class of the record.
    text
        JSON text of the record.

    Raises
    ------
    DamagedRecordError
        If the text is not JSON, a field is missing, unknown or of another type, or the record
        refuses its values.
    """
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    adapter: TypeAdapter[Record] = _ADAPTERS[kind]
    return _decode(adapter, text)


def unpack_method(text: str) -> Method:
    """Return the method that `pack` wrote. Raises `DamagedRecordError` as `unpack` does."""
    return _decode(_METHODS, text)


def unpack_texts(text: str) -> tuple[str, ...]:
    """Return the texts of a JSON list. Raises `DamagedRecordError` for anything else."""
    return _validate(_TEXTS, text)


def _method_kind(settings: object) -> str:
    return "baseline" if isinstance(settings, Mapping) and "baseline" in settings else "network"


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
_TEXTS = TypeAdapter(tuple[str, ...])
_METHODS: TypeAdapter[Method] = TypeAdapter(
    Annotated[
        Annotated[NetworkMethod, Tag("network")] | Annotated[BaselineMethod, Tag("baseline")],
        Discriminator(_method_kind),
    ]
)


def _validate(adapter: TypeAdapter[Value], text: str) -> Value:
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
        location = ".".join(map(str, fault["loc"]))
        raise DamagedRecordError(f"{location}: {fault['msg']}".removeprefix(": ")) from None
    except UserError as error:
        raise DamagedRecordError(str(error)) from None


def _decode(adapter: TypeAdapter[Record], text: str) -> Record:
    record = _validate(adapter, text)
    # defaults fill fields that are missing, and unknown fields are dropped
    field = _first_difference(_comparable(pack(record)), _comparable(text))
    if field is not None:
        raise DamagedRecordError(f"{field}: missing, unknown or changed field".removeprefix(": "))
    return record


def _comparable(text: str) -> object:
    """Return the values of JSON text, NaN as text, since NaN differs from itself."""
    values: object = json.loads(text, parse_constant=str)
    return values


def _first_difference(a: object, b: object) -> str | None:
    """Return the path of the first value that differs, or None."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted({*a, *b}):
            if name not in a or name not in b:
                return str(name)
            inner = _first_difference(a[name], b[name])
            if inner is not None:
                return f"{name}.{inner}".removesuffix(".")
        return None
    return None if a == b else ""


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {
            field.name: getattr(value, field.name)
            for field in fields(value)
            if OMITTED_BY_DEFAULT not in field.metadata
            or getattr(value, field.name) != field.default
        }
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
