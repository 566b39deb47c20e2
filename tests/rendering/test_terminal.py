"""Terminal: literal text, in characters of the console, complete numbers."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from lnmbench.records import Block, Cell, Table, TableColumn
from lnmbench.rendering import print_blocks, render

Samples = Any


def print_to_text(blocks: list[Block], *, width: int = 100, color: bool = False) -> str:
    stream = io.StringIO()
    system = "standard" if color else None
    console = Console(file=stream, width=width, force_terminal=color, color_system=system)  # type: ignore[arg-type]
    print_blocks(console, blocks)
    return stream.getvalue()


def test_terminal_prints_labels_as_text(samples: Samples) -> None:
    text = print_to_text([samples.table(*samples.HOSTILE), samples.paragraph(*samples.HOSTILE)])
    for name in samples.HOSTILE:
        assert text.count(name) == 2, name


def test_text_is_returned_in_a_notebook(
    samples: Samples, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    assert "short" in render([samples.table("short")], "table")
    assert capsys.readouterr() == ("", "")


def test_terminal_never_cuts_a_number(samples: Samples) -> None:
    long = "a-very-long-label:" + "parameter=value," * 8
    for width in (100, 60, 30, 20):
        text = print_to_text([samples.table(long, "short")], width=width)
        assert text.count("+.760 (−.013 to .800)") == 2
        assert "…" not in text


@pytest.mark.parametrize(
    ("numbers", "lines"),
    [
        (60, ["efficientnet_lite0 +", "pt:shuffled=1"]),  # whole words
        (74, ["efficientnet_", "lite0 +", "pt:shuffled=1"]),  # parts of words
    ],
)
def test_a_narrow_column_breaks_names_between_words_or_parts(
    numbers: int, lines: list[str]
) -> None:
    table = Table(
        key="t",
        title="",
        columns=(
            TableColumn(key="method", heading="Method", align="left"),
            TableColumn(key="metric", heading="Metric", align="left"),
            TableColumn(key="value", heading="Value"),
        ),
        rows=(
            (
                Cell(text="efficientnet_lite0 + pt:shuffled=1"),
                Cell(text="AUC"),
                Cell(text="1" * numbers),
            ),
        ),
    )
    printed = print_to_text([table]).splitlines()
    assert max(map(len, printed)) <= 100
    rows = [line for line in printed if line.startswith(tuple(lines))]
    assert [line.split("  ")[0].strip() for line in rows] == lines


def test_text_format_has_no_colors_and_at_most_100_columns(
    monkeypatch: pytest.MonkeyPatch, samples: Samples
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    text = render([samples.table("resnet50"), samples.paragraph("word " * 60, "two")], "table")
    assert "\x1b" not in text
    assert 80 < max(map(len, text.splitlines())) <= 100


def test_a_console_of_few_characters_gets_plain_ones(samples: Samples) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    print_blocks(
        Console(file=stream, width=100),
        [samples.table("naïve × 2"), samples.paragraph("a ≥ b", "c")],
    )
    stream.flush()
    text = raw.getvalue().decode("ascii")
    assert "+.760 (-.013 to .800)" in text
    assert "a >= b" in text
    assert "na?ve x 2" in text


def test_a_console_says_where_the_figures_are(samples: Samples) -> None:
    assert "2 figures: run lnmbench report with --format html" in print_to_text(
        [samples.figure(), samples.figure()]
    )


def test_a_long_table_ends_with_the_number_of_other_rows(samples: Samples) -> None:
    table = samples.table("resnet50")
    row = table.rows[0]
    printed = print_to_text([replace(table, rows=(row,) * 62)])
    assert printed.count("resnet50") == 60
    assert "2 more rows in other formats: lnmbench report --format html or csv" in printed
    assert "more row" not in print_to_text([replace(table, rows=(row,) * 60)])
