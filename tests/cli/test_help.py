from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Command = Callable[..., CompletedProcess[str]]

WITHOUT_TORCH = """
import sys
from lnmbench.__main__ import main
sys.argv = ["lnmbench", *{words}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
heavy = {{"torch", "torchvision", "SimpleITK", "sklearn"}} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["list"], ["list", "--json"]])
def test_help_and_list_load_nothing_heavy(words: list[str]) -> None:
    code = WITHOUT_TORCH.format(words=words)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_a_broken_plugin_does_not_break_help_or_list(lnmbench: Command) -> None:
    Path("broken.py").write_text("import not_there")
    assert lnmbench("--help", LNMBENCH_PLUGINS="broken.py").returncode == 0
    done = lnmbench("list", "encoders", LNMBENCH_PLUGINS="broken.py")
    assert done.returncode == 0
    assert "resnet50" in done.stdout
    (line,) = done.stderr.strip().splitlines()
    assert "plugin broken fails to import" in line
    assert "LNMBENCH_BLOCK=broken" in line


def test_list_tells_what_a_user_needs(lnmbench: Command) -> None:
    offers = {
        (offer["kind"], offer["name"]): offer
        for offer in json.loads(lnmbench("list", "--json").stdout)
    }
    encoder = offers["encoder", "resnet50"]
    assert encoder["plugin"] == "lnmbench_torchvision"
    assert {p["name"]: p["default"] for p in encoder["parameters"]}["cut"] == "layer4"
    table = offers["dataset", "table"]
    assert all(p["required"] for p in table["parameters"])
    for kind in ("aux", "aux-tasks", "encoder", "encoders", "aux_tasks"):
        assert lnmbench("list", kind).returncode == 0
    assert all(offer["description"] for offer in offers.values())


def test_no_command_says_what_there_is(lnmbench: Command) -> None:
    assert "lnmbench" in lnmbench("--version").stdout
