from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

TASKS = '''
from lnmbench import hookimpl

class Reconstruct:
    """Reconstruct."""
    needs = "images"

def segment():
    """Segment."""

segment.needs = "masks"

@hookimpl
def register_aux_tasks():
    return {"my_reconstruct": Reconstruct, "my_segment": segment}
'''
ENCODERS = '''
from lnmbench import hookimpl

class First:
    """Encode."""
    def __init__(self, a: int = 1): ...

class Second(First):
    """Encode."""

class Third(First):
    """Encode otherwise."""

@hookimpl
def register_encoders():
    return {"my_second": Second, "my_first": First, "my_third": Third}
'''
Command = Callable[..., CompletedProcess[str]]


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
    assert offers["aux task", "pt"]["needs"] == "labels; segmentation-free"
    assert "needs" not in encoder


def test_tasks_say_what_they_learn_from(lnmbench: Command) -> None:
    Path("mine.py").write_text(TASKS, encoding="utf-8")
    shown = " ".join(lnmbench("list", "aux-tasks", "--plugin", "mine.py").stdout.split())
    assert "labels; segmentation-free lnmbench_tnm" in shown
    assert "no labels; segmentation-free mine" in shown
    assert "Segment. masks mine" in shown
    text = lnmbench("list", "my_reconstruct", "--plugin", "mine.py").stdout
    assert "needs: no labels; segmentation-free" in text


def test_one_name_describes_its_parameters(lnmbench: Command) -> None:
    text = " ".join(lnmbench("list", "logistic").stdout.split())
    assert "baseline logistic (plugin lnmbench_baselines)" in text
    assert (
        "Maximum number of iterations of the solver; five times as many for the elastic net."
        in text
    )
    assert "max_iter int 1000" in text
    (encoder,) = json.loads(lnmbench("list", "resnet18", "--json").stdout)
    by_name = {each["name"]: each for each in encoder["parameters"]}
    assert by_name["train"]["description"].startswith("First encoder stage that is trained")


def test_an_unknown_name_gets_the_nearest(lnmbench: Command) -> None:
    assert "did you mean resnet50?" in lnmbench("list", "resnet5").stderr
    assert "known: aux-tasks, baselines" in lnmbench("list", "qqq").stderr


def test_a_name_of_an_unusable_plugin_is_unknown_with_its_problem(
    home: Path, lnmbench: Callable[..., CompletedProcess[str]]
) -> None:
    Path("mine.py").write_text("raise ValueError('not today')\n", encoding="utf-8")
    done = lnmbench("list", "mine_metric", "--plugin", "mine.py")
    warning, error = done.stderr.splitlines()
    assert done.returncode == 2
    assert warning.startswith("warning: plugin mine fails to import")
    assert error.startswith("error: unknown name 'mine_metric'")


def test_names_that_differ_in_nothing_else_share_a_row(lnmbench: Command) -> None:
    Path("mine.py").write_text(ENCODERS, encoding="utf-8")
    title, heading, *rows = lnmbench("list", "encoders", "--plugin", "mine.py").stdout.splitlines()
    assert title.startswith("encoders (each with train=none, pretrained_on=, ")
    assert heading.split() == ["name", "parameters", "description", "plugin"]
    assert not any("train=none" in row for row in rows)
    (row,) = (row for row in rows if "resnet18" in row)
    assert row.startswith("resnet18, resnet34, resnet50, resnet101, resnet152, ")
    assert "weights=auto, cut=layer4, seed=0" in row
    (mine,) = (row for row in rows if row.startswith("my_first"))
    assert mine.split() == ["my_first,", "my_second", "a=1", "Encode.", "mine"]
    assert sum(row.startswith("my_third ") for row in rows) == 1
