"""rendering: blocks in every format, with hostile text in every place."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from lnmbench import UserError
from lnmbench.records import (
    Axis,
    Block,
    Cell,
    Figure,
    Mark,
    Page,
    Panel,
    Paragraph,
    Table,
    TableColumn,
)
from lnmbench.rendering import FORMATS, print_blocks, render, render_page

HOSTILE = (
    "<script>alert(1)</script>",
    "[bold red]x[/]",
    "a|b",
    "=1+1",
    "@SUM(A1)",
    "+1+cmd|' /C calc'!A0",
    "50%_x",
    r"\input{/etc/passwd}",
    "$x^2$ ~#{}&",
    "*star* `code` _low_",
    "[link](http://example.org)",
    "# heading",
    "1. item",
    "- item",
    "> quote",
    "&lt;",
    "a--b",
    ":smile:",
)


def table(*names: str, key: str = "t") -> Table:
    return Table(
        key=key,
        title="Table 1. Scores",
        columns=(
            TableColumn(key="method", heading="Method", align="left"),
            TableColumn(key="auc", heading="AUC (95 % CI)"),
        ),
        rows=tuple(
            (
                Cell(text=name),
                Cell(text="+.760 (−.013 to .800)", value=0.7600000001, low=-0.013, high=math.nan),
            )
            for name in names
        ),
        notes=("a note",),
    )


def paragraph(*lines: str) -> Paragraph:
    return Paragraph(key="p", title="Setting", lines=lines)


def figure() -> Figure:
    mark = Mark(kind="line", x=np.zeros(1), y=np.zeros(1))
    panel = Panel(x=Axis(title="x"), y=Axis(title="y"), marks=(mark,))
    return Figure(key="roc", title="Figure 1. ROC", alt="curves", panels=(panel,))


def html(text: str) -> str:
    return MarkdownIt("commonmark").enable("table").enable("strikethrough").render(text)


def shown(html_text: str) -> list[str]:
    """The texts of the first cells of a table's rows, as a reader sees them."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.rows: list[list[str]] = []
            self.inside = False

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag == "tr":
                self.rows.append([])
            if tag == "td":
                self.rows[-1].append("")
            self.inside = tag in ("td", "em", "strong", "code", "a")

        def handle_endtag(self, tag: str) -> None:
            self.inside = self.inside and tag != "td"

        def handle_data(self, data: str) -> None:
            if self.inside:
                self.rows[-1][-1] += data

    reader = Reader()
    reader.feed(html_text)
    return [row[0] for row in reader.rows if row]


def test_markdown_shows_hostile_cells_as_they_are() -> None:
    page = html(render([table(*HOSTILE)], "markdown"))
    assert shown(page) == list(HOSTILE)
    for tag in ("<script", "<em>", "<code>", "<a "):
        assert tag not in page


def test_markdown_shows_hostile_sentences_as_they_are() -> None:
    page = html(render([paragraph(*HOSTILE)], "markdown"))
    assert page.count("<li>") == len(HOSTILE)
    for tag in ("<script", "<em>", "<code>", "<a ", "<h1>", "<ol>", "<blockquote>"):
        assert tag not in page


def test_markdown_stays_readable_where_nothing_is_hostile() -> None:
    text = render([table("resnet50 + pt")], "markdown")
    assert "| resnet50 + pt | +.760 (−.013 to .800) |" in text
    assert "| :-- | --: |" in text


def test_csv_is_one_tidy_table_with_numbers_at_full_precision() -> None:
    text = render([table("resnet50", key="performance"), paragraph("one", "two")], "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    (auc,) = [row for row in rows if row["column"] == "auc"]
    assert auc == {
        "block": "performance",
        "row": "1",
        "name": "resnet50",
        "column": "auc",
        "text": "+.760 (−.013 to .800)",
        "value": "0.7600000001",
        "low": "-0.013",
        "high": "",
    }
    assert [row["text"] for row in rows if row["block"] == "p"] == ["one", "two"]
    assert [row["text"] for row in rows if row["column"] == "note"] == ["a note"]


def test_csv_gives_a_spreadsheet_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(render([table(*HOSTILE), paragraph(*HOSTILE)], "csv"))))
    assert len({len(row) for row in rows}) == 1
    for row in rows:
        for cell in row:
            formula = cell[:1] in "=+-@" and cell[:1] != ""
            assert not formula or cell.startswith(("+.760", "-0.013"))
    assert any("'=1+1" in row for row in rows)


