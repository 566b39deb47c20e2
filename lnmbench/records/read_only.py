"""Read-only copies of records: no plugin changes what another one reads."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, NoReturn, TypeVar, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Key = TypeVar("Key")
Value = TypeVar("Value")
Record = TypeVar("Record")


class ReadOnlyMapping(dict[Key, Value]):
    """A mapping that refuses changes; it is copied, pickled and written as JSON like a dict."""

    def _refuse(self, *arguments: object, **named: object) -> NoReturn:
        raise TypeError("this mapping is read-only; change a copy: dict(…)")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[dict[Key, Value]], tuple[dict[Key, Value]]]:
        return type(self), (dict(self),)


def freeze(record: Record) -> Record:
    """Return a record whose arrays and mappings, at any depth, cannot be changed.

    Arrays are copied into memory that no flag makes writable.

    Examples
    --------
    >>> freeze({"auc": 0.76})["auc"] = 1.0
    Traceback (most recent call last):
    TypeError: this mapping is read-only; change a copy: dict(…)
    """
    return cast("Record", _freeze(record))


def _freeze(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, ReadOnlyMapping):
        return value
    if isinstance(value, Mapping):
        return ReadOnlyMapping({key: _freeze(item) for key, item in value.items()})
    if isinstance(value, tuple | list):
        items = tuple(_freeze(item) for item in value)
        is_frozen = isinstance(value, tuple) and all(map(operator.is_, items, value))
        return value if is_frozen else items
    if hasattr(value, "__array_interface__"):
        return _freeze_array(cast("NDArray[np.generic]", value))
    if is_dataclass(value) and not isinstance(value, type):
        old = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        new = {name: _freeze(item) for name, item in old.items()}
        changes = {name: item for name, item in new.items() if item is not old[name]}
        return replace(value, **changes) if changes else value
    return value


def _freeze_array(array: NDArray[np.generic]) -> NDArray[np.generic]:
    import numpy as np

    if array.dtype.hasobject or not array.size or not array.ndim:
        if not array.flags.writeable:
            return array
        copy = array.copy()
        copy.flags.writeable = False
        return copy
    memory: object = array
    while isinstance(memory, np.ndarray):
        memory = memory.base
    if isinstance(memory, bytes):
        return array
    return np.frombuffer(array.tobytes(), dtype=array.dtype).reshape(array.shape)
