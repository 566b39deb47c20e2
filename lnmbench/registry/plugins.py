"""Plugins: found by entry point, environment variable or command line, and loaded."""

from __future__ import annotations

import hashlib
import importlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pluggy

from lnmbench.hookspecs import Hooks
from lnmbench.registry.faults import (
    FILE_MODULE,
    GROUP,
    checksum,
    describe_hook_fault,
    import_file,
    reason,
)

BLOCK = "LNMBENCH_BLOCK"
"""The environment variable that names plugins to skip, separated by commas."""

PLUGINS = "LNMBENCH_PLUGINS"
"""The environment variable that names further plugin files, separated like PATH."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A plugin that was loaded: its name, where it comes from, its module and its version.

    `explicit` plugins were named by the user, others are installed.
    """

    name: str
    origin: str
    module: str
    version: str
    explicit: bool

    @property
    def remedy(self) -> str:
        """Advice for a fault of this plugin."""
        return remedy(self.name)

    @property
    def remedy_with_traceback(self) -> str:
        """Advice for an exception of this plugin, whose traceback `--debug` shows."""
        return remedy(self.name).replace("fix it", "fix it (--debug shows the traceback)")

    def __str__(self) -> str:
        return f"{self.name} ({self.origin})"


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


class LoadedPlugins:
    """The plugins that could be loaded, and the problems of the others.

    Parameters
    ----------
    extra
        Plugin files or modules in addition to the installed ones.
    """

    def __init__(self, extra: Sequence[str] = ()) -> None:
        self._pluggy = pluggy.PluginManager(GROUP)
        self._pluggy.add_hookspecs(Hooks)
        self._by_name: dict[str, Plugin] = {}
        self.problems: list[Problem] = []
        blocked = set(_split(os.environ.get(BLOCK, ""), ","))
        for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
            if point.name not in blocked:
                self._load(_make_plugin(point), point.load)
        for text in [*_split(os.environ.get(PLUGINS, ""), os.pathsep), *extra]:
            self._load_explicit(text, blocked)

    @property
    def hook(self) -> pluggy.HookRelay:
        """The hooks of all loaded plugins."""
        return self._pluggy.hook

    def implementations(self, hook: str) -> list[tuple[Plugin, Callable[[], object]]]:
        """Return each plugin that implements a hook, with its function."""
        implementations = getattr(self._pluggy.hook, hook).get_hookimpls()
        return [(self._by_name[each.plugin_name], each.function) for each in implementations]

    def add_problem(self, plugin: Plugin, line: str) -> None:
        """Record a fault of a plugin."""
        self.problems.append(Problem(plugin=plugin.name, line=line, explicit=plugin.explicit))

    def _load_explicit(self, text: str, blocked: set[str]) -> None:
        path = Path(text)
        is_file = path.suffix == ".py" or path.is_file()
        name = path.stem if is_file else text
        if name in blocked:
            return
        version = _file_version(path) if is_file else checksum(text)
        module = f"{FILE_MODULE}{path.stem}" if is_file else text
        plugin = Plugin(name=name, origin=text, module=module, version=version, explicit=True)
        if is_file and not path.is_file():
            self.add_problem(plugin, f"does not exist (expected a Python file at {text})")
        elif is_file:
            self._load(plugin, lambda: import_file(path))
        else:
            self._load(plugin, lambda: importlib.import_module(text))

    def _load(self, plugin: Plugin, load: Callable[[], object]) -> None:
        if plugin.name in self._by_name:
            first = self._by_name[plugin.name].origin
            self.add_problem(plugin, f"is found twice: {first}, {plugin.origin}")
            return
        try:
            module = load()
        except (Exception, SystemExit) as error:  # a plugin's import may raise anything
            self.add_problem(plugin, f"fails to import ({reason(error, plugin.origin)})")
            return
        fault = describe_hook_fault(module)
        if fault:
            self.add_problem(plugin, fault)
            return
        try:
            self._pluggy.register(module, name=plugin.name)
        except (pluggy.PluginValidationError, ValueError) as error:
            self._pluggy.unregister(name=plugin.name)
            self.add_problem(plugin, f"cannot be registered ({reason(error, plugin.origin)})")
            return
        self._by_name[plugin.name] = plugin


def _make_plugin(point: EntryPoint) -> Plugin:
    version = point.dist.version if point.dist is not None else ""
    return Plugin(
        name=point.name,
        origin=point.value,
        module=point.module,
        version=version,
        explicit=False,
    )


def _file_version(path: Path) -> str:
    if not path.is_file():
        return ""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _split(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]