def test_json_is_strict_and_structured() -> None:
    text = render([table("a|b"), paragraph("x")], "json")
    tree = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    first, second = tree["blocks"]
    assert first["rows"][0]["method"] == {"text": "a|b"}
    assert first["rows"][0]["auc"]["value"] == 0.7600000001
    assert first["rows"][0]["auc"]["high"] is None
    assert [column["key"] for column in first["columns"]] == ["method", "auc"]
    assert second == {"kind": "paragraph", "key": "p", "title": "Setting", "lines": ["x"]}


def test_latex_escapes_what_latex_would_interpret() -> None:
    text = render([table(*HOSTILE)], "latex")
    body = text.split(r"\midrule")[1].split(r"\bottomrule")[0]
    body = body.replace(r"\allowbreak{}", "")
    names = [line.split(" & ")[0] for line in body.strip().splitlines()]
    assert len(names) == len(HOSTILE)
    assert names[HOSTILE.index("50%_x")] == r"50\%\_x"
    assert names[HOSTILE.index(r"\input{/etc/passwd}")] == (r"\textbackslash{}input\{/etc/passwd\}")
    assert names[HOSTILE.index("[bold red]x[/]")].startswith("{[}")
    assert names[HOSTILE.index("*star* `code` _low_")].startswith("{*}")
    assert names[HOSTILE.index("a--b")] == "a-{}-b"
    assert names[HOSTILE.index("$x^2$ ~#{}&")] == (
        r"\$x\textasciicircum{}2\$ \textasciitilde{}\#\{\}\&"
    )
    assert r"\toprule" in text
    assert r"\begin{tabular}{@{}lr@{}}" in text
    assert r"\caption{Scores}" in text


def test_latex_sets_quotes_in_pairs_and_the_minus_sign() -> None:
    text = render([paragraph('the "plain" t is −.013')], "latex")
    assert "the {``}plain{''} t is $-$.013" in text


def terminal(blocks: list[Block], *, width: int = 100, color: bool = False) -> str:
    stream = io.StringIO()
    system = "standard" if color else None
    console = Console(file=stream, width=width, force_terminal=color, color_system=system)  # type: ignore[arg-type]
    print_blocks(console, blocks)
    return stream.getvalue()


def test_terminal_prints_labels_as_text() -> None:
    text = terminal([table(*HOSTILE), paragraph(*HOSTILE)])
    for name in HOSTILE:
        assert text.count(name) == 2, name


def test_terminal_never_cuts_a_figure() -> None:
    long = "a-very-long-label:" + "parameter=value," * 8
    for width in (100, 60, 30, 20):
        text = terminal([table(long, "short")], width=width)
        assert text.count("+.760 (−.013 to .800)") == 2
        assert "…" not in text


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_steers_a_terminal_or_breaks_a_line(format: str) -> None:
    steering = "a\x1b[31mb\r\nc\x07\u202ed\x9b2J"
    text = render([table(steering), paragraph(steering)], format)
    assert not set(text) & set("\x1b\r\x07\u202e\x9b")
    assert "a[31mb cd2J" in text.replace(r"{[}", "[").replace(r"\[", "[")


def test_text_format_has_no_colors_and_at_most_100_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    text = render([table("resnet50"), paragraph("word " * 60, "two")], "table")
    assert "\x1b" not in text
    assert 80 < max(map(len, text.splitlines())) <= 100


def test_a_console_that_cannot_hold_the_signs_gets_plain_ones() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    print_blocks(Console(file=stream, width=100), [table("naïve × 2"), paragraph("a ≥ b", "c")])
    stream.flush()
    text = raw.getvalue().decode("ascii")
    assert "+.760 (-.013 to .800)" in text
    assert "a >= b" in text
    assert "na?ve x 2" in text


@pytest.mark.parametrize("format", FORMATS)
def test_empty_reports_and_tables_render(format: str) -> None:
    assert render([], format).endswith("\n")
    assert render([table()], format).endswith("\n")


def test_an_unknown_format_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"'markdow'; did you mean markdown\?"):
        render([], "markdow")


@pytest.mark.parametrize("format", ["table", "markdown", "latex"])
def test_formats_for_people_say_where_the_figures_are(format: str) -> None:
    text = render([table("a"), figure()], format)
    assert text.splitlines()[-1].removeprefix("% ").startswith("1 figure: it is in report --format")
    assert "--figures DIR" in text
    assert "ROC" not in text
    assert "figure" not in render([table("a")], format)


@pytest.mark.parametrize("format", ["csv", "json"])
def test_formats_for_machines_leave_figures_out(format: str) -> None:
    assert render([table("a"), figure()], format) == render([table("a")], format)


def test_a_console_says_where_the_figures_are() -> None:
    assert "2 figures: they are in report --format html" in terminal([figure(), figure()])


