"""Calls into plugins: what they raise, and what they return wrongly, becomes a `PluginError`."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import getattr_static
from pathlib import Path
from types import CodeType, FunctionType, MethodType
from typing import TypeVar

from lnmbench.errors import PluginError, UserError
from lnmbench.registry import fault_log
from lnmbench.registry.boundary.values import Unexpected
from lnmbench.registry.faults import is_interrupt, is_of_plugin
from lnmbench.registry.plugins import Plugin

T = TypeVar("T")

_NO_MORE = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The boundary around calls into one object of a plugin: its plugin, its role and its name.

    `passes` returns whether an exception passes unchanged, e.g. because memory ran out and the
    caller tries again with less. `names_refusals` adds the plugin's name to a `UserError` of a
    plugin that the user loaded as a file; those of data sets are about the user's data. Without
    `quotes_errors`, messages of exceptions are left out, since they may quote a patient's report.
    """

    plugin: Plugin
    role: str
    name: str
    passes: Callable[[BaseException], bool] = lambda error: False
    names_refusals: bool = True
    quotes_errors: bool = True

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
            if self.passes(error) or is_interrupt(error, self.plugin.module):
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
        built = method == "__init__"
        return PluginError(
            f"{self} {'cannot be built' if built else f'returns a wrong value from {method}'}",
            where=_describe_function(function, self.plugin),
            expected=expected,
            got=got,
            then=self.plugin.remedy,
        )

    def __str__(self) -> str:
        place = "" if self.plugin.estimator else f" of plugin {self.plugin.name}"
        return f"{self.role} {self.name}{place}"

    def _wrong_value(self, method: str, unexpected: Unexpected, function: object) -> PluginError:
        return self.refuse(
            method, expected=unexpected.expected, got=unexpected.got, function=function
        )

    def _refusal(self, error: UserError) -> PluginError:
        """Return what the plugin tells the user, with its name if the user loaded it as a file."""
        text = str(error)
        adds_name = self.names_refusals and self.plugin.explicit and self.plugin.name not in text
        refusal = PluginError(f"{self}: {text}" if adds_name else text)
        refusal.deliberate = True
        return refusal

    def _failure(self, method: str, error: BaseException) -> PluginError:
        verb = "cannot be built" if method == "__init__" else f"fails in {method}"
        fault = PluginError(
            f"{self} {verb} ({self.plugin.describe(error, quoted=self.quotes_errors)})",
            then=self.plugin.remedy_with_traceback,
        )
        if self.quotes_errors:
            fault.details = "".join(traceback.format_exception(error))
        else:
            lines = [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}\n"]
            fault.details = "".join(lines)
        return fault


def _describe_function(function: object, plugin: Plugin) -> str:
    called = function if isinstance(function, FunctionType | MethodType) else type(function)
    method = getattr_static(called, "__call__", None) if isinstance(called, type) else called
    code = getattr(method, "__code__", None)
    if isinstance(code, CodeType) and is_of_plugin(str(method.__module__), plugin.module):
        return f"{Path(code.co_filename).name}, line {code.co_firstlineno}"
    return Path(plugin.origin).name


def _require_iterator(value: object) -> Iterator[object]:
    try:
        return iter(value)  # type: ignore[call-overload,no-any-return]  # a plugin's object
    except TypeError:
        raise Unexpected("cases that can be iterated over", type(value).__name__) from None
