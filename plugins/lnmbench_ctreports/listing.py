"""Lesions told of by their lobes and sizes alone: "two nodules: RUL 12 mm, LLL 21 mm"."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench_ctreports.lobes import Named
from lnmbench_ctreports.measures import measures
from lnmbench_ctreports.sentences import Sentence, Span


def lobes_with_sizes(sentence: Sentence, lobes: Sequence[Named]) -> tuple[Named, ...]:
    """Return each lobe with the stretch from it to its size, or from the size to it.

    Lobes and sizes must take turns; where they do not ("RUL and LLL, 12 and 21 mm") the words do
    not tell which size is whose, and nothing is returned.
    """
    items = [(one.span.start, one.span, one.name) for one in lobes]
    items += [(one.span.start, one.span, "") for one in measures(sentence)]
    ordered = [(span, name) for _, span, name in sorted(items, key=lambda item: item[0])]
    pairs = list(zip(ordered[::2], ordered[1::2], strict=False))
    if len(ordered) % 2 or not pairs:
        return ()
    first_is_lobe = bool(pairs[0][0][1])
    if any((bool(a[1]), bool(b[1])) != (first_is_lobe, not first_is_lobe) for a, b in pairs):
        return ()
    return tuple(
        Named(name=a[1] or b[1], span=Span(start=a[0].start, end=b[0].end)) for a, b in pairs
    )


def unnamed(paired: Sequence[Named], mentions: Sequence[Span]) -> tuple[Named, ...]:
    """Return those without a noun of their own, each at the first character of its stretch.

    A noun up to the next lobe or size is their own.
    """
    ends = [*(one.span.start for one in paired[1:]), 10**9][: len(paired)]
    return tuple(
        Named(name=one.name, span=Span(start=one.span.start, end=one.span.start + 1))
        for one, end in zip(paired, ends, strict=True)
        if not any(one.span.start <= mention.start < end for mention in mentions)
    )