def test_a_page_has_the_formats_of_blocks_and_html() -> None:
    page = Page(title="t", subtitle="", methods={}, chosen=(), blocks=(table("a"),))
    for format in FORMATS:
        assert render_page(page, format) == render(page.blocks, format)
    assert render_page(page, "html").startswith("<!doctype html>")
    with pytest.raises(UserError, match=r"did you mean html\?"):
        render_page(page, "htm")


PREAMBLE = "\n".join(
    [
        r"\documentclass{article}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage{array,booktabs,longtable,pdflscape,rotating}",
        r"\begin{document}",
    ]
)


def wide(columns: int, rows: int, *, words: str = "resnet50 + pt:levels=4") -> Table:
    return Table(
        key="wide",
        title="Table 2. Wide",
        columns=(
            TableColumn(key="m", heading="Method", align="left"),
            TableColumn(key="w", heading="Against", align="left"),
            *(TableColumn(key=f"c{n}", heading="AUC (95 % CI)") for n in range(columns)),
        ),
        rows=tuple(
            (
                Cell(text=words),
                Cell(text="logistic"),
                *(Cell(text=".760 (−.013 to .800)") for _ in range(columns)),
            )
            for _ in range(rows)
        ),
    )


def differences(name: str = "clinical network + pt:shuffled=1") -> Table:
    """A table as that of the comparisons."""
    heads = ("p, corrected resampled t", "p, Holm", 'p, plain paired t, "as published"')
    row = (name, "clinical network", "AUC", "−.014 (−.114 to .087)", ".09", "> .99")
    words = ("Method", "against", "Metric")
    return Table(
        key="comparisons",
        title="Table 2. Differences",
        columns=(
            *(TableColumn(key=word, heading=word, align="left") for word in words),
            TableColumn(key="d", heading="Difference (95 % CI)"),
            *(TableColumn(key=head, heading=head) for head in heads),
        ),
        rows=tuple(
            tuple(Cell(text=text) for text in (*row, told))
            for told in ("< .001, not borne out", ".82")
        ),
        notes=("Believe the corrected p.",),
    )


def over_cohorts() -> Table:
    """A table whose headings are long names."""
    cohorts = [f"synthetic:n=40,images=false,seed={n} 7aa84b" for n in range(3)]
    return Table(
        key="across",
        title="Table 2. AUC in each cohort",
        columns=(
            TableColumn(key="m", heading="Method", align="left"),
            *(TableColumn(key=name, heading=name) for name in cohorts),
        ),
        rows=((Cell(text="logistic"), *(Cell(text=".699 (.224 to 1.000)") for _ in cohorts)),),
    )


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles_and_no_table_leaves_the_page(tmp_path: Path) -> None:
    long = "encoder=resnet50:weights=random," * 12
    odd = ("w" * 200, "中文 ☃ ħ é ß Ł", "a\\[2pt] * b", "x^2_i")
    blocks = [table(*HOSTILE, *odd), paragraph(*HOSTILE, *odd), table("a", key="a_b%c")]
    blocks += [wide(n, 2, words=long) for n in (2, 4, 9)]
    blocks += [wide(1, 90), wide(4, 60), wide(2, 4), wide(3, 4), differences(), over_cohorts()]
    text = render(blocks, "latex")
    (tmp_path / "t.tex").write_text(f"{PREAMBLE}\n{text}\n\\end{{document}}\n", encoding="utf-8")
    made = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    log = made.stdout.decode("utf-8", "replace")
    assert made.returncode == 0, log[-2000:]
    assert "too large" not in log
    over = [float(pt) for pt in re.findall(r"Overfull .hbox \((\S+)pt too wide\)", log)]
    assert max(over, default=0.0) < 5.0, over


def test_latex_sets_wide_tables_smaller_then_sideways_then_in_parts() -> None:
    narrow, small, sideways, parts = (render([wide(n, 2)], "latex") for n in (1, 2, 5, 12))
    assert r"\centering\small" in narrow
    assert r"\begin{table}" in small
    assert r"\begin{sidewaystable}" in sideways
    assert parts.count(r"\begin{sidewaystable}") >= 2
    assert "more columns" in parts
    assert parts.count(".760") == 12 * 2
    assert r"\tiny" not in parts


@pytest.mark.parametrize("made", [differences(), over_cohorts()], ids=lambda t: t.key)
def test_latex_keeps_upright_what_can_stand_so(made: Table) -> None:
    text = render([made], "latex")
    assert r"\begin{table}" in text
    assert "sideways" not in text
    assert "more columns" not in text


def test_latex_lets_long_tables_go_over_pages() -> None:
    assert r"\begin{longtable}" in render([wide(1, 90)], "latex")
    assert r"\begin{longtable}" not in render([wide(1, 20)], "latex")
