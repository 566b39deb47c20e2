"""What titles and sentences say of the cohort beneath them."""

from __future__ import annotations

import re

from lnmbench.records import Card


def synthetic_mark(card: Card) -> str:
    """Return what a title says of a synthetic cohort, else an empty text.

    Examples
    --------
    >>> card = Card(title="", license="", source="", citation="", labels="", synthetic=True)
    >>> synthetic_mark(card)
    ' (SYNTHETIC)'
    """
    return " (SYNTHETIC)" if card.synthetic else ""


def cohort_name(cohort: str) -> str:
    """Return the cohort as it was asked for, its files without the folders that hold them.

    Examples
    --------
    >>> cohort_name("table:path=/data/a.csv,columns=b/c.toml"), cohort_name("synthetic:n=60")
    ('table:path=a.csv,columns=c.toml', 'synthetic:n=60')
    >>> cohort_name('table:path="/home/me, myself/a=b/c.csv",index=id')
    'table:path="c.csv",index=id'
    """
    whole = re.sub(r'"[^"]*[/\\]([^"]*)"', r'"\1"', cohort)
    return re.sub(r'[^=,"]*[/\\]', "", whole)
