"""How numbers are printed: as journals do, without a leading zero, with a true minus sign."""

from __future__ import annotations

import math

DIGITS = 3
FINE = 5
"""Decimals of a number that `DIGITS` of them would print as nothing."""
ALPHA = 0.05
NOTHING = "–"


def decimal(value: float, *, digits: int | None = None) -> str:
    """Return a number with `digits` decimals: by default three, or five where three are zeros.

    Examples
    --------
    >>> decimal(0.7604), decimal(-0.0132), decimal(1.0), decimal(float("nan"))
    ('.760', '−.013', '1.000', '–')
    >>> decimal(0.00042), decimal(0.00042, digits=2), decimal(1e-9)
    ('.00042', '.00', '.000')
    """
    if not math.isfinite(value):
        return NOTHING
    digits = decimals(value) if digits is None else digits
    text = f"{abs(value):.{digits}f}"
    text = text[1:] if text.startswith("0.") else text
    return f"−{text}" if value < 0.0 and text.strip(".0") else text


def signed(value: float, *, of: float | None = None) -> str:
    """Return a difference with its sign, none where it rounds to zero.

    Beside an estimate that it is `of` it has as many decimals as that.

    Examples
    --------
    >>> signed(0.008), signed(-0.013), signed(0.0001)
    ('+.008', '−.013', '+.00010')
    """
    text = decimal(value, digits=None if of is None else decimals(of))
    return f"+{text}" if value > 0.0 and text.strip(".0") and text != NOTHING else text


def interval(low: float, high: float, *, of: float | None = None) -> str:
    """Return an interval in words that survive negative bounds.

    It has as many decimals as the estimate that it is `of`, by default its middle.

    Examples
    --------
    >>> interval(-0.013, 0.029), interval(0.0001, 0.0007), interval(0.0001, 0.0007, of=0.001)
    ('−.013 to .029', '.00010 to .00070', '.000 to .001')
    """
    digits = decimals((low + high) / 2.0 if of is None else of)
    return f"{decimal(low, digits=digits)} to {decimal(high, digits=digits)}"


def decimals(value: float) -> int:
    """Return how many decimals a number is printed with; noise about zero gets no more.

    Examples
    --------
    >>> decimals(0.027), decimals(0.0), decimals(-0.0004), decimals(1e-17)
    (3, 3, 5, 3)
    """
    if not math.isfinite(value):
        return DIGITS
    return FINE if round(value, DIGITS) == 0.0 != round(value, FINE) else DIGITS


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
