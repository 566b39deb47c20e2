"""Figure files: complete folders, reproducible bytes, safe CSV."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lnmbench import UserError
from lnmbench.records import Axis
from lnmbench.rendering import write_figures
from lnmbench.rendering.figures.figure_files import figure_csv

Shapes = Any


def test_figure_files_are_written_whole_and_are_the_same_again(
    tmp_path: Path, shapes: Shapes
) -> None:
    made = shapes.page(
        shapes.figure(shapes.panel(shapes.mark()), shapes.panel(shapes.mark("bars"))),
        shapes.figure(shapes.panel(shapes.mark()), key="a/../b"),
    )
    first = write_figures(made, tmp_path / "one")
    again = write_figures(made, tmp_path / "two")
    assert sorted(p.name for p in first) == sorted(
        f"{stem}.{kind}" for stem in ("roc", "a-b") for kind in ("svg", "pdf", "csv")
    )
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    assert (tmp_path / "one" / "roc.pdf").read_bytes().startswith(b"%PDF")
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_figures_of_one_key_do_not_overwrite_each_other(tmp_path: Path, shapes: Shapes) -> None:
    made = shapes.page(
        shapes.figure(shapes.panel(shapes.mark())), shapes.figure(shapes.panel(shapes.mark()))
    )
    assert len(write_figures(made, tmp_path / "f")) == 6


def test_without_figures_there_is_no_folder(tmp_path: Path, shapes: Shapes) -> None:
    assert write_figures(shapes.page(), tmp_path / "f") == []
    assert not (tmp_path / "f").exists()


def test_a_folder_with_files_is_refused(tmp_path: Path, shapes: Shapes) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(UserError, match="figures need a new folder"):
        write_figures(shapes.page(shapes.figure(shapes.panel(shapes.mark()))), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_csv_of_a_figure_is_tidy_at_full_precision_and_safe(shapes: Shapes) -> None:
    y = Axis(title="", categories=("first", "@second"))
    x = np.array([1 / 3, 0.5])
    interval = shapes.mark(
        "interval", x=x, y=np.arange(2.0), low=x - 1.0, high=np.array([math.nan, 1.0]),
        name="+cmd", methods=("f1", "f2"),
    )  # fmt: skip
    text = figure_csv(
        shapes.figure(shapes.panel(interval, y=y)), {"f1": "resnet50", "f2": "=cmd()"}
    )
    first, second = csv.DictReader(io.StringIO(text))
    assert float(first["x"]) == 1 / 3
    assert (first["panel"], first["kind"], first["high"]) == ("panel", "interval", "")
    assert first["methods"] == "resnet50; =cmd()"
    assert first["name"] == "'+cmd"
    assert second["category"] == "'@second"


def test_images_are_named_by_key_and_number_alone(tmp_path: Path, shapes: Shapes) -> None:
    page = shapes.page(shapes.gallery(10, key="a/../b"), shapes.gallery(1, key="a-b"))
    files = write_figures(page, tmp_path / "f")
    names = [f"a-b-{number:02}.png" for number in range(1, 11)]
    assert [path.name for path in files] == [*names, "a-b-2-1.png"]
    assert (np.asarray(Image.open(tmp_path / "f" / "a-b-08.png")) == 7).all()


def test_no_key_takes_the_file_name_of_another(tmp_path: Path, shapes: Shapes) -> None:
    keys = ("roc-3", "roc", "roc", "roc")
    page = shapes.page(*(shapes.gallery(1, key=key) for key in keys))
    assert len(write_figures(page, tmp_path / "f")) == 4
