"""Faults of a plugin's module and of its offers, as text."""

from __future__ import annotations

import dis
import re
from collections.abc import Mapping
from pathlib import Path
from types import FrameType, TracebackType

from lnmbench.errors import nearest
from lnmbench.hookspecs import Hooks
from lnmbench.text import clean

GROUP = "lnmbench"
"""The group of entry points, and the name under which hooks are marked."""

_LONGEST = 160
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_RAISE = dis.opmap["RAISE_VARARGS"]


def describe_failure(error: BaseException, *, module: str, origin: str, quoted: bool = True) -> str:
    """Return file and line of a plugin where an exception was raised, its type and message.

    Parameters
    ----------
    error
        The exception.
    module
        The import name of the plugin.
    origin
        The place that the plugin comes from, which is named if no frame is the plugin's.
    quoted
        Whether to add the message of the exception.
    """
    try:
        text = clean(str(error)[: 10 * _LONGEST])
    except Exception:  # an exception of a plugin may be unable to say what it is
        text = ""
    message = f": {text[:_LONGEST]}" if text and quoted else ""
    return f"{_locate(error.__traceback__, module, origin)}: {type(error).__name__}{message}"


def is_interrupt(error: BaseException, module: str) -> bool:
    """Return whether the user interrupted the program: no statement of the plugin raised it."""
    trace = error.__traceback__
    if not isinstance(error, KeyboardInterrupt) or trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    raises = trace.tb_frame.f_code.co_code[trace.tb_lasti] == _RAISE
    return not (raises and is_of_plugin(_module_of(trace.tb_frame), module))


def _locate(trace: TracebackType | None, module: str, origin: str) -> str:
    """Return file and line of the innermost frame of the plugin, else the plugin's origin."""
    place = Path(origin).name
    while trace is not None:
        if is_of_plugin(_module_of(trace.tb_frame), module):
            place = f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def is_of_plugin(name: str, module: str) -> bool:
    """Return whether a module is that of a plugin, or a part of its package."""
    return name == module or name.startswith(f"{module}.")


def _module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _hook_names() -> list[str]:
    return [name for name in vars(Hooks) if not name.startswith("_")]


def describe_hook_fault(module: object) -> str:
    """Return which hook of a module is unknown, not marked or missing; "" for a sound module."""
    known = _hook_names()
    for name, value in vars(module).items():
        marked = hasattr(value, f"{GROUP}_impl")
        if marked and name not in known:
            suggestion = nearest(name, known).partition(" known:")[0]
            hint = suggestion if suggestion.startswith("did") else "see docs/plugins.md"
            return f"has a hook {name} that does not exist: {hint}"
        if not marked and name in known and callable(value):
            return f"has {name} without @lnmbench.hookimpl"
    if not any(name in known for name in vars(module)):
        return "has no hook; see docs/plugins.md"
    return ""


def describe_offer_fault(offered: object) -> str:
    """Return what is not a mapping of names to factories; an empty string if it is one."""
    if not isinstance(offered, Mapping):
        return type(offered).__name__
    for name, factory in offered.items():
        if not isinstance(name, str) or not callable(factory):
            return f"{name!r}: {type(factory).__name__}"
        if not _NAME.fullmatch(name):
            return f"the name {clean(name)[:40]!r}"
    return ""
