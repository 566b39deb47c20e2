from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import pytest
import typer

from lnmbench.cli.option_groups import OptionGroup, expand_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeOptions(OptionGroup):
    """Sizes."""

    panel: ClassVar[str] = "Sizes"

    width: Annotated[int, typer.Option(help="Width in pixels.")] = 3
    names: Annotated[list[str] | None, typer.Option("--name", help="Names.")] = None
    square: Annotated[bool, typer.Option("--square", help="Make it square.")] = False


@pytest.fixture
def app() -> typer.Typer:
    """An application with one command that prints its argument and its group."""
    app = typer.Typer(rich_markup_mode="rich")

    @app.command()
    @expand_groups
    def draw(
        *,
        file: Annotated[Path, typer.Argument(help="A file.")],
        sizes: SizeOptions,
        color: Annotated[str, typer.Option(help="Color.")] = "red",
    ) -> None:
        """Draw a picture."""
        print(repr(file), sizes, color)

    return app


def test_options_become_their_group(app: typer.Typer, capsys: pytest.CaptureFixture[str]) -> None:
    app(["x.png", "--width", "5", "--name", "a", "--name", "b"], standalone_mode=False)
    expected = SizeOptions(width=5, names=["a", "b"])
    assert capsys.readouterr().out == f"{Path('x.png')!r} {expected} red\n"
    app(["x.png", "--square", "--color", "blue"], standalone_mode=False)
    assert capsys.readouterr().out == f"{Path('x.png')!r} {SizeOptions(square=True)} blue\n"


def test_a_group_is_a_panel_of_the_help(
    app: typer.Typer, capsys: pytest.CaptureFixture[str]
) -> None:
    app(["--help"], standalone_mode=False)
    text = capsys.readouterr().out
    panel = text[text.index("─ Sizes ─") :]
    for words in ("--width", "Width in pixels.", "--name", "--square"):
        assert words in panel
    assert "--color" not in panel
    square = next(line for line in panel.splitlines() if "--square" in line)
    assert "bool" not in square
