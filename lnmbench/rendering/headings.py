"""Column headings on several lines, so that columns of numbers stay narrow."""

from __future__ import annotations

import re
import textwrap

LINES = 3

_TOGETHER = re.compile(r'"[^"]*"|\([^()]*\)')
_GLUE = "\N{NO-BREAK SPACE}"


def wrap_heading(heading: str, *, at_least: int = 12) -> list[str]:
    """Return the heading in at most three lines, as narrow as possible.

    Text in quotes or brackets stays together. `at_least` is the width of the column's cells.

    Examples
    --------
    >>> wrap_heading("p, corrected resampled t")
    ['p, corrected', 'resampled t']
    >>> wrap_heading('p, plain paired t, "as published"')
    ['p, plain', 'paired t,', '"as published"']
    """
    glued = _TOGETHER.sub(lambda part: part[0].replace(" ", _GLUE), heading)
    for width in range(max(1, at_least), len(glued) + 1):
        lines = textwrap.wrap(glued, width, break_long_words=False, break_on_hyphens=False)
        if len(lines) <= LINES and all(len(line) <= width for line in lines):
            return [line.replace(_GLUE, " ") for line in lines]
    return [heading]
