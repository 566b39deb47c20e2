"""Faults of plugins: one line for each, its effect, and the page of the docs that lists them.

`tests/plugin_faults/*.py` make the faults. `FAULTS` maps (role, fault) to a function that uses an
object with this fault behind its boundary; `EFFECTS` maps a role to the effect of a fault of it.
`LNMBENCH_WRITE_DOCS=1 pytest tests/test_plugin_faults.py` regenerates the page.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from module_files import load_module

from lnmbench.errors import PluginError, UserError

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "plugin_faults.md"
LONGEST = 400
HEAD = """\
# Faults of plugins

The tables list the message for each kind of fault in a plugin, and its effect. `--debug` prints
the traceback of an exception; all of them are in `plugin-faults.log` in the folder of cohorts.
Every message ends with the advice to fix the plugin or to skip it with `LNMBENCH_BLOCK`.
`tests/test_plugin_faults.py` makes each fault and generates this page.
"""


AREAS = [
    load_module(path, f"plugin_faults_{path.stem}")
    for path in sorted(Path(__file__).with_name("plugin_faults").glob("*.py"))
]
FAULTS: dict[tuple[str, str], Callable[[], object]] = {
    key: use for area in AREAS for key, use in area.FAULTS.items()
}
EFFECTS: dict[str, str] = {role: effect for area in AREAS for role, effect in area.EFFECTS.items()}
NAMES = [f"{role}: {fault}" for role, fault in FAULTS]


@functools.cache
def line_of(role: str, fault: str) -> str:
    """Use the object and return the message, without the numbers of lines."""
    with pytest.raises(UserError) as failure:
        FAULTS[role, fault]()
    assert isinstance(failure.value, PluginError) or role == "plugin"
    return re.sub(r", line \d+", ", line N", str(failure.value))


@pytest.mark.parametrize(("role", "fault"), FAULTS, ids=NAMES)
def test_a_fault_is_one_line_with_its_plugin(role: str, fault: str) -> None:
    line = line_of(role, fault)
    assert len(line) <= LONGEST, line
    assert line.isprintable()
    assert "mine" in line, "the plugin"
    assert "LNMBENCH_BLOCK=mine" in line, "the next step"
    if role != "plugin":
        assert role in line
        assert re.search(r"\((\w+|…)\.py", line), "the file"


def test_there_are_many_faults_and_each_has_an_effect() -> None:
    assert len(FAULTS) >= 105
    assert {role for role, _ in FAULTS} == set(EFFECTS)


def test_the_docs_show_them() -> None:
    page = HEAD + "".join(map(section, EFFECTS))
    if os.environ.get("LNMBENCH_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "LNMBENCH_WRITE_DOCS=1 writes it anew"


def section(role: str) -> str:
    rows = "".join(
        f"| {cell(fault)} | {quoted(without_advice(line_of(role, fault)))} |\n"
        for its_role, fault in FAULTS
        if its_role == role
    )
    head = "| fault | message |\n|---|---|\n"
    return f"\n## {role.capitalize()}\n\nEffect of a fault: {EFFECTS[role]}.\n\n{head}{rows}"


def without_advice(line: str) -> str:
    return line.partition("; fix it")[0]


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def quoted(text: str) -> str:
    """Return code that may hold backticks, for a cell of a table."""
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")
