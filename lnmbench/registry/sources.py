"""Source files of plugins: imported from the bytes that their checksum is of."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

FILE_MODULE = "lnmbench_plugin_"
"""The start of the name of the module of a plugin file; the file's name follows."""

_BYTECODE = "__pycache__"


def import_file(path: Path, content: bytes) -> ModuleType:
    """Return the module of a file; its errors are raised unchanged.

    Source code is compiled from the content, never taken from a cache of bytecode: what runs is
    what the checksum is of.

    Parameters
    ----------
    path
        The file.
    content
        What was read from it.
    """
    name = f"{FILE_MODULE}{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look the module up by its name
    try:
        if isinstance(spec.loader, SourceFileLoader):
            exec(spec.loader.source_to_code(content, str(path)), vars(module))
        else:
            spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def file_checksum(content: bytes) -> str:
    """Return the checksum of a file's content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()[:16]}"


def module_checksum(module: str) -> str:
    """Return the checksum of a module's file, or of all files of a package, as they are now."""
    file = _find(module)
    if file is None:
        return ""
    if file.name != "__init__.py":
        return file_checksum(file.read_bytes())
    parts = [part for path in _files_of_package(file.parent) for part in _content(path)]
    return file_checksum(b"".join(parts))


def _find(module: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        return None
    return Path(spec.origin)


def _files_of_package(folder: Path) -> Sequence[Path]:
    """Return code and data of a package in a fixed order, without caches of bytecode."""
    paths = sorted(path for path in folder.rglob("*") if _BYTECODE not in path.parts)
    return [path for path in paths if path.is_file()]


def _content(path: Path) -> tuple[bytes, ...]:
    try:
        return (path.read_bytes(),)
    except OSError:  # a file that vanished or cannot be read is no code of the plugin
        return ()
