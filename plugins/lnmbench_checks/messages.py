"""Messages of the checks: short lists and addresses in the docs."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench.text import join_first

DOCS_PAGE = "docs/checks.md"
"""Page that describes every check under its number."""
MOST = 3


def docs_address(code: str) -> str:
    """Return the address of the section of the docs that describes a check.

    Examples
    --------
    >>> docs_address("LNM001")
    'docs/checks.md#lnm001'
    """
    return f"{DOCS_PAGE}#{code.lower()}"


def join_messages(messages: Sequence[str], *, most: int = MOST) -> str:
    """Return the first messages in one line, with the number of others.

    Examples
    --------
    >>> join_messages(["a", "b"]), join_messages(["a", "b", "c"], most=1)
    ('a; b', 'a; and 2 more')
    """
    return join_first(messages, most, separator="; ")
