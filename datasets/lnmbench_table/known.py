"""Features that seem to be known only after surgery: refused unless said to be known before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lnmbench import Column, UserError
from lnmbench.records.after_surgery import known_after
from lnmbench_table.guesses import stage_classes
from lnmbench_table.sections import section_header
from lnmbench_table.sheet import Sheet, shown

_THEN = 'give it the role aux, or write known = "before" if it is known before'


def refuse_known_after(features: Sequence[Column], sheet: Sheet, dictionary: Path) -> None:
    """Refuse features that sound or look like findings of surgery, pathology or follow-up.

    `features` are those whose sections do not say when they are known. A name is judged by its
    words; cells are judged only as pathological N and T classes, which are the labels themselves.
    """
    for column in features:
        where = f"{dictionary}, {section_header('columns', column.name)}"
        if known_after(column.name):
            raise UserError(
                f"column {shown(column.name)} sounds like something that is known only after "
                "surgery",
                where=where,
                then=_THEN,
            )
        cells = sheet.column(column.name)
        classes = stage_classes(column.name, cells)
        if classes:
            raise UserError(
                f"column {shown(column.name)} looks like pathological {classes[-1].upper()} "
                "classes, which are known only after surgery",
                where=where,
                got=f"e.g. {shown(next(filter(None, cells)))}",
                then=_THEN,
            )
