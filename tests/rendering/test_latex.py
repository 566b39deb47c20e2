"""LaTeX: escaped text and tables that compile."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lnmbench.rendering import render

Samples = Any


PREAMBLE = "\n".join(
    [
        r"\documentclass{article}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage{array,booktabs,longtable,pdflscape,rotating}",
        r"\begin{document}",
    ]
)


def test_latex_escapes_what_latex_would_interpret(samples: Samples) -> None:
    text = render([samples.table(*samples.HOSTILE)], "latex")
    body = text.split(r"\midrule")[1].split(r"\bottomrule")[0]
    body = body.replace(r"\allowbreak{}", "")
    names = [line.split(" & ")[0] for line in body.strip().splitlines()]
    assert len(names) == len(samples.HOSTILE)
    assert names[samples.HOSTILE.index("50%_x")] == r"50\%\_x"
    assert names[samples.HOSTILE.index(r"\input{/etc/passwd}")] == (
        r"\textbackslash{}input\{/etc/passwd\}"
    )
    assert names[samples.HOSTILE.index("[bold red]x[/]")].startswith("{[}")
    assert names[samples.HOSTILE.index("*star* `code` _low_")].startswith("{*}")
    assert names[samples.HOSTILE.index("a--b")] == "a-{}-b"
    assert names[samples.HOSTILE.index("$x^2$ ~#{}&")] == (
        r"\$x\textasciicircum{}2\$ \textasciitilde{}\#\{\}\&"
    )
    assert r"\toprule" in text
    assert r"\begin{tabular}{@{}lr@{}}" in text
    assert r"\caption{Scores}" in text


def test_latex_sets_quotes_in_pairs_and_the_minus_sign(samples: Samples) -> None:
    text = render([samples.paragraph('the "plain" t is −.013')], "latex")
    assert "the {``}plain{''} t is $-$.013" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles_and_no_table_leaves_the_page(tmp_path: Path, samples: Samples) -> None:
    long = "encoder=resnet50:weights=random," * 12
    odd = ("w" * 200, "中文 ☃ ħ é ß Ł", "a\\[2pt] * b", "x^2_i")
    blocks = [
        samples.table(*samples.HOSTILE, *odd),
        samples.paragraph(*samples.HOSTILE, *odd),
        samples.table("a", key="a_b%c"),
    ]
    blocks += [samples.wide(n, 2, words=long) for n in (2, 4, 9)]
    blocks += [
        samples.wide(1, 90),
        samples.wide(4, 60),
        samples.wide(2, 4),
        samples.wide(3, 4),
        samples.differences(),
        samples.over_cohorts(),
    ]
    text = render(blocks, "latex")
    (tmp_path / "t.tex").write_text(f"{PREAMBLE}\n{text}\n\\end{{document}}\n", encoding="utf-8")
    made = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=300,
        check=False,
    )
    log = made.stdout.decode("utf-8", "replace")
    assert made.returncode == 0, log[-2000:]
    assert "too large" not in log
    over = [float(pt) for pt in re.findall(r"Overfull .hbox \((\S+)pt too wide\)", log)]
    assert max(over, default=0.0) < 5.0, over
