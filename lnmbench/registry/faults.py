"""Faults of a plugin's module and of its offers, as text."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from lnmbench.errors import nearest
from lnmbench.hookspecs import Hooks

GROUP = "lnmbench"
"""The group of entry points, and the name under which hooks are marked."""

FILE_MODULE = "lnmbench_plugin_"
"""The start of the name of the module of a plugin file; the file's name follows."""


def import_file(path: Path) -> ModuleType:
    """Return the module of a file; its errors are raised unchanged."""
    name = f"{FILE_MODULE}{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look the module up by its name
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def checksum(module: str) -> str:
    """Return the checksum of a module's file, or of all files of a package."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return ""
    if spec is None or spec.origin is None:
        return ""
    file = Path(spec.origin)
    files = sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in files if each.is_file()))
    return f"sha256:{digest.hexdigest()[:16]}"


def reason(error: BaseException, origin: str) -> str:
    """Return the line of the plugin that raised an error, and its message, as one line."""
    line, traceback = "", error.__traceback__
    while traceback is not None:
        if Path(traceback.tb_frame.f_code.co_filename).name == Path(origin).name:
            line = f", line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    text = " ".join(str(error).split())
    return f"{origin}{line}: {type(error).__name__}: {text}"[:240]


def _hook_names() -> list[str]:
    return [name for name in vars(Hooks) if not name.startswith("_")]


def describe_hook_fault(module: object) -> str:
    """Return which hook of a module is unknown or not marked; an empty string if none is."""
    known = _hook_names()
    for name, value in vars(module).items():
        marked = hasattr(value, f"{GROUP}_impl")
        if marked and name not in known:
            return f"has a hook {name} that does not exist: {nearest(name, known)}"
        if not marked and name in known and callable(value):
            return f"has {name} without @lnmbench.hookimpl"
    return ""


def describe_offer_fault(offered: object) -> str:
    """Return what is not a mapping of names to factories; an empty string if it is one."""
    if not isinstance(offered, Mapping):
        return type(offered).__name__
    for name, factory in offered.items():
        if not isinstance(name, str) or not callable(factory):
            return f"{name!r}: {type(factory).__name__}"
    return ""
