"""Faults of plugin files and of factories."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lnmbench.records import Choice
from lnmbench.registry import Registry

EFFECTS = {
    "plugin": "the command ends if you named the plugin; else a warning, and the others are loaded",
}
HEAD = """\
import sys
from lnmbench import hookimpl

class Accuracy:
    title, greater_is_better, kinds, bounds = "Accuracy", True, ("binary",), (0.0, 1.0)
    def __init__(self, at: {annotation} = 0.5) -> None:
        {body}
    def __call__(self, truth, predicted):
        return 0.5

@hookimpl
def register_metrics():
    return {{'x': {factory}}}
"""
DEFAULTS = {"body": "pass", "factory": "Accuracy", "annotation": "float"}


def load(text: str) -> None:
    """Load a plugin file `mine.py`, refuse its problems, and build its metric."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.py"
        path.write_text(text, encoding="utf-8")
        registry = Registry([str(path)])
        registry.refuse_problems()
        registry.metrics.build(Choice(name="x"))


def factory(**parts: str) -> Callable[[], object]:
    return partial(load, HEAD.format(**{**DEFAULTS, **parts}))


def returned(value: str) -> Callable[[], object]:
    hook = f"@hookimpl\ndef register_metrics():\n    {value}\n"
    return partial(load, f"import sys\nfrom lnmbench import hookimpl\n{hook}")


FAULTS: dict[tuple[str, str], Callable[[], object]] = {
    ("plugin", "the file has a syntax error"): partial(load, "def x(:\n"),
    ("plugin", "the file imports a missing package"): partial(load, "import not_installed_here"),
    ("plugin", "the file exits"): partial(load, "import sys\nsys.exit(0)"),
    ("plugin", "the file interrupts"): partial(load, "raise KeyboardInterrupt"),
    ("plugin", "a hook is misspelled"): partial(
        load, "from lnmbench import hookimpl\n@hookimpl\ndef register_metric(): ...\n"
    ),
    ("plugin", "a hook is not marked"): partial(load, "def register_metrics(): ..."),
    ("plugin", "a hook has an unknown argument"): partial(
        load, "from lnmbench import hookimpl\n@hookimpl\ndef run_started(color): ...\n"
    ),
    ("plugin", "a hook raises an exception"): returned("return 1 / 0"),
    ("plugin", "a hook exits"): returned("sys.exit(0)"),
    ("plugin", "a hook returns a list"): returned("return []"),
    ("plugin", "a hook returns None"): returned("return None"),
    ("plugin", "a factory is a number"): returned("return {'x': 3}"),
    ("plugin", "a name is a number"): returned("return {3: dict}"),
    ("plugin", "a name has a space"): returned("return {'my metric': dict}"),
    ("plugin", "a factory takes any arguments"): factory(factory="lambda **options: None"),
    ("plugin", "a parameter has no type"): factory(factory="lambda at=0.5: None"),
    ("plugin", "a parameter has a name of lnmbench's own"): partial(
        load,
        "from lnmbench import hookimpl\n@hookimpl\ndef register_aux_tasks():\n"
        "    def task(weight: float = 1.0): ...\n    return {'x': task}\n",
    ),
    ("plugin", "a parameter has an unknown type"): factory(body="pass", annotation="list[int]"),
    ("plugin", "a name is taken"): partial(load, HEAD.format(**DEFAULTS).replace("'x'", "'auc'")),
    ("plugin", "the factory raises an exception"): factory(body="1 / 0"),
    ("plugin", "the factory exits"): factory(body="sys.exit(0)"),
    ("plugin", "the factory returns None"): factory(factory="lambda: None"),
    ("plugin", "the factory returns a class"): factory(factory="lambda: Accuracy"),
}
