"""Versions of the code of classes and functions: of a package, of a file, or of the code itself."""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType

MAIN = "__main__"
"""The module of a script or notebook, which changes more often than the code of a class in it."""

CHECKSUM = "sha256:"
"""The start of a checksum, which no version has."""

_DIGITS = 16
_CONSTANTS = (bool, int, float, complex, str, bytes, type(None))


def module_version(module: str) -> dict[str, str]:
    """Return the version of a module's package, or the checksum of its file, by name.

    A module without a file, and the script or notebook that runs, has none.

    Examples
    --------
    >>> import sklearn
    >>> module_version("sklearn.ensemble._forest") == {"sklearn": sklearn.__version__}
    True
    """
    if module == MAIN:
        return {}
    package = module.partition(".")[0]
    version = getattr(sys.modules.get(package), "__version__", None)
    if isinstance(version, str) and version:
        return {package: version}
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None or not Path(file).is_file():
        return {}
    return {module: checksum(Path(file).read_bytes())}


def checksum(content: bytes) -> str:
    """Return the checksum of bytes as text."""
    return f"{CHECKSUM}{hashlib.sha256(content).hexdigest()[:_DIGITS]}"


def class_checksum(cls: type) -> str:
    """Return the checksum of the functions and constants of a class, without those it inherits."""
    parts = [
        part
        for name, value in sorted(vars(cls).items())
        for part in (name, *_describe_member(name, value))
    ]
    return checksum("\n".join(parts).encode())


def function_checksum(function: FunctionType) -> str:
    """Return the checksum of a function, and of the functions and constants of its module in it."""
    return checksum("\n".join(_describe_function(function, set())).encode())


def _describe_member(name: str, value: object) -> Iterator[str]:
    is_special = name.startswith("__") and name.endswith("__")
    if isinstance(value, _CONSTANTS) and not is_special:
        yield repr(value)
    for function in _functions_of(value):
        yield from _describe_function(function, set())


def _functions_of(value: object) -> Iterator[FunctionType]:
    """Yield the function of a method, or those of a property."""
    if isinstance(value, staticmethod | classmethod):
        value = value.__func__
    elif isinstance(value, functools.cached_property):
        value = value.func
    parts = (value.fget, value.fset, value.fdel) if isinstance(value, property) else (value,)
    yield from (part for part in parts if isinstance(part, FunctionType))


def _describe_function(function: FunctionType, visited: set[int]) -> Iterator[str]:
    if id(function) in visited:
        return
    visited.add(id(function))
    yield from _describe_code(function.__code__)
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    named = (function.__globals__.get(name) for name in _names_in(function.__code__))
    for value in (*defaults, *named):
        if isinstance(value, _CONSTANTS):
            yield repr(value)
        elif isinstance(value, FunctionType) and value.__module__ == function.__module__:
            yield from _describe_function(value, visited)


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def _describe_code(code: CodeType) -> Iterator[str]:
    yield f"{code.co_code.hex()} {code.co_names} {code.co_varnames}"
    yield from map(_describe_constant, code.co_consts)


def _describe_constant(value: object) -> str:
    if isinstance(value, CodeType):
        return "\n".join(_describe_code(value))
    if isinstance(value, frozenset):
        return f"frozenset {sorted(map(_describe_constant, value))}"
    if isinstance(value, tuple):
        return f"tuple {list(map(_describe_constant, value))}"
    return repr(value)
