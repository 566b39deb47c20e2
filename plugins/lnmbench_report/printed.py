"""How numbers are printed: as journals do, without a leading zero, with a true minus sign."""

from __future__ import annotations

import math

DIGITS = 3
ALPHA = 0.05
NOTHING = "–"


def decimal(value: float, *, digits: int = DIGITS) -> str:
    """Return a number with fixed digits.

    Examples
    --------
    >>> decimal(0.7604), decimal(-0.0132), decimal(1.0), decimal(float("nan"))
    ('.760', '−.013', '1.000', '–')
    """
    if not math.isfinite(value):
        return NOTHING
    text = f"{abs(value):.{digits}f}"
    text = text[1:] if text.startswith("0.") else text
    return f"−{text}" if value < 0.0 and text.strip(".0") else text


def signed(value: float) -> str:
    """Return a difference with its sign, none where it rounds to zero.

    Examples
    --------
    >>> signed(0.008), signed(-0.013), signed(0.0001)
    ('+.008', '−.013', '.000')
    """
    text = decimal(value)
    return f"+{text}" if value > 0.0 and text.strip(".0") and text != NOTHING else text


def interval(low: float, high: float) -> str:
    """Return an interval in words that survive negative bounds.

    Examples
    --------
    >>> interval(-0.013, 0.029)
    '−.013 to .029'
    """
    return f"{decimal(low)} to {decimal(high)}"


def pvalue(p: float) -> str:
    """Return a p value with two digits, with more below .01 and where .05 would hide the side.

    Examples
    --------
    >>> pvalue(0.45), pvalue(0.0042), pvalue(0.0496), pvalue(1e-9), pvalue(1.0)
    ('.45', '.004', '.0496', '< .001', '> .99')
    """
    if not math.isfinite(p):
        return NOTHING
    if p < 0.001:
        return "< .001"
    if p >= 0.995:
        return "> .99"
    digits = 3 if p < 0.01 else 2
    while round(p, digits) == ALPHA != p and digits < 6:
        digits += 1
    return decimal(p, digits=digits)


def probability(share: float) -> str:
    """Return the probability of an event with two digits, which are never 0 or 1 where it is not.

    Examples
    --------
    >>> probability(0.25), probability(0.001), probability(0.9999), probability(1.0)
    ('.25', '< .01', '> .99', '1.00')
    """
    if 0.0 < share < 0.005:
        return "< .01"
    return "> .99" if 0.995 <= share < 1.0 else decimal(share, digits=2)


def p_is(p: float) -> str:
    """Return a p value for running text.

    Examples
    --------
    >>> p_is(0.45), p_is(1e-9)
    ('p = .45', 'p < .001')
    """
    text = pvalue(p)
    return f"p {text}" if text[0] in "<>" else f"p = {text}"


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "case", "cases"), counted(0, "case", "cases")
    ('1 case', '0 cases')
    """
    return f"{number} {one if number == 1 else many}"


def listed(parts: list[str]) -> str:
    """Return parts as a list in running text.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
