"""How findings are worded: numbers as journals print them, and lists that end."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 3


def few(found: Sequence[str], *, most: int = MOST) -> str:
    """Return findings in one line, with how many more there are.

    Examples
    --------
    >>> few(["a", "b"]), few(["a", "b", "c"], most=1)
    ('a; b', 'a; and 2 more')
    """
    more = len(found) - most
    shown = list(found[:most])
    return "; ".join([*shown, f"and {more} more"] if more > 0 else shown)


def decimal(value: float, *, sign: bool = False) -> str:
    """Return a number with three digits, no leading zero and a true minus sign.

    Examples
    --------
    >>> decimal(0.7604), decimal(-0.0132), decimal(1.25), decimal(0.05, sign=True)
    ('.760', '−.013', '1.250', '+.050')
    """
    text = f"{abs(value):.3f}"
    text = text[1:] if text.startswith("0.") else text
    if not text.strip(".0"):
        return text
    return f"−{text}" if value < 0.0 else f"{'+' * sign}{text}"


def p_is(p: float) -> str:
    """Return a p value for running text.

    Examples
    --------
    >>> p_is(0.45), p_is(1e-9), p_is(1.0)
    ('p = .45', 'p < .001', 'p > .99')
    """
    if p < 0.001:
        return "p < .001"
    if p >= 0.995:
        return "p > .99"
    return f"p = {p:.{3 if p < 0.01 else 2}f}".replace("0.", ".")


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else many}"


def named(name: str) -> str:
    """Return the name of a column in quotation marks, cut where it is very long."""
    return repr(name if len(name) <= 60 else f"{name[:57]}...")
