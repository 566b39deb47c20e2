"""Plugins: found by entry point, environment variable or command line, and loaded."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TypeAlias

import pluggy

from lnmbench.contracts import Baseline
from lnmbench.errors import UserError
from lnmbench.estimators import Estimator
from lnmbench.hookspecs import Hooks, hookimpl
from lnmbench.registry.faults import (
    GROUP,
    describe_failure,
    describe_hook_fault,
    is_interrupt,
)
from lnmbench.registry.sources import FILE_MODULE, file_checksum, import_file, module_checksum

BLOCK = "LNMBENCH_BLOCK"
"""The environment variable that names plugins to skip, separated by commas."""

PLUGINS = "LNMBENCH_PLUGINS"
"""The environment variable that names further plugin files, separated like PATH."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A plugin that was loaded: its name, where it comes from, its module and its version.

    `explicit` plugins were named by the user, others are installed. `estimator` describes the
    object that was passed to `lnmbench.run`, if it is one.
    """

    name: str
    origin: str
    module: str
    version: str
    explicit: bool
    estimator: str = ""

    @property
    def is_file(self) -> bool:
        """True for a plugin file, which is loaded as a whole."""
        return self.module.startswith(FILE_MODULE)

    @property
    def is_whole(self) -> bool:
        """True for a plugin file and an object: nothing of them is loaded later."""
        return self.is_file or bool(self.estimator)

    @property
    def remedy(self) -> str:
        """Advice for a fault of this plugin."""
        return "fix it, or omit it" if self.estimator else remedy(self.name)

    @property
    def remedy_with_traceback(self) -> str:
        """Advice for an exception of this plugin, whose traceback `--debug` shows."""
        return self.remedy.replace("fix it", "fix it (--debug shows the traceback)")

    def describe(self, error: BaseException, *, quoted: bool = True) -> str:
        """Return where in this plugin an exception was raised, its type and, if quoted, message."""
        return describe_failure(error, module=self.module, origin=self.origin, quoted=quoted)

    def __str__(self) -> str:
        return f"{self.name} ({self.origin})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A plugin's function for an event, and the names of its arguments."""

    plugin: Plugin
    function: Callable[..., object]
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A fault of one plugin, as one line with its remedy."""

    plugin: str
    line: str
    explicit: bool

    def __str__(self) -> str:
        return f"plugin {self.plugin} {self.line}; {remedy(self.plugin)}"


def remedy(plugin: str) -> str:
    """Return advice for a fault of a plugin."""
    return f"fix it, or set {BLOCK}={plugin} to skip it"


PluginSource: TypeAlias = str | Estimator
"""A plugin file or module, or an object that is a plugin by itself."""


class OfferedEstimator:
    """A plugin that offers one object as a baseline."""

    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator

    @hookimpl
    def register_baselines(self) -> Mapping[str, Callable[..., Baseline]]:
        """Offer the object by its name."""
        return {self._estimator.name: self._estimator.model}


class LoadedPlugins:
    """The plugins that could be loaded, and the problems of the others.

    Parameters
    ----------
    extra
        Plugin files or modules in addition to the installed ones, and objects.
    """

    def __init__(self, extra: Sequence[PluginSource] = ()) -> None:
        self._pluggy = pluggy.PluginManager(GROUP)
        self._pluggy.add_hookspecs(Hooks)
        self._by_name: dict[str, Plugin] = {}
        self.problems: list[Problem] = []
        blocked = set(_split(os.environ.get(BLOCK, ""), ","))
        for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
            if point.name not in blocked:
                self._load(_make_plugin(point), point.load)
        for source in [*_split(os.environ.get(PLUGINS, ""), os.pathsep), *extra]:
            if isinstance(source, Estimator):
                self._load(_plugin_of(source), partial(OfferedEstimator, source))
            else:
                self._load_explicit(source, blocked)

    @property
    def hook(self) -> pluggy.HookRelay:
        """The hooks of all loaded plugins."""
        return self._pluggy.hook

    def implementations(self, hook: str) -> list[tuple[Plugin, Callable[[], object]]]:
        """Return each plugin that implements a hook, with its function."""
        implementations = getattr(self._pluggy.hook, hook).get_hookimpls()
        return [(self._by_name[each.plugin_name], each.function) for each in implementations]

    def listeners(self, event: str) -> list[Listener]:
        """Return each plugin's function for an event of a run, with its arguments."""
        return [
            Listener(
                plugin=self._by_name[each.plugin_name],
                function=each.function,
                arguments=tuple(each.argnames),
            )
            for each in getattr(self._pluggy.hook, event).get_hookimpls()
        ]

    def sources(self, names: Iterable[str] | None = None) -> dict[str, str]:
        """Return the checksum of the source of each loaded plugin, or of some.

        For a file it is that of the code that was loaded, whatever the file holds by now, and for
        an object that of the object. Modules of a package are loaded when they are needed, so that
        the files as they are now count.
        """
        chosen = self._by_name if names is None else names
        loaded = [self._by_name[name] for name in chosen if name in self._by_name]
        return {
            each.name: each.version if each.is_whole else module_checksum(each.module)
            for each in loaded
        }

    def require_sources(self, planned: Mapping[str, str]) -> None:
        """Raise `UserError` if a plugin's source is not the one of a plan.

        `planned` has what `sources` returned when the run was planned.
        """
        sources = self.sources(planned)
        for name, source in planned.items():
            if sources.get(name) != source:
                raise UserError(
                    f"plugin {name} changed after the command was started",
                    expected=source,
                    got=sources.get(name, "a plugin that cannot be loaded"),
                    then="rerun the same command to use the changed version",
                )

    def add_problem(self, plugin: Plugin, line: str) -> None:
        """Record a fault of a plugin."""
        self.problems.append(Problem(plugin=plugin.name, line=line, explicit=plugin.explicit))

    def _load_explicit(self, text: str, blocked: set[str]) -> None:
        path = Path(text)
        if path.suffix != ".py" and not path.is_file():
            self._load_module(text, blocked)
            return
        name, module, content = path.stem, f"{FILE_MODULE}{path.stem}", b""
        problem = "" if path.is_file() else f"does not exist (expected a Python file at {text})"
        try:
            content = path.read_bytes() if path.is_file() else b""
        except OSError as error:
            problem = f"cannot be read ({text}: {error.strerror or type(error).__name__})"
        version = file_checksum(content)
        plugin = Plugin(name=name, origin=text, module=module, version=version, explicit=True)
        if name in blocked:
            return
        if problem:
            self.add_problem(plugin, problem)
        else:
            self._load(plugin, lambda: import_file(path, content))

    def _load_module(self, name: str, blocked: set[str]) -> None:
        if name in blocked:
            return
        version = module_checksum(name)
        plugin = Plugin(name=name, origin=name, module=name, version=version, explicit=True)
        self._load(plugin, lambda: importlib.import_module(name))

    def _load(self, plugin: Plugin, load: Callable[[], object]) -> None:
        if plugin.name in self._by_name:
            first = self._by_name[plugin.name].origin
            self.add_problem(plugin, f"is found twice: {first}, {plugin.origin}")
            return
        try:
            module = load()
        except BaseException as error:  # a plugin's import may raise anything
            if is_interrupt(error, plugin.module):
                raise
            self.add_problem(plugin, f"fails to import ({plugin.describe(error)})")
            return
        fault = "" if plugin.estimator else describe_hook_fault(module)
        if fault:
            self.add_problem(plugin, fault)
            return
        try:
            self._pluggy.register(module, name=plugin.name)
        except (pluggy.PluginValidationError, ValueError) as error:
            self._pluggy.unregister(name=plugin.name)
            self.add_problem(plugin, f"cannot be registered ({plugin.describe(error)})")
            return
        self._by_name[plugin.name] = plugin


def _plugin_of(estimator: Estimator) -> Plugin:
    return Plugin(
        name=f"estimator {estimator.name}",
        origin="Python",
        module=estimator.module,
        version=estimator.checksum,
        explicit=True,
        estimator=estimator.description,
    )


def _make_plugin(point: EntryPoint) -> Plugin:
    version = point.dist.version if point.dist is not None else ""
    return Plugin(
        name=point.name,
        origin=point.value,
        module=point.module,
        version=version,
        explicit=False,
    )


def _split(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]
