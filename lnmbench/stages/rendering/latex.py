"""LaTeX with booktabs tables, to be pasted into a manuscript."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lnmbench.records import Block, Paragraph, Table, TableColumn
from lnmbench.stages.rendering.headings import broken

# brackets and the star are braced: after \\ they would be read as its argument
_SPECIALS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "{''}",
    "“": "{``}",
    "”": "{''}",
    "`": r"\textasciigrave{}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "\u200b": "{}",
    "−": "$-$",
    "–": "--",
    "…": r"\dots{}",
    "·": r"$\cdot$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "→": r"$\rightarrow$",
    "Δ": r"$\Delta$",
}
_TABLE = str.maketrans(_SPECIALS)


def to_latex(blocks: Sequence[Block]) -> str:
    """Return paragraphs and floating tables; the preamble needs `\\usepackage{booktabs}`."""
    return "\n\n".join("\n".join(_lines(block)) for block in blocks) + "\n"


def escape(text: str) -> str:
    r"""Return text that LaTeX sets as it is.

    Examples
    --------
    >>> escape("50%_x")
    '50\\%\\_x'
    """
    paired = re.sub(r'"([^"]*)"', r"“\1”", text)
    return paired.replace("--", "-\u200b-").translate(_TABLE)


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield rf"\paragraph{{{escape(block.title)}}}"
        yield "\n\n".join(escape(line) for line in block.lines)
        return
    yield r"\begin{table}"
    yield rf"\caption{{{escape(_untitled(block.title))}}}"
    yield rf"\label{{tab:{re.sub(r'[^A-Za-z0-9-]', '-', block.key)}}}"
    yield r"\centering\small"
    yield from _tabular(block)
    yield from (rf"\par\footnotesize {escape(note)}" for note in block.notes)
    yield r"\end{table}"


def _untitled(title: str) -> str:
    # LaTeX numbers its tables itself
    return re.sub(r"^Table \d+\. ", "", title)


def _tabular(table: Table) -> Iterator[str]:
    alignment = "".join("l" if column.align == "left" else "r" for column in table.columns)
    yield rf"\begin{{tabular}}{{{alignment}}}"
    yield r"\toprule"
    yield _row([_heading(column) for column in table.columns])
    yield r"\midrule"
    yield from (_row([escape(cell.text) for cell in row]) for row in table.rows)
    yield r"\bottomrule"
    yield r"\end{tabular}"


def _row(cells: Sequence[str]) -> str:
    return rf"{' & '.join(cells)} \\"


def _heading(column: TableColumn) -> str:
    lines = [escape(line) for line in broken(column.heading)]
    if len(lines) == 1:
        return lines[0]
    stacked = r" \\ ".join(lines)
    return rf"\shortstack[{column.align[0]}]{{{stacked}}}"
