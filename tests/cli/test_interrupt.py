"""An interrupt that strikes where Python cannot raise strikes again."""

from __future__ import annotations

import subprocess
import sys

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
    time.sleep(3)
except KeyboardInterrupt:
    sys.exit(130)
"""


def code_of(install: str) -> int:
    command = [sys.executable, "-c", LOST.format(install=install)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_an_interrupt_in_a_callback_is_not_lost() -> None:
    assert code_of("") == 0, "Python raises there by now: the hook can go"
    assert code_of("redeliver_interrupts()") == 130


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
