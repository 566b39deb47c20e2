"""An interrupt that strikes where Python cannot raise strikes again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from lnmbench.cli import interrupt

LOST = """
import signal, sys, time, weakref
from lnmbench.cli.interrupt import redeliver_interrupts

class Thing: pass

def collected(_):
    signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
{install}
thing = Thing()
kept = weakref.ref(thing, collected)
try:
    del thing
    time.sleep({seconds})
except KeyboardInterrupt:
    sys.exit(130)
"""


def code_of(install: str, seconds: float) -> int:
    command = [sys.executable, "-c", LOST.format(install=install, seconds=seconds)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_an_interrupt_in_a_callback_is_not_lost() -> None:
    assert code_of("", 0.5) == 0, "Python raises there by now: the hook can go"
    assert code_of("redeliver_interrupts()", 60) == 130


def test_other_errors_are_reported_as_usual() -> None:
    code = (
        "import weakref\n"
        "from lnmbench.cli.interrupt import redeliver_interrupts\n"
        "redeliver_interrupts()\n"
        "class Thing: pass\n"
        "thing = Thing()\n"
        "kept = weakref.ref(thing, lambda _: 1 / 0)\n"
        "del thing\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "ZeroDivisionError" in done.stderr


def test_an_interrupt_that_becomes_another_exception_is_remembered() -> None:
    code = (
        "import signal\n"
        "from lnmbench.cli.interrupt import record_interrupts, was_interrupted\n"
        "record_interrupts()\n"
        "assert not was_interrupted()\n"
        "try:\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "except KeyboardInterrupt:\n"
        "    assert was_interrupted()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


ENDING = """
import os, signal, sys, time
from lnmbench.cli import interrupt

signal.signal(signal.SIGINT, signal.default_int_handler)
{before}
interrupt.record_interrupts()
{after}
try:
    try:
        signal.raise_signal({first})
        print("continued")
    finally:
        interrupt._state.time -= {seconds}
        signal.raise_signal({second})
        print("cleaned up")
except KeyboardInterrupt:
    interrupt.print_stopped()
    interrupt.expect_exit()
    signal.raise_signal(signal.SIGINT)
"""


def run_signals(
    first: str, second: str = "0", seconds: float = 0, before: str = "", after: str = ""
) -> subprocess.CompletedProcess[str]:
    code = ENDING.format(first=first, second=second, seconds=seconds, before=before, after=after)
    if second == "0":
        code = code.replace("        signal.raise_signal(0)\n", "")
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM and SIGHUP")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_stops_in_order_with_its_exit_code(name: str) -> None:
    done = run_signals(f"signal.{name}")
    assert done.returncode == 128 + getattr(signal, name)
    assert done.stdout == "cleaned up\n"
    assert done.stderr == f"{interrupt.STOPPED}\n"


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM")
def test_a_second_signal_ends_at_once_with_one_line() -> None:
    done = run_signals("signal.SIGTERM", "signal.SIGINT", seconds=2)
    assert (done.returncode, done.stdout) == (143, "")
    assert done.stderr == f"{interrupt.STOPPED}\n"


def test_a_signal_that_is_sent_twice_is_one() -> None:
    # the first one as if it came later: a busy machine may take its time between the two
    done = run_signals("signal.SIGINT", "signal.SIGINT", seconds=-60)
    assert (done.returncode, done.stdout) == (130, "cleaned up\n")


@pytest.mark.skipif(os.name == "nt", reason="SIGHUP")
def test_a_signal_that_nohup_ignores_stays_ignored() -> None:
    ignore = "signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    done = run_signals("signal.SIGHUP", before=ignore)
    assert (done.returncode, done.stdout) == (0, "continued\ncleaned up\n")


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM")
def test_a_command_that_resumes_says_what_is_saved() -> None:
    done = run_signals("signal.SIGTERM", after="interrupt.announce_resumption('finished cases')")
    assert done.stderr == (
        "stopped: finished cases are saved; rerun the same command to continue\n"
    )


DROPPED = """
import os, signal, sys
from lnmbench.cli.interrupt import record_interrupts
from lnmbench.progress import {display}

record_interrupts()
progress = {display}()
progress.start("ingest", "images", 4, "case")
try:
    os.kill(os.getpid(), signal.SIGTERM)
except KeyboardInterrupt:
    pass  # as ITK does while it loads a module
progress.advance()
progress.finish()
try:
    progress.start("ingest", "checksums", 1, "file")
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM")
@pytest.mark.parametrize("display", ["PlainProgress", "LiveProgress"])
def test_an_interrupt_that_a_library_drops_stops_the_next_stage(display: str) -> None:
    code = DROPPED.format(display=display)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 130
