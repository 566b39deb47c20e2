"""Troubles of the command line: options, streams, interrupts, and reports of finished runs."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import typer

from lnmbench.__main__ import main
from lnmbench.cli.app import app

SMALL = (
    "--dataset synthetic:n=24,images=false --repeats 1 --folds 2 --inner 2 --training max_epochs=1"
)
SMOOTHED = '''
import torch
from torch.nn.functional import cross_entropy
from lnmbench import hookimpl


class Smoothed:
    """T stage with smoothed labels."""

    title, kind, outputs = "T stage", "binary", 1

    def __init__(self, smoothing: float = 0.0, bins: int = 2) -> None:
        self.smoothing = smoothing

    def targets(self, cohort):
        return (cohort.values["pt"] > 2).astype(float)

    def notes(self, cohort):
        return ()

    def loss(self, logits, targets):
        smoothed = targets * (1 - self.smoothing) + self.smoothing / 2
        return torch.nn.functional.binary_cross_entropy_with_logits(
            logits[..., 0], smoothed, reduction="none"
        )

    def probabilities(self, logits):
        return logits.sigmoid()


@hookimpl
def register_aux_tasks():
    return {"smoothed": Smoothed}
'''


def command(folder: Path, words: str, *more: str) -> tuple[int, str, str]:
    """Run a command in a folder; return its exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        patch.setenv("LNMBENCH_HOME", str(folder / "home"))
        patch.setattr(sys, "argv", ["lnmbench", *words.split(), *more])
        patch.setattr(sys, "unraisablehook", sys.unraisablehook)
        with pytest.raises(SystemExit) as end:
            main()
    return int(end.value.code or 0), out.getvalue(), err.getvalue()


def parameters_in_another_order(folder: Path) -> None:
    """A ledger sorts the parameters of a task, which the run names in the order of its factory."""
    (folder / "smoothed.py").write_text(SMOOTHED, encoding="utf-8")
    aux = "--encoder none --aux smoothed:smoothing=0.10 --only --plugin smoothed.py"
    code, _, err = command(folder, f"run {SMALL} {aux} --out run")
    assert code == 0, err
    code, out, err = command(folder, "report run --plugin smoothed.py --format csv")
    assert code == 0, err
    assert 'aux,1,"clinical network + smoothed:smoothing=0.10, T stage, binary, AUC",mean,' in out


def one_spelling_of_a_target(folder: Path) -> None:
    """Folds are drawn from the name of the target, which has many spellings."""
    plugin = SMOOTHED.replace("register_aux_tasks", "register_targets").replace(
        "def targets(", "def labels("
    )
    (folder / "late.py").write_text(plugin.replace('"smoothed"', '"late"'), encoding="utf-8")
    options = f"run {SMALL} --baseline logistic --only --plugin late.py --out run --target"
    for target in ("late", "late:bins=2,smoothing=0.0", "late:smoothing=.0"):
        code, _, err = command(folder, f"{options} {target}")
        assert code == 0, err
    assert "logistic: complete in the ledger" in err


def an_option_set_twice(folder: Path) -> None:
    """The first of two values was dropped without a word."""
    code, out, err = command(folder, "run --target n1 --target n2")
    assert (code, out) == (2, "")
    assert err == (
        "error: option --target is set 2 times, expected once; see lnmbench run --help\n"
    )


def no_command(folder: Path) -> None:
    """A command without words is a request for help."""
    for words in ("", "data"):
        code, out, err = command(folder, words)
        assert (code, err) == (0, "")
        assert "Usage" in out


def an_estimate_before_ingest(folder: Path) -> None:
    """Time is asked for before anything is read."""
    code, out, err = command(folder, f"run {SMALL} --encoder none --dry-run")
    assert code == 0, err
    assert "6 of 6" in out
    assert [path.name for path in folder.iterdir()] == []


INTERRUPTED = """
import signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Finder())
sys.argv = ["lnmbench", "list"]
from lnmbench.__main__ import main
main()
"""


def an_interrupt_of_an_import(folder: Path) -> None:
    """Ctrl-C in the first half second arrives while modules are imported."""
    for module in ("lnmbench.cli", "lnmbench.cli.app", "pluggy"):
        code = INTERRUPTED.format(module=module)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert done.returncode == 130, done.stderr
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("stopped")


HOSTILE = ("", f"-1\x1b[2J\u202e{'x' * 5000}")


def hostile_values(folder: Path) -> None:
    """A value that no option expects is one line, whatever the command."""
    for words, options in list_options():
        for option in options:
            for value in HOSTILE:
                # without a data set that exists, no run begins
                data = (
                    ("--dataset", "nothing")
                    if words.split() == ["run"] and option != "--dataset"
                    else ()
                )
                code, out, err = command(folder, words.strip(), *data, option, value)
                assert code in (0, 2), (words, option, err)
                assert code == 0 or len(err.splitlines()[-1]) < 1500
                assert not set(out + err) & {"\x1b", "\u202e"}, (words, option)
                assert "Traceback" not in err


def list_options() -> Iterator[tuple[str, list[str]]]:
    """Yield each command with the required arguments it has, and its options with a value."""
    arguments = {"export": "nowhere out", "ingest": "nothing", "describe": "nothing"}
    group: Any = typer.main.get_command(app)
    commands = {**group.commands, **group.commands["data"].commands}
    del commands["data"]
    for name, each in commands.items():
        words = [] if each is group.commands.get(name) else ["data"]
        options = [
            option.opts[0]
            for option in each.params
            if option.param_type_name == "option" and not option.is_flag
        ]
        words += [name, arguments.get(name, "nothing" if name == "download" else "")]
        yield " ".join(words), options


TROUBLES: dict[str, Callable[[Path], None]] = {
    "an auxiliary task's parameters are not in alphabetical order": parameters_in_another_order,
    "a target is written in several ways": one_spelling_of_a_target,
    "an option is set twice": an_option_set_twice,
    "no command is named": no_command,
    "options have values that nobody types": hostile_values,
    "a run is estimated before its cohort is ingested": an_estimate_before_ingest,
    "Ctrl-C strikes while modules are imported": an_interrupt_of_an_import,
}
