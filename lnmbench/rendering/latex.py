"""LaTeX with booktabs tables, for a manuscript."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lnmbench.records import Paragraph, Table, TableColumn
from lnmbench.rendering.latex_layout import Layout, choose_layouts, split_word, wrap_heading_lines

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
    "\u200c": r"\allowbreak{}",
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
# characters of T1 fonts other than ASCII and those above
_KNOWN = re.compile(
    "[\n -~\u00a1-\u0125\u0128-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u0165\u0168-\u017e‘’„—•€™†]"
)
_WORD = re.compile(r"\S+")


def to_latex(blocks: Sequence[Table | Paragraph]) -> str:
    """Return paragraphs and tables, for pdfLaTeX.

    The preamble needs `\\usepackage[T1]{fontenc}` and the packages array, booktabs, longtable,
    pdflscape and rotating. A table that is too wide gets a smaller font, then columns that wrap,
    then landscape orientation, then several parts; one that is too long continues on more pages. A
    character that the fonts lack is written as its code point, U+4E2D.
    """
    return "\n\n".join("\n".join(_lines(block)) for block in blocks) + "\n"


def escape(text: str) -> str:
    r"""Return text in which no character is a LaTeX command.

    Examples
    --------
    >>> escape("50%_x")
    '50\\%\\_x'
    """
    paired = re.sub(r'"([^"]*)"', r"“\1”", text)
    breakable = _WORD.sub(lambda word: "\u200c".join(split_word(word[0])), paired)
    return "".join(map(_character, breakable.replace("--", "-\u200b-")))


def _character(character: str) -> str:
    translated = _SPECIALS.get(character, character)
    if translated is not character or _KNOWN.match(character):
        return translated
    return f"{{[}}U+{ord(character):04X}{{]}}"


def _lines(block: Table | Paragraph) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield rf"\paragraph{{{escape(block.title)}}}"
        # names do not hyphenate: their lines may be loose, rather than too long
        yield r"{\sloppy"
        yield "\n\n".join(escape(line) for line in block.lines)
        yield r"\par}"
        return
    for number, layout in enumerate(choose_layouts(block)):
        if number:
            yield ""
        yield from _long_table(layout) if layout.long else _float(layout)


def _float(layout: Layout) -> Iterator[str]:
    table = layout.table
    float_ = "sidewaystable" if layout.sideways else "table"
    yield rf"\begin{{{float_}}}"
    yield _caption(table)
    yield r"\vspace{4pt}"
    yield rf"\centering\{layout.size}"
    yield from _gap(layout)
    yield rf"\begin{{tabular}}{{@{{}}{_columns(layout)}@{{}}}}"
    yield r"\toprule"
    yield _row([_heading(column) for column in table.columns])
    yield r"\midrule"
    yield from _rows(layout)
    yield r"\bottomrule"
    yield r"\end{tabular}"
    yield from _notes(table)
    yield rf"\end{{{float_}}}"


def _long_table(layout: Layout) -> Iterator[str]:
    table = layout.table
    head = _row([_heading(column) for column in table.columns])
    if layout.sideways:
        yield r"\begin{landscape}"
    yield rf"{{\{layout.size}"
    yield from _gap(layout)
    yield rf"\begin{{longtable}}{{@{{}}{_columns(layout)}@{{}}}}"
    yield rf"{_caption(table)} \\"
    yield rf"\toprule {head} \midrule \endfirsthead"
    yield rf"\toprule {head} \midrule \endhead"
    yield r"\bottomrule \endfoot"
    yield from _rows(layout)
    yield r"\end{longtable}"
    yield from _notes(table)
    yield r"\par}"
    if layout.sideways:
        yield r"\end{landscape}"


def _notes(table: Table) -> Iterator[str]:
    if table.notes:
        yield r"\par\smallskip\raggedright\footnotesize"
    yield from (rf"\par\noindent {escape(note)}" for note in table.notes)


def _caption(table: Table) -> str:
    # LaTeX numbers its tables itself
    title = escape(re.sub(r"^Table \d+\. ", "", table.title))
    return rf"\caption{{{title}}}\label{{tab:{re.sub(r'[^A-Za-z0-9-]', '-', table.key)}}}"


def _gap(layout: Layout) -> Iterator[str]:
    if layout.size != "small":
        yield rf"\setlength{{\tabcolsep}}{{{layout.gap_pt:g}pt}}"


def _columns(layout: Layout) -> str:
    return "".join(
        _column(column, width)
        for column, width in zip(layout.table.columns, layout.widths, strict=True)
    )


def _column(column: TableColumn, width: float | None) -> str:
    if width is None:
        return column.align[0]
    side = "right" if column.align == "left" else "left"
    return rf">{{\ragged{side}\arraybackslash}}p{{{width:.0f}pt}}"


def _rows(layout: Layout) -> Iterator[str]:
    yield from (_row([escape(cell.text) for cell in row]) for row in layout.table.rows)


def _row(cells: Sequence[str]) -> str:
    return rf"{' & '.join(cells)} \\"


def _heading(column: TableColumn) -> str:
    lines = [escape(line) for line in wrap_heading_lines(column.heading)]
    if len(lines) == 1:
        return lines[0]
    stacked = r" \\ ".join(lines)
    return rf"\shortstack[{column.align[0]}]{{{stacked}}}"
