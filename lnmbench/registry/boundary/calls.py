"""Calls into plugins: what they raise, and what they return wrongly, becomes a `PluginError`."""

from __future__ import annotations

import dis
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import getattr_static
from pathlib import Path
from types import CodeType, FrameType, FunctionType, MethodType, TracebackType
from typing import TypeVar

from lnmbench.errors import PluginError, UserError
from lnmbench.registry import fault_log
from lnmbench.registry.boundary.values import Unexpected
from lnmbench.registry.plugins import Plugin
from lnmbench.text import clean

T = TypeVar("T")

_LONGEST = 160
_RAISE = dis.opmap["RAISE_VARARGS"]
_NO_MORE = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The boundary around calls into one object of a plugin: its plugin, its role and its name.

    `passes` returns whether an exception passes unchanged, e.g. because memory ran out and the
    caller tries again with less.
    """

    plugin: Plugin
    role: str
    name: str
    passes: Callable[[BaseException], bool] = lambda error: False

    def call(
        self,
        method: str,
        check: Callable[[object], T],
        function: Callable[..., object],
        /,
        *arguments: object,
        **named: object,
    ) -> T:
        """Return what a function of the plugin returns, after a check.

        Parameters
        ----------
        method
            The name of the function in the contract.
        check
            Returns the value in its type, or raises `Unexpected`.
        function
            The function.
        *arguments, **named
            Its arguments.

        Raises
        ------
        PluginError
            For everything that the function raises, `SystemExit` included, and for a value that
            the check refuses. An interrupt by the user is not a fault.
        """
        fault: PluginError
        try:
            return check(function(*arguments, **named))
        except PluginError:
            raise
        except Unexpected as unexpected:
            fault = self._wrong_value(method, unexpected, function)
        except UserError as error:
            fault = self._refusal(error)
        except BaseException as error:
            if self.passes(error) or _is_interrupt(error, self.plugin):
                raise
            fault = self._failure(method, error)
        # outside the handler: the exception's frames would keep arrays and patients' data alive
        fault_log.record(fault)
        raise fault

    def read(self, attribute: str, check: Callable[[object], T], instance: object) -> T:
        """Return an attribute of the plugin's object, after a check.

        Parameters
        ----------
        attribute
            The name of the attribute in the contract.
        check
            Returns the value in its type, or raises `Unexpected`.
        instance
            The plugin's object.

        Raises
        ------
        PluginError
            As in `call`.
        """
        return self.call(attribute, check, getattr, instance, attribute)

    def iterate(
        self, method: str, check: Callable[[object], T], function: Callable[[], object], most: int
    ) -> Iterator[T]:
        """Yield what a function of the plugin yields, each item after a check.

        Parameters
        ----------
        method
            The name of the function in the contract.
        check
            Returns an item in its type, or raises `Unexpected`.
        function
            The function, which returns something that can be iterated over.
        most
            The largest possible number of items; more are a fault.

        Raises
        ------
        PluginError
            As in `call`.
        """
        items = self.call(method, _require_iterator, function)
        for number in range(most + 1):
            item = self.call(method, lambda item: item, next, items, _NO_MORE)
            if item is _NO_MORE:
                return
            if number == most:
                raise self.refuse(method, expected=f"at most {most} items", got="more")
            yield self.call(method, check, lambda item: item, item)

    def refuse(
        self, method: str, *, expected: str, got: str, function: object = None
    ) -> PluginError:
        """Return the fault of a wrong value.

        Parameters
        ----------
        method
            The name of the function or attribute in the contract.
        expected, got
            The values that the contract allows, and the one that the plugin returned.
        function
            The function that returned it, whose file and line the message names.
        """
        return PluginError(
            f"{self} returns a wrong value from {method}",
            where=_describe_function(function, self.plugin),
            expected=expected,
            got=got,
            then=self.plugin.remedy,
        )

    def __str__(self) -> str:
        return f"{self.role} {self.name} of plugin {self.plugin.name}"

    def _wrong_value(self, method: str, unexpected: Unexpected, function: object) -> PluginError:
        return self.refuse(
            method, expected=unexpected.expected, got=unexpected.got, function=function
        )

    def _refusal(self, error: UserError) -> PluginError:
        """Return what the plugin tells the user, with its name if the user loaded it as a file."""
        text = str(error)
        names_plugin = self.plugin.name in text or not self.plugin.explicit
        return PluginError(text if names_plugin else f"{self}: {text}")

    def _failure(self, method: str, error: BaseException) -> PluginError:
        verb = "cannot be built" if method == "__init__" else f"fails in {method}"
        fault = PluginError(
            f"{self} {verb} ({describe_failure(error, self.plugin)})",
            then=self.plugin.remedy_with_traceback,
        )
        fault.details = "".join(traceback.format_exception(error))
        return fault


def describe_failure(error: BaseException, plugin: Plugin) -> str:
    """Return file and line of the plugin where an exception was raised, its type and message."""
    try:
        text = clean(str(error))
    except Exception:  # an exception of a plugin may be unable to say what it is
        text = ""
    message = f": {text[:_LONGEST]}" if text else ""
    return f"{_locate(error.__traceback__, plugin)}: {type(error).__name__}{message}"


def _locate(trace: TracebackType | None, plugin: Plugin) -> str:
    """Return file and line of the innermost frame of the plugin, else the plugin's origin."""
    place = Path(plugin.origin).name
    while trace is not None:
        if _is_of_plugin(trace.tb_frame, plugin):
            place = _place(trace.tb_frame.f_code, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _is_of_plugin(frame: FrameType, plugin: Plugin) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    return module == plugin.module or module.startswith(f"{plugin.module}.")


def _is_interrupt(error: BaseException, plugin: Plugin) -> bool:
    """Return whether the user interrupted the program: no statement of the plugin raised it."""
    trace = error.__traceback__
    if not isinstance(error, KeyboardInterrupt) or trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    raises = trace.tb_frame.f_code.co_code[trace.tb_lasti] == _RAISE
    return not (raises and _is_of_plugin(trace.tb_frame, plugin))


def _describe_function(function: object, plugin: Plugin) -> str:
    called = function if isinstance(function, FunctionType | MethodType) else type(function)
    method = getattr_static(called, "__call__", None) if isinstance(called, type) else called
    code = getattr(method, "__code__", None)
    if isinstance(code, CodeType) and not code.co_filename.startswith(str(_CORE)):
        return _place(code, code.co_firstlineno)
    return Path(plugin.origin).name


_CORE = Path(__file__).parents[2]


def _place(code: CodeType, line: int) -> str:
    return f"{Path(code.co_filename).name}, line {line}"


def _require_iterator(value: object) -> Iterator[object]:
    try:
        return iter(value)  # type: ignore[call-overload,no-any-return]  # a plugin's object
    except TypeError:
        raise Unexpected("cases that can be iterated over", type(value).__name__) from None
