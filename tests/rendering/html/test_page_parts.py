"""Parts of a page: unique ids, grouped figures, rows and marks with their methods."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from lnmbench.records import Cell, Paragraph, Table, TableColumn
from lnmbench.rendering.figures import make_styles
from lnmbench.rendering.html.page_parts import (
    LONG_ROWS,
    FigureGroup,
    GalleryPart,
    PageContext,
    ParagraphPart,
    TablePart,
    build_parts,
)
from lnmbench.rendering.html.script_data import NumberLists

Sample = Any


def context(sample: Sample) -> PageContext:
    figures = [sample.roc(), sample.forest()]
    return PageContext(
        methods={method: number for number, method in enumerate(sample.METHODS)},
        styles=make_styles(figures, sample.METHODS),
        lists=NumberLists(),
    )


def test_successive_figures_are_grouped_and_ids_unique(sample: Sample) -> None:
    paragraph = Paragraph(key="Roc!", title="p", lines=())
    parts = build_parts([paragraph, sample.roc(), sample.forest(), paragraph], context(sample))
    first, group, last = parts
    assert isinstance(first, ParagraphPart)
    assert isinstance(group, FigureGroup)
    assert isinstance(last, ParagraphPart)
    figures = [figure.id for figure in group.figures]
    assert [first.id, *figures, last.id] == ["s-roc", "s-roc-2", "s-roc-3", "s-roc-4"]


def test_rows_need_the_methods_that_the_reader_may_choose(sample: Sample) -> None:
    rows = tuple((Cell(text=str(n)),) for n in range(3))
    table = Table(
        key="t",
        title="t",
        columns=(TableColumn(key="m", heading="m", align="left"),),
        rows=rows,
        methods=(("c", "a"), ("unknown",), ()),
    )
    (part,) = build_parts([table], context(sample))
    assert isinstance(part, TablePart)
    assert [row.methods for row in part.rows] == ["0 2", "", ""]
    assert (part.head, part.long, part.whole) == (0, False, True)
    (long,) = build_parts([sample.table(LONG_ROWS + 1)], context(sample))
    assert isinstance(long, TablePart)
    assert (long.long, long.whole) == (True, False)


def test_a_row_of_one_method_needs_it(sample: Sample) -> None:
    (group,) = build_parts([sample.forest()], context(sample))
    assert isinstance(group, FigureGroup)
    (panel,) = group.figures[0].panels
    for number in range(len(sample.METHODS)):
        assert f'class="row" data-number="{number}" data-methods="{number}"' in panel.svg


def test_a_picture_has_its_pixels_and_methods(sample: Sample) -> None:
    figures, part = build_parts([sample.roc(), sample.gallery()], context(sample))
    assert isinstance(figures, FigureGroup)
    assert isinstance(part, GalleryPart)
    assert part.id == "s-g"
    assert [picture.methods for picture in part.pictures] == ["", "0", "1", "2"]
    content = part.pictures[1].source.removeprefix("data:image/png;base64,")
    image = Image.open(io.BytesIO(base64.b64decode(content)))
    assert (np.asarray(image) == sample.gallery().pictures[1].pixels).all()
